"""Ten thousand messages: stored in time, kept in order, answered once a burst. Guided: a model would be measured."""

import http.client
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlencode

from benchmarks.chaos import people, system, verdict
from benchmarks.chaos.table import Row
from benchmarks.chaos.talk import PATH
from benchmarks.figures import percentile
from benchmarks.processes import ORIGIN, PORT, wait_for
from intake.models import InboundMessage, OutboundMessage, Turn
from scheduling.models import Professional
from tests.standins.twilio import signature

PEOPLE, EACH = 500, 20
CONNECTIONS, RATE = 16, 100.0
BURST_CONNECTIONS, BURST_RATE, BURST_SECONDS = 64, 200.0, 5
IDLE_SECONDS = 10
SLOWEST_P99 = 0.3
TEXT = "Oi, tem horário amanhã de manhã?"
DRAINED_WITHIN_SECONDS = 300

Form = dict[str, str]


@dataclass
class Answers:
    """Status and seconds of every delivery; the seconds count from the moment at which it was due."""

    statuses: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def refused(self) -> int:
        return sum(status != 200 for status in self.statuses)


def measure() -> list[Row]:
    """Return the rows of the flood, the burst, and the pile that was there before the workers."""
    with system.standing(guided=True) as running:
        rows = _flood(running)
    with system.standing(guided=True) as running:
        return rows + _pile(running)


