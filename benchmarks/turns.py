"""A whole turn through web server, worker and delivery, with a model and a Twilio that answer at once."""

import statistics
import time
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

from django.utils import timezone

from benchmarks import data, load, processes
from benchmarks.figures import Row, percentile
from tests.standins import groq
from tests.standins.groq import GroqStandIn
from tests.standins.twilio import TwilioStandIn

TURNS = 60
MOST_SECONDS = 0.150
PARTS = ("web", "turns", "delivery", "beat")


def measure() -> list[Row]:
    """Return the rows about a turn, and the memory of all processes after them."""
    with GroqStandIn(_model) as model, TwilioStandIn() as twilio, ExitStack() as stack:
        environment = {
            "GROQ_API_KEY": "of-the-stand-in",
            "GROQ_BASE_URL": model.url,
            "TWILIO_API_BASE_URL": twilio.url,
            # A burst's quiet time is not the product's work.
            "BURST_QUIET_SECONDS": "0",
        }
        pids = [stack.enter_context(processes.running(processes.command(part), **environment)) for part in PARTS]
        processes.wait_for(lambda: load.answers(processes.PORT))
        for number in range(8):
            _turn(twilio, 1000 + number, patience=30)
        before = len(model.requests)
        seconds = [_turn(twilio, number) for number in range(TURNS)]
        asked = (len(model.requests) - before) / TURNS
        memory = processes.memory(pids)
    median, slow = statistics.median(seconds), percentile(seconds, 0.95)
    what = f"a turn with {asked:g} calls of the model, from the webhook to Twilio"
    shown = f"{median * 1000:.0f} ms"
    return [
        Row(f"{what}: median", shown, "", shown, "at most 150 ms", median <= MOST_SECONDS),
        Row("the same: 95th percentile", f"{slow * 1000:.0f} ms", "", "", ""),
        Row("memory of web, two workers and beat", f"{memory:.0f} MB", "", "", ""),
    ]


def _turn(twilio: TwilioStandIn, number: int, *, patience: float = 10) -> float:
    """Let somebody new ask something; return the seconds from then on until Twilio has the answer."""
    known = len(twilio.sent)
    request = load.request(number, body="Bom dia! Queria saber se tem horário amanhã à tarde")
    started = time.perf_counter()
    assert load.post(processes.PORT, [[request]]).statuses == [200]
    processes.wait_for(lambda: len(twilio.sent) > known, seconds=patience)
    return time.perf_counter() - started


def _model(body: dict[str, Any]) -> groq.Response:
    """Ask for tomorrow's times first; with the tool's result at hand, answer."""
    if body["messages"][-1]["role"] == "tool":
        return groq.text("Estas são as opções. Qual prefere?")
    tomorrow = timezone.now().astimezone(data.ZONE).date() + timedelta(days=1)
    return groq.call("get_available_slots", {"date": tomorrow.isoformat()})
