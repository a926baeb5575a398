"""Clients who write through a stand-in of Twilio and answer what comes back, as many at once as there are."""

import http.client
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from typing import Self
from urllib.parse import urlencode

from benchmarks.chaos.people import Person
from benchmarks.processes import ORIGIN, PORT
from tests.standins.twilio import TwilioStandIn, signature

PATH = "/webhooks/twilio/whatsapp/"
CONNECTIONS = 16
# Nobody answers faster. Twilio's list tells whole seconds: a yes within the question's own would seem to precede it.
THINKING_SECONDS = 1.2


def post(form: dict[str, str]) -> int:
    """Deliver a form; return the answer's status, 0 without one."""
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": signature(ORIGIN + PATH, form),
    }
    link = http.client.HTTPConnection("127.0.0.1", PORT, timeout=15)
    try:
        link.request("POST", PATH, urlencode(form), headers)
        return link.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        link.close()


class Talk:
    """All talks of one proof; a context manager. Every second message is delivered twice if `doubled`."""

    def __init__(self, twilio: TwilioStandIn, people: Sequence[Person], *, doubled: bool = True) -> None:
        self.twilio, self.people, self.doubled = twilio, list(people), doubled
        # Of each message, by its id.
        self.statuses: defaultdict[str, list[int]] = defaultdict(list)
        self._by_address = {person.address: person for person in people}
        self._seen = 0
        self._pool = ThreadPoolExecutor(CONNECTIONS)
        self._over = threading.Event()
        self._listener = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Self:
        self._listener.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._listener.join()
        self._pool.shutdown(cancel_futures=True)

    def begin(self, people: Sequence[Person] | None = None, *, rate: float) -> None:
        """Let one after the other write first, so many a second."""
        for person in self.people if people is None else people:
            person.began = time.monotonic()
            self._say(person, person.wish())
            time.sleep(1 / rate)

    def wait(self, *, seconds: float, until: Callable[[], bool] | None = None) -> bool:
        """Wait until everybody has a receipt; return whether that came to pass in time."""
        deadline = time.monotonic() + seconds
        done = until or self.all_booked
        while not done():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True

    def all_booked(self) -> bool:
        return all(person.booked for person in self.people)

    def _listen(self) -> None:
        while not self._over.wait(0.02):
            while self._seen < len(self.twilio.sent):
                sent = self.twilio.sent[self._seen]
                self._seen += 1
                person = self._by_address.get(sent.to)
                answer = person.hear(sent.body, at=time.monotonic()) if person else ""
                if person and answer:
                    threading.Timer(THINKING_SECONDS, self._say, [person, answer]).start()

    def _say(self, person: Person, text: str) -> None:
        form = person.says(text)
        # Twilio's list has it from now on, whatever becomes of the webhook.
        self.twilio.hear(form, at=datetime.now(UTC))
        twice = self.doubled and int(form["MessageSid"][2:], 16) % 2 == 0
        for _ in range(2 if twice else 1):
            with suppress(RuntimeError):  # the talk is over
                self._pool.submit(self._deliver, form)

    def _deliver(self, form: dict[str, str]) -> None:
        """Deliver as Twilio does: once more if there was no connection."""
        statuses = self.statuses[form["MessageSid"]]
        statuses.append(post(form))
        if not statuses[-1]:
            time.sleep(0.2)
            statuses.append(post(form))
