"""The client's mind: what to write next, after what was heard."""

import re
from collections import deque
from collections.abc import Callable

from tests.exam import reading
from tests.exam.persona import Cue, Persona, Step

_NO = {"pt": "não", "en": "no", "es": "no"}
_MOST_WISHES = 2


class Mind:
    """Goes through a persona's lines; answers what it is asked on the way."""

    def __init__(self, persona: Persona) -> None:
        self.persona = persona
        self._says = deque(persona.says)
        self._at = {cue: deque(steps) for cue, steps in persona.at.items()}
        self._wishes = 0

    def next(self, heard: str, *, is_content: Callable[[], bool]) -> Step | None:
        """Return what is written next; None when this person is through."""
        cue = reading.cue(heard)
        if self._at.get(cue):
            return self._at[cue].popleft()
        if self._says:
            return self._says.popleft()
        answer = self._answer(cue, heard)
        if answer is None and self.persona.wish and self._wishes < _MOST_WISHES and not is_content():
            self._wishes += 1
            return self.persona.wish
        return answer

    def _answer(self, cue: Cue, heard: str) -> str | None:
        persona = self.persona
        match cue:
            case Cue.NAME:
                return persona.name
            case Cue.CONFIRM:
                return self._decide(heard)
            case Cue.TIMES:
                return self._pick(heard)
            case Cue.SERVICE:
                return next((n for n, what in reading.options(heard) if persona.service in what.lower()), None)
            case Cue.MENU if persona.wish:
                return "1"
        return None

    def _decide(self, heard: str) -> str | None:
        """Say yes to what is wanted, no to anything else."""
        asked = reading.moments(heard)
        if not asked:
            return self.persona.yes
        wanted = self.persona.wants
        if re.search(r"(?i)\bcancel(?:ar|o)? ", heard):
            return _NO[self.persona.language] if reading.fits(asked[-1], wanted) else self.persona.yes
        return self.persona.yes if self._likes(asked[-1]) else _NO[self.persona.language]

    def _likes(self, moment: str) -> bool:
        return reading.fits(moment, [*self.persona.wants, *self.persona.seeks])

    def _pick(self, heard: str) -> str | None:
        fitting = [number for number, what in reading.options(heard) if self._likes(what)]
        return fitting[0] if fitting else None
