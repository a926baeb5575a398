"""The cast: every client of the exam by key."""

from tests.exam.persona import Persona
from tests.exam.personas import booking

PERSONAS: dict[str, Persona] = {one.key: one for part in (booking,) for one in part.PERSONAS}