def _flood(running: system.System) -> list[Row]:
    professional = people.professional("flood")
    with running.running("web"):
        idle = deliver(_talks(professional, int(IDLE_SECONDS * RATE) // EACH), connections=CONNECTIONS, rate=RATE)
        with running.running("turns", "delivery", "beat"):
            _drain()
            talks, started = _talks(professional, PEOPLE), time.monotonic()
            busy = deliver(talks, connections=CONNECTIONS, rate=RATE)
            _drain()
            elapsed = time.monotonic() - started
    number = sum(map(len, talks))
    what = f"{number:,} messages of {len(talks)} people, {RATE:g}/s over {CONNECTIONS} connections"
    return [
        _drained(what, talks, running, elapsed=elapsed, most_turns=number // 5),
        _p99("the same: webhook's 99th percentile, queueing included", busy.seconds, idle.seconds),
        Row("the same: answers other than 200", str(busy.refused()), "0", not busy.refused()),
    ]


def _pile(running: system.System) -> list[Row]:
    professional = people.professional("pile")
    talks = _talks(professional, PEOPLE)
    first = int(BURST_RATE * BURST_SECONDS) // EACH
    with running.running("web"):
        burst = deliver(talks[:first], connections=BURST_CONNECTIONS, rate=BURST_RATE)
        started = time.monotonic()
        rest = deliver(talks[first:], connections=CONNECTIONS, rate=None)
        stored = len(rest.statuses) / (time.monotonic() - started)
        started = time.monotonic()
        with running.running("turns", "delivery", "beat"):
            _drain()
        elapsed = time.monotonic() - started
    number = sum(map(len, talks))
    refused, slow = burst.refused(), percentile(burst.seconds, 0.99) * 1000
    what = f"burst of {BURST_RATE:g} messages/s for {BURST_SECONDS} s over {BURST_CONNECTIONS} connections"
    return [
        Row(what, f"{refused} answers other than 200; 99th percentile {slow:.0f} ms", "no 429, no 5xx", not refused),
        Row("signed messages stored as fast as they are taken", f"{stored:,.0f}/s, {rest.refused()} refused"),
        _drained(
            f"{number:,} messages of {len(talks)} people piled up without workers, then the workers start",
            talks,
            running,
            elapsed=elapsed,
            most_turns=len(talks),
        ),
    ]


def _drain() -> None:
    """Wait until everything is answered; what is not in time is seen from the rows."""
    with suppress(TimeoutError):
        wait_for(verdict.is_quiet, seconds=DRAINED_WITHIN_SECONDS)


def _talks(professional: Professional, number: int) -> list[list[Form]]:
    """Return everybody's messages in order."""
    return [[one.says(TEXT) for _ in range(EACH)] for one in people.clients(professional, number)]


def deliver(talks: Sequence[Sequence[Form]], *, connections: int, rate: float | None) -> Answers:
    """Deliver everybody's messages in order, person after person on each connection, at that rate in all.

    A connection that is late goes on at once: its delay counts.
    """
    answers, started = Answers(), time.monotonic() + 0.2
    threads = []
    for number in range(connections):
        forms = [form for talk in talks[number::connections] for form in talk]
        pause = connections / rate if rate else 0.0
        due = [started + pause * (place + number / connections) for place in range(len(forms))]
        threads.append(threading.Thread(target=_converse, args=[forms, due if rate else None, answers]))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def _converse(forms: Sequence[Form], due: Sequence[float] | None, answers: Answers) -> None:
    link = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
    for place, form in enumerate(forms):
        body, headers = urlencode(form), _headers(form)
        if due:
            time.sleep(max(due[place] - time.monotonic(), 0))
        began = due[place] if due else time.monotonic()
        try:
            link.request("POST", PATH, body, headers)
            answer = link.getresponse()
            answer.read()
            status = answer.status
        except (OSError, http.client.HTTPException):
            link.close()
            status = 0
        answers.seconds.append(time.monotonic() - began)
        answers.statuses.append(status)
    link.close()


def _headers(form: Form) -> dict[str, str]:
    signed = signature(ORIGIN + PATH, form)
    return {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signed}


def _p99(what: str, busy: Sequence[float], idle: Sequence[float]) -> Row:
    slow, quiet = percentile(busy, 0.99), percentile(idle, 0.99)
    measured = f"{slow * 1000:.0f} ms; {slow / quiet:.1f}× that without workers ({quiet * 1000:.0f} ms)"
    return Row(what, measured, f"at most {SLOWEST_P99 * 1000:g} ms", slow <= SLOWEST_P99)


def _drained(
    what: str, talks: Sequence[Sequence[Form]], running: system.System, *, elapsed: float, most_turns: int
) -> Row:
    """Say what became of the messages: all done, in order, an answer for each turn."""
    mine = InboundMessage.objects.filter(provider_sid__in=[form["MessageSid"] for talk in talks for form in talk])
    number = sum(map(len, talks))
    done = mine.filter(status="done").count()
    turns = Turn.objects.filter(inbound__in=mine).distinct()
    addresses = {talk[0]["From"] for talk in talks}
    answers = sum(one.to in addresses for one in running.twilio.sent)
    disorder = _out_of_order(talks, running)
    measured = (
        f"{done:,} done in {elapsed:.0f} s ({done / elapsed:.0f}/s), {turns.count()} turns, {answers} answers, "
        f"{disorder} people out of order"
    )
    met = done == number and answers == turns.count() <= most_turns and not disorder
    return Row(what, measured, f"all done in order, at most {most_turns:,} turns, an answer each", met)


def _out_of_order(talks: Sequence[Sequence[Form]], running: system.System) -> int:
    """Return of how many people messages were stored, taken up or answered out of order."""
    wrong = 0
    said: dict[str, list[str]] = {}
    for one in running.twilio.sent:
        said.setdefault(one.to, []).append(one.body)
    for talk in talks:
        rows = InboundMessage.objects.filter(conversation__address=talk[0]["From"]).order_by("pk")
        found = list(rows.values_list("provider_sid", "turn_id"))
        answers = OutboundMessage.objects.filter(conversation__address=talk[0]["From"]).order_by("pk")
        turns = [turn or 0 for _, turn in found]
        wrong += (
            [sid for sid, _ in found] != [form["MessageSid"] for form in talk]
            or turns != sorted(turns)
            or list(answers.values_list("body", flat=True)) != said.get(talk[0]["From"], [])
        )
    return wrong
