"""The same message many times at once, and many messages of one person at once."""

import threading
import time
from collections.abc import Sequence

from benchmarks.chaos import people, system, verdict
from benchmarks.chaos.table import Row
from benchmarks.chaos.talk import post
from benchmarks.processes import wait_for
from intake.models import InboundMessage, Turn

TIMES = 10
COPIES = 16
BURST = 10
BURST_SECONDS = 0.3


def measure() -> list[Row]:
    """Return the rows of both."""
    with system.standing() as running, running.running(*system.PARTS):
        professional = people.professional("races")
        copies, bursts = (people.clients(professional, TIMES) for _ in range(2))
        copied = [_at_once([one.says(one.wish())] * COPIES) for one in copies]
        burst = [_at_once([one.says("Oi, tem horário?") for _ in range(BURST)], within=BURST_SECONDS) for one in bursts]
        wait_for(verdict.is_quiet, seconds=60)
        return [
            _row(f"one message {COPIES} times at once, {TIMES} times", copies, copied, rows=1, running=running),
            _row(f"{BURST} messages within 300 ms, {TIMES} times", bursts, burst, rows=BURST, running=running),
        ]


def _row(what: str, group: list[people.Person], statuses: list[list[int]], *, rows: int, running: system.System) -> Row:
    """Everybody has so many rows, one turn, and one answer at Twilio."""
    refused = sum(status != 200 for answers in statuses for status in answers)
    found = [
        (
            InboundMessage.objects.filter(conversation__address=one.address).count(),
            Turn.objects.filter(conversation__address=one.address).count(),
            len(running.twilio.bodies(one.address)),
        )
        for one in group
    ]
    right = sum(counted == (rows, 1, 1) for counted in found)
    wanted = f"{rows} row{'s' * (rows > 1)}, one turn and one answer, every time"
    return Row(what, f"{right} times so; {refused} answers other than 200", wanted, right == TIMES and not refused)


def _at_once(forms: Sequence[dict[str, str]], *, within: float = 0.0) -> list[int]:
    """Post them on connections of their own, spread over so many seconds; return the statuses."""
    gate = threading.Barrier(len(forms))
    statuses: list[int] = []

    def deliver(number: int) -> None:
        gate.wait()
        time.sleep(within * number / len(forms))
        statuses.append(post(forms[number]))

    threads = [threading.Thread(target=deliver, args=[number]) for number in range(len(forms))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses
