"""How much one address may ask for: a flood helps neither the professional's calendar nor whoever pays the model."""

import re
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Now

from intake import phrases
from intake.models import Channel, Conversation, InboundMessage, Turn
from intake.state import State
from scheduling import phones, selectors
from scheduling.models import Appointment, Client, Professional

# How long the reception rests when there was too much.
REST = timedelta(hours=1)
# So many answers within a minute: more than that, and mostly the same words, is another machine; twice as many always.
_ALTERNATIONS = 6
_CHATS = [Channel.WHATSAPP, Channel.SIMULATOR, Channel.API, Channel.TRIAL]


def may_book_more(client: Client, *, now: datetime) -> bool:
    """Return whether the client may book another time by chat; what was entered by hand does not count."""
    booked = selectors.coming(client, now=now).filter(source__in=_CHATS).count()
    return booked < int(settings.OPEN_BOOKINGS_PER_CLIENT)


def may_hold_more(state: State, *, today: date) -> bool:
    """Count one more hold of this local day and return whether it is within the limit."""
    if state.holds_on != today:
        state.holds_on, state.holds = today, 0
    state.holds += 1
    return state.holds <= int(settings.HOLDS_PER_DAY)


def pause_before_new(professional: Professional) -> timedelta | None:
    """Return how long a program has to wait before it may speak for another new person; None if it may now.

    Whoever writes through a program can call themselves anything: without this bound they would have all the bookings
    of as many people.
    """
    most = int(settings.API_ADDRESSES_PER_HOUR)
    begun = Conversation.objects.filter(professional=professional, channel=Channel.API)
    begun = begun.annotate(age=Now() - F("created_at")).filter(age__lt=REST).order_by("age")
    ages = list(begun.values_list("age", flat=True)[:most])
    return REST - ages[-1] if len(ages) >= most and ages else None


def may_book_through_programs(professional: Professional, client: Client | None) -> bool:
    """Return whether another person's time may be held now, after all that others who write so took in this hour.

    What they cancelled counts, what they did not confirm is gone.
    """
    theirs = Appointment.objects.filter(
        professional=professional, client__address__startswith=phones.API, created_at__gt=Now() - REST
    )
    return theirs.exclude(client=client).count() < int(settings.API_BOOKINGS_PER_HOUR)


def is_flood(conversation: Conversation) -> bool:
    """Return whether the last hour had as many answers as an hour may have."""
    return _answers(conversation, within=timedelta(hours=1)) >= int(settings.TURNS_PER_HOUR)


def is_machine(conversation: Conversation) -> bool:
    """Return whether another automatic system seems to answer our answers."""
    answered = _answers(conversation, within=timedelta(minutes=1))
    if answered < _ALTERNATIONS:
        return False
    latest = InboundMessage.objects.filter(conversation=conversation).order_by("-pk")
    # A number that counts up makes no new sentence.
    different = {re.sub(r"\d+", "", phrases.normalise(one.words)) for one in latest[: _ALTERNATIONS + 1]}
    return len(different) <= _ALTERNATIONS // 2 or answered >= 2 * _ALTERNATIONS


def _answers(conversation: Conversation, *, within: timedelta) -> int:
    """Count the turns that answered free text: whoever taps and says yes is a person, and quick."""
    free = [Turn.Path.MODEL, Turn.Path.GUIDED]
    return Turn.objects.filter(conversation=conversation, path__in=free, created_at__gt=Now() - within).count()
