"""How figures are written to a professional: rates, money, months. Callers choose the language."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from assistant.metrics import Tally
from intake import wording


def percent(rate: Decimal | None) -> str:
    """Return a share with one digit: "12,5%"; a dash where nothing was counted."""
    if rate is None:
        return "–"
    tenths = (rate * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{number_format(tenths, decimal_pos=1, use_l10n=True)}%"


def part(count: int, whole: int) -> str:
    return _("%(count)s of %(whole)s") % {"count": count, "whole": whole}


def no_shows(tally: Tally) -> str:
    """Return the rate with its base: "12,5% (9 de 72)"."""
    return f"{percent(tally.no_show_rate)} ({part(tally.no_shows, tally.sessions)})"


def money(amount: Decimal) -> str:
    return wording.price(amount)


def month(first: date) -> str:
    """Return a month with its year as it stands inside a sentence: "outubro de 2026"."""
    # Translators: a month and its year inside a sentence, in Django's format letters.
    written = date_format(first, _("F Y"))
    return written.lower()


def hours(length: timedelta) -> str:
    """Return a stretch of time in hours: "12,5 h"."""
    tenths = (Decimal(int(length.total_seconds())) / 3600).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{number_format(tenths.normalize() if tenths % 1 else int(tenths), use_l10n=True)} h"


def wait(length: timedelta | None) -> str:
    """Return how long somebody waited, in the largest unit that says enough; a dash where nobody did."""
    if length is None:
        return "–"
    seconds = int(length.total_seconds() + 0.5)
    if seconds < 100:
        return f"{seconds} s"
    minutes = (seconds + 30) // 60
    return f"{minutes} min" if minutes < 100 else hours(length)
