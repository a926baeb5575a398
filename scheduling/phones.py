"""Channel addresses and Brazilian phone numbers: pure functions.

An address is what the channel calls a person, such as `whatsapp:+551187654321`. It is kept and answered byte
for byte: WhatsApp still knows many Brazilian mobiles without the ninth digit, and some people by an id that
holds no phone at all (`whatsapp:BR.1502…`). Only the matching of people looks through both forms.

Behind `api:` stands whatever a program calls a person by. Nobody has proved it: what looks like a phone there is none.
"""

import re

import phonenumbers
from phonenumbers import timezone

API = "api:"

_E164 = re.compile(r"\+[1-9]\d{6,14}")
# Anatel resolutions 553/2010 and following: every mobile got a leading 9. Old mobiles begin with 6 to 9,
# landlines with 2 to 5; a 9 in front of 1 to 5 is a number issued later and has no short form.
_SHORT_MOBILE = re.compile(r"(\+55[1-9][1-9])([6-9]\d{7})")
_LONG_MOBILE = re.compile(r"(\+55[1-9][1-9])9([6-9]\d{7})")
# The beginning of a Brazilian mobile as somebody looks for it: area code, perhaps the ninth digit, three digits more.
_SOUGHT = re.compile(r"(?:55)?([1-9][1-9])9?([6-9]\d{2,7})")
_PUNCTUATION = re.compile(r"[\s().\-–\u00a0]")


def phone(address: str) -> str | None:
    """Return the address's phone in E.164, Brazilian mobiles with their ninth digit; None if it holds none."""
    number = _number(address)
    if not _E164.fullmatch(number):
        return None
    short = _SHORT_MOBILE.fullmatch(number)
    return f"{short[1]}9{short[2]}" if short else number


def variants(address: str) -> tuple[str, ...]:
    """Return every address that means the same person: itself, and the form with or without the ninth digit."""
    number = _number(address)
    prefix = address.removesuffix(number)
    if short := _SHORT_MOBILE.fullmatch(number):
        return address, f"{prefix}{short[1]}9{short[2]}"
    if long := _LONG_MOBILE.fullmatch(number):
        return address, f"{prefix}{long[1]}{long[2]}"
    return (address,)


def typed(text: str) -> str | None:
    """Return what a person typed as a phone in E.164, Brazilian without a country code; None if it is no phone."""
    digits = _PUNCTUATION.sub("", text)
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    if not digits.startswith("+"):
        national = digits.removeprefix("0")
        digits = f"+{national}" if len(national) in (12, 13) and national.startswith("55") else f"+55{national}"
    if not (digits[1:].isascii() and digits[1:].isdigit()):
        return None
    number = phone(digits)
    return number if number and _exists(number) else None


def sought(text: str) -> tuple[str, ...]:
    """Return the digits that somebody looks for, in both forms of a mobile; empty if it is no part of a phone."""
    digits = _PUNCTUATION.sub("", text).removeprefix("+").lstrip("0")
    if len(digits) < 3 or not (digits.isascii() and digits.isdigit()):
        return ()
    mobile = _SOUGHT.fullmatch(digits)
    return (digits, f"{mobile[1]}9{mobile[2]}", f"{mobile[1]}{mobile[2]}") if mobile else (digits,)


def zones(address: str) -> tuple[str, ...]:
    """Return the IANA zones that the address's phone may be in, by country and area code; empty where that is unknown.

    Brazilian area codes tell the state, a mobile of Portugal may be on the Azores.
    """
    number = phone(address)
    if number is None:
        return ()
    found: tuple[str, ...] = timezone.time_zones_for_number(phonenumbers.parse(number))
    return tuple(name for name in found if name != timezone.UNKNOWN_TIMEZONE)


def mask(address: str) -> str:
    """Return the address with all but its last four characters hidden, for lists and logs of operators."""
    return f"…{_number(address)[-4:]}"


def plain(address: str) -> str:
    """Return the address without its channel, as a person reads it."""
    return address.removeprefix(API) if address.startswith(API) else address.removeprefix("whatsapp:")


def _number(address: str) -> str:
    return address if address.startswith(API) else address.rpartition(":")[2]


def _exists(number: str) -> bool:
    """Return whether a country gives out such numbers; what begins with no country's code cannot even be parsed."""
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False
