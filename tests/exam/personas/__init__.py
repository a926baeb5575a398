"""The cast: every client of the exam by key."""

from tests.exam.persona import Persona
from tests.exam.personas import booking, changing, keeping, languages, odd, others, pausing, unfriendly

PARTS = (booking, changing, keeping, others, pausing, odd, unfriendly, languages)
PERSONAS: dict[str, Persona] = {one.key: one for part in PARTS for one in part.PERSONAS}
