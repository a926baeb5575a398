"""Professionals, their clients, and a model: who talks in the proofs, and what is said."""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from scheduling.models import Professional, Service, WorkingHours
from tests.standins import groq
from tests.standins.twilio import payload

ZONE = ZoneInfo("America/Sao_Paulo")
SLOTS_A_DAY = 9
_sids = count(1)
_addresses = count(1)
_numbers = count(1)

YES_ASKED = re.compile(r"\*sim\*")
NAME_ASKED = re.compile(r"seu nome")
LIST_SHOWN = re.compile(r"^1\. ", re.MULTILINE)
RECEIPT = re.compile(r"Referência: \*\w+\*")


@dataclass
class Person:
    """A client who wants one hour of one professional, and answers what is asked until it is booked."""

    professional: Professional
    wanted: datetime
    name: str = "Caio Martins"
    address: str = field(default_factory=lambda: f"whatsapp:+5511977{next(_addresses):06}")
    forms: list[dict[str, str]] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    # Moments of time.monotonic().
    began: float = 0.0
    answered: float = 0.0
    booked: float = 0.0

    def wish(self) -> str:
        local = self.wanted.astimezone(ZONE)
        return f"Oi! Meu nome é {self.name}. Quero marcar dia {local:%d/%m} às {local:%H}h"

    def says(self, text: str) -> dict[str, str]:
        """Return the form of a new message."""
        form = message(self.address, self.professional, text)
        self.forms.append(form)
        return form

    def hear(self, text: str, *, at: float) -> str:
        """Take in a message; return what the answer is, empty if none is due."""
        again = text in self.heard
        self.heard.append(text)
        self.answered = self.answered or at
        if RECEIPT.search(text):
            self.booked = self.booked or at
        if again or self.booked:
            return ""
        if YES_ASKED.search(text):
            return "sim"
        if NAME_ASKED.search(text):
            return self.name
        return "1" if LIST_SHOWN.search(text) else ""


def message(address: str, professional: Professional, text: str) -> dict[str, str]:
    """Return Twilio's form of a message, with an id of its own."""
    sid = f"SM{next(_sids):032x}"
    to = f"whatsapp:{professional.whatsapp_number}"
    return payload("text", From=address, To=to, MessageSid=sid, SmsMessageSid=sid, SmsSid=sid, Body=text)


def professional(profession: str) -> Professional:
    """Write a professional who is open every day from 09 to 18, for one service of 50 minutes."""
    number = next(_numbers)
    one = Professional.objects.create(
        name=f"Ana {profession}",
        profession=profession,
        whatsapp_number=f"+1415{number:07}",
        plan=Professional.Plan.PRO,
        observes_holidays=False,
    )
    Service.objects.create(professional=one, name="Sessão", duration_minutes=50, price=200)
    for weekday in range(7):
        WorkingHours.objects.create(professional=one, weekday=weekday, opens_at="09:00", closes_at="18:00")
    return one


def clients(of: Professional, number: int) -> list[Person]:
    """Return so many clients, each of whom wants another hour."""
    return [Person(of, _hour(slot)) for slot in range(number)]


def _hour(slot: int) -> datetime:
    """Return a free hour from the day after tomorrow on, aware."""
    day = timezone.now().astimezone(ZONE).date() + timedelta(days=2 + slot // SLOTS_A_DAY)
    return datetime(day.year, day.month, day.day, 9 + slot % SLOTS_A_DAY, tzinfo=ZONE)


def model(body: dict[str, Any]) -> groq.Response:
    """Look for the wanted time, then book it: a model that understands at once."""
    messages = body["messages"]
    if messages[-1]["role"] == "tool":
        asked = json.loads(messages[-2]["tool_calls"][0]["function"]["arguments"])
        return groq.call("book_appointment", {**asked, "client_name": "Caio Martins"}, id="call_1")
    wish = re.search(r"dia (\d\d)/(\d\d) às (\d\d)h", messages[-1]["content"])
    if wish is None:
        return groq.text("Como posso ajudar?")
    day, month, hour = map(int, wish.groups())
    today = timezone.now().astimezone(ZONE).date()
    date = today.replace(year=today.year + (month < today.month), month=month, day=day)
    return groq.call("get_available_slots", {"date": date.isoformat(), "time": f"{hour:02}:00"})
