"""What became of a group of clients: read from the rows and from what the stand-in of Twilio took."""

from collections import Counter
from collections.abc import Sequence

from benchmarks.chaos.people import RECEIPT, Person
from benchmarks.chaos.table import Row
from intake.models import InboundMessage, OutboundMessage
from scheduling.models import Appointment
from tests.standins.twilio import TwilioStandIn

WANTED = "all booked, 0 else"


def row(what: str, people: Sequence[Person], twilio: TwilioStandIn, *, also: bool = True, more: str = "") -> Row:
    """Return the row of these clients' talks; `also` is what else has to be so, `more` what else was measured."""
    lost, twice, missing, repeated = (_lost(people), _twice(people), *_receipts(people, twilio))
    booked = sum(_confirmed(person) == 1 for person in people)
    slowest = max((person.booked - person.began for person in people if person.booked), default=0)
    measured = (
        f"{booked} of {len(people)} booked; {lost} lost, {twice} double, {missing} missing, {repeated} repeated; "
        f"slowest {slowest:.0f} s{more}"
    )
    met = booked == len(people) and not (lost or twice or missing or repeated) and also
    return Row(what, measured, WANTED, met)


def is_quiet() -> bool:
    """Return whether everything is answered and handed over."""
    waiting = InboundMessage.objects.filter(status="pending").exists()
    return not waiting and not OutboundMessage.objects.filter(status__in=["pending", "sending"]).exists()


def _lost(people: Sequence[Person]) -> int:
    """Return how many messages have no row that is done."""
    written = [form["MessageSid"] for person in people for form in person.forms]
    return len(written) - InboundMessage.objects.filter(provider_sid__in=written, status="done").count()


def _twice(people: Sequence[Person]) -> int:
    return sum(_confirmed(person) > 1 for person in people)


def _confirmed(person: Person) -> int:
    mine = Appointment.objects.filter(client__addresses__address=person.address, professional=person.professional)
    return mine.filter(status="confirmed").count()


def _receipts(people: Sequence[Person], twilio: TwilioStandIn) -> tuple[int, int]:
    """Return how many clients got no receipt, and how many texts were said again to the same one."""
    missing = repeated = 0
    for person in people:
        texts = twilio.bodies(person.address)
        receipts = sum(bool(RECEIPT.search(text)) for text in texts)
        missing += receipts == 0
        repeated += sum(number - 1 for number in Counter(texts).values()) + max(receipts - 1, 0)
    return missing, repeated
