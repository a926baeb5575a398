"""Arguments and results of the client's tools; their JSON schemas are what a model sees."""

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field, model_validator

from language.tools import Arguments

MOST_DAYS = 14


class PartOfDay(StrEnum):
    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


_PORTUGUESE_PARTS = {"manha": "morning", "manhã": "morning", "tarde": "afternoon", "noite": "evening"}


def _in_english(value: object) -> object:
    """A model that speaks Portuguese all day writes its arguments in it, too."""
    return _PORTUGUESE_PARTS.get(value, value) if isinstance(value, str) else value


class SlotArguments(Arguments):
    date: dt.date | None = None
    date_from: dt.date | None = None
    date_to: dt.date | None = None
    time: dt.time | None = None
    service: str | None = Field(default=None, max_length=80)
    part_of_day: Annotated[PartOfDay | None, BeforeValidator(_in_english)] = None

    @model_validator(mode="after")
    def _one_day_or_a_range(self) -> "SlotArguments":
        if self.date is None and self.date_from is None:
            raise ValueError("give date, or date_from and date_to")
        span = (self.date_to - self.date_from).days if self.date_from and self.date_to else 0
        if not 0 <= span <= MOST_DAYS:
            raise ValueError(f"date_to must be 0 to {MOST_DAYS} days after date_from")
        return self


class BookArguments(Arguments):
    date: dt.date
    time: dt.time
    client_name: str = Field(max_length=120)
    service: str | None = Field(default=None, max_length=80)
    for_whom: str | None = Field(default=None, max_length=120)


class NoArguments(Arguments):
    pass


class MoveArguments(Arguments):
    reference: str = Field(max_length=12)
    date: dt.date
    time: dt.time


class CancelArguments(Arguments):
    reference: str = Field(max_length=12)


class HumanArguments(Arguments):
    reason: str = Field(max_length=200)


class OfferResult(BaseModel):
    number: int
    date: dt.date
    weekday: str
    time: str
    service: str
    price: Decimal


class SlotsResult(BaseModel):
    offers: list[OfferResult]
    asked_for_is_free: bool
    why_not: str = ""


class QuestionResult(BaseModel):
    status: str = "waiting_for_yes"
    date: dt.date
    weekday: str
    time: str
    service: str
    price: Decimal


class ServiceResult(BaseModel):
    name: str
    minutes: int
    price: Decimal


class InformationResult(BaseModel):
    name: str
    profession: str
    about: str
    services: list[ServiceResult]
    hours: list[str]
    address: str
    link: str
    cancellation: str


class AppointmentResult(BaseModel):
    reference: str
    date: dt.date
    weekday: str
    time: str
    service: str
    status: str
    # Whether its client may still move or cancel it here.
    changeable: bool


class AppointmentsResult(BaseModel):
    coming: list[AppointmentResult]
    last: AppointmentResult | None = None


class HandoverResult(BaseModel):
    status: str = "handed_over"
