"""Services to begin with, by profession: a proposal that the first steps show and nobody has to take."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from scheduling.search import fold


@dataclass(frozen=True, slots=True)
class Suggestion:
    name: Promise
    minutes: int


_SESSION = [Suggestion(_("Individual session"), 50), Suggestion(_("Couple's session"), 80)]
_BARBER = [Suggestion(_("Haircut"), 30), Suggestion(_("Beard"), 30), Suggestion(_("Haircut and beard"), 60)]
_HAIR = [Suggestion(_("Haircut"), 60), Suggestion(_("Colouring"), 120), Suggestion(_("Blow-dry"), 45)]
_DENTIST = [Suggestion(_("Check-up"), 30), Suggestion(_("Cleaning"), 45)]
_LESSON = [Suggestion(_("Private lesson"), 60), Suggestion(_("Trial lesson"), 30)]
_CONSULTATION = [Suggestion(_("First consultation"), 60), Suggestion(_("Follow-up"), 40)]
_NAILS = [Suggestion(_("Manicure"), 45), Suggestion(_("Pedicure"), 45), Suggestion(_("Manicure and pedicure"), 90)]
_BODY = [Suggestion(_("Session of one hour"), 60), Suggestion(_("Session of half an hour"), 30)]
_ANY = [Suggestion(_("Standard appointment"), 60)]

# Stems of professions in Portuguese, Spanish and English, without accents; the first that fits counts.
_BY_STEM = {
    "psic": _SESSION, "terapeuta": _SESSION, "psych": _SESSION, "therapist": _SESSION, "coach": _SESSION,
    "barb": _BARBER, "cabel": _HAIR, "peluq": _HAIR, "hair": _HAIR, "dent": _DENTIST, "odont": _DENTIST,
    "prof": _LESSON, "teach": _LESSON, "tutor": _LESSON, "maestr": _LESSON, "nutri": _CONSULTATION,
    "medic": _CONSULTATION, "doctor": _CONSULTATION, "advog": _CONSULTATION, "abog": _CONSULTATION,
    "lawyer": _CONSULTATION, "veter": _CONSULTATION, "manic": _NAILS, "unhas": _NAILS, "nail": _NAILS,
    "fisio": _BODY, "physio": _BODY, "massa": _BODY, "personal": _BODY, "estet": _BODY, "pilates": _BODY,
}  # fmt: skip


def of(profession: str) -> list[Suggestion]:
    """Return what people of that profession mostly offer."""
    words = fold(profession)
    return next((found for stem, found in _BY_STEM.items() if stem in words), _ANY)
