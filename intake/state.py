"""What a conversation remembers between turns, stored as JSON on its row and parsed here.

Every option, offer and question has a random id and is only ever looked up inside its own conversation.
"""

import secrets
from datetime import date, datetime, time
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

OFFERS_REMEMBERED = 40


def new_id() -> str:
    return secrets.token_urlsafe(9)


class OptionKind(StrEnum):
    """What a numbered option stands for; `value` is a menu entry, a row's id or an offer's id."""

    MENU = "menu"
    SERVICE = "service"
    SLOT = "slot"
    MOVE = "move"
    CANCEL = "cancel"


class QuestionKind(StrEnum):
    BOOK = "book"
    MOVE = "move"
    CANCEL = "cancel"


class Awaiting(StrEnum):
    """What the last code-written question asked for in free text."""

    NOTHING = ""
    DAY = "day"
    NAME = "name"
    PHONE = "phone"


class Remembered(BaseModel):
    model_config = ConfigDict(extra="ignore")


class Option(Remembered):
    """An entry of the list shown last; its number, its id (a tap) and its words choose it."""

    id: str = Field(default_factory=new_id)
    kind: OptionKind
    value: str
    label: str


class Offer(Remembered):
    """A free time that this client was told."""

    id: str = Field(default_factory=new_id)
    service_id: int
    starts_at: datetime
    # The appointment that was to be moved there; None: a new one.
    moving_id: int | None = None


class Question(Remembered):
    """A yes-or-no question. `sim` counts only once its outbox row (`question:<id>`) was handed over."""

    id: str = Field(default_factory=new_id)
    kind: QuestionKind
    # The newest message of the turn that asked: a second question in that same turn is refused.
    asked_for: int
    # The hold of a booking or move; the appointment itself of a cancellation.
    appointment_id: int
    # Enough to hold the time again when the answer comes after the hold has run out.
    service_id: int
    starts_at: datetime
    attendee: str = ""
    original_id: int | None = None
    # Something else was asked or offered since: a bare "sim" would answer that, not this.
    overtaken: bool = False
    # How often it was put again, each time as a message of its own.
    repeated: int = 0

    @property
    def dedupe_key(self) -> str:
        return f"question:{self.id}:{self.repeated}" if self.repeated else f"question:{self.id}"


class Draft(Remembered):
    """What is known so far of a booking or move that is not complete."""

    service_id: int | None = None
    starts_at: datetime | None = None
    attendee: str = ""
    moving_id: int | None = None
    # Days and hour said so far: "às 10h" after "quinta" means Thursday, "quinta" after "às 10h" means ten.
    first_day: date | None = None
    last_day: date | None = None
    hour: time | None = None
    # "O mais cedo possível": the first free time is proposed instead of a list.
    soonest: bool = False


class State(Remembered):
    name: str = ""
    # What the client writes in; empty until their words tell.
    language: str = ""
    phone: str = ""
    phone_refused: bool = False
    email: str = ""
    greeted: bool = False
    offers: list[Offer] = Field(default_factory=list)
    options: list[Option] = Field(default_factory=list)
    question: Question | None = None
    awaiting: Awaiting = Awaiting.NOTHING
    draft: Draft = Field(default_factory=Draft)
    # How many times were held on the local day named.
    holds: int = 0
    holds_on: date | None = None
    # The reception called a person of its own accord: a plain wish brings it back.
    gave_up: bool = False
    # How many messages in a row were not understood.
    missed: int = 0

    def remember(self, offers: list[Offer]) -> None:
        self.offers = [*self.offers, *offers][-OFFERS_REMEMBERED:]

    def open_offers(self) -> list[Offer]:
        """Return the offers that can be chosen from the list shown last."""
        shown = {option.value for option in self.options if option.kind == OptionKind.SLOT}
        return [offer for offer in self.offers if offer.id in shown]

    def offer(self, offer_id: str) -> Offer | None:
        return next((offer for offer in self.offers if offer.id == offer_id), None)

    def forget_unfinished(self) -> None:
        """Let go of what was begun and left; an open question can still be answered."""
        self.options, self.awaiting, self.draft, self.missed = [], Awaiting.NOTHING, Draft(), 0

    def forget_flow(self) -> None:
        """Start afresh, keeping who the client is and what was offered."""
        self.forget_unfinished()
        self.question = None
