"""Who writes, who is to come, and how to reach them: read by code from the client's words, never by a model."""

import re

import phonenumbers
from phonenumbers import Leniency, PhoneNumberFormat, PhoneNumberMatcher

from intake import intents, matching, phrases
from intake.models import Channel
from intake.proposals import Context
from scheduling import clients, phones

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,4}[A-Za-z]{2,24}(?![\w-])")
_DECLINED = re.compile(r"\b(?:pular|pula|nao tenho|prefiro nao|nao quero|sem telefone|skip|no phone|saltar|no tengo)\b")


def note(context: Context, text: str) -> bool:
    """Note what a text tells of people; return whether who books or who comes has changed by it."""
    state, former = context.state, (context.name, context.state.draft.attendee)
    state.email, state.phone = email(text) or state.email, phone(text) or state.phone
    if context.client is not None:
        clients.note_contact(context.client, phone=state.phone, email=state.email)
    name, attendee = matching.introduced(text), matching.attendee(text, now=context.local_now)
    if name and (context.client is None or not context.name or clients.correct_name(context.client, name)):
        state.name = name
    if attendee and attendee.split()[0] not in context.professional.name:
        state.draft.attendee = attendee
    return former != (context.name, state.draft.attendee)


def name(context: Context, text: str) -> str | None:
    """Return the name that answers "what is your name?"; None when the text says something else."""
    found = matching.introduced(text) or matching.person_name(text)
    if found is None or "?" in text or phrases.number(text) is not None or phrases.yes_or_no(text) is not None:
        return None
    if intents.read(text) or context.read(text):
        return None
    return found


def needs_phone(context: Context) -> bool:
    """Return whether nobody could be called: an address without a phone, none told, and not yet refused.

    A trial stands for somebody who writes from a phone.
    """
    if context.conversation.channel == Channel.TRIAL:
        return False
    known = phones.phone(context.conversation.address) or context.state.phone
    return not (known or (context.client and context.client.phone) or context.state.phone_refused)


def phone(text: str) -> str | None:
    """Return the one phone that a text holds, in E.164; without a country code it is Brazilian."""
    found = {
        phonenumbers.format_number(match.number, PhoneNumberFormat.E164)
        for match in PhoneNumberMatcher(text, "BR", leniency=Leniency.VALID)
    }
    return phones.phone(found.pop()) if len(found) == 1 else None


def refuses_phone(text: str) -> bool:
    return phrases.yes_or_no(text) is False or _DECLINED.search(phrases.normalise(text)) is not None


def email(text: str) -> str:
    """Return the one e-mail address that a text holds, else nothing."""
    found = set(_EMAIL.findall(text))
    return found.pop() if len(found) == 1 else ""
