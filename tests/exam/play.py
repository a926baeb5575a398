"""One talk from the first word to the last: a persona at its phone, the product behind its webhook."""

import datetime as dt
import random
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from unittest.mock import patch

from django.conf import settings
from django.core.cache import cache
from django.db import connection

from intake import agent
from language import loop
from tests import cast
from tests.exam import judge, stage, world
from tests.exam.client import Mind
from tests.exam.clock import Clock
from tests.exam.models import WAYS, Scene
from tests.exam.persona import Burst, Other, Pause, Persona, Step, Taken
from tests.exam.phone import Phone
from tests.exam.stage import Stage
from tests.exam.talk import Line, Policy, Talk
from tests.exam.truth import Witness
from tests.exam.world import World
from tests.standins.groq import GroqStandIn
from tests.standins.twilio import TwilioStandIn

OTHER_ADDRESS = "whatsapp:+5521966661234"
MOST_STEPS = 25


@dataclass
class Theatre:
    """What all talks of a process share: the stand-ins, and a model that speaks over HTTP."""

    twilio: TwilioStandIn
    groq: GroqStandIn
    model: loop.Model


@contextmanager
def theatre() -> Iterator[Theatre]:
    with TwilioStandIn() as twilio, GroqStandIn() as groq:
        settings.TWILIO_API_BASE_URL, settings.GROQ_BASE_URL = twilio.url, groq.url
        model = agent.model()
        assert model is not None
        yield Theatre(twilio, groq, model)


def play(persona: Persona, *, way: str, run: int, house: Theatre) -> Talk:
    """Play one talk; persona, way and run decide all its chances."""
    talk = Talk(persona, way, run)
    chance = random.Random(f"{persona.key}/{way}/{run}")
    cache.clear()
    with Clock(cast.MONDAY_MORNING + dt.timedelta(seconds=chance.uniform(0, 1200))) as clock:
        scene = stage.build(persona.given, address=cast.CAIO_ADDRESS)
        performance = _Performance(talk, scene, clock, chance, house)
        with performance.answering(), world.living(clock, watch=performance.witness.look) as going:
            try:
                performance.go(going)
            except Exception as error:  # noqa: BLE001 - one broken talk must not end the exam; it fails it
                talk.blame(Policy.ANSWERED, f"it broke: {error!r}")
    return talk


class _Performance:
    def __init__(self, talk: Talk, scene: Stage, clock: Clock, chance: random.Random, house: Theatre) -> None:
        self.talk, self.stage, self.clock, self.chance, self.house = talk, scene, clock, chance, house
        self.phone = Phone(cast.CAIO_ADDRESS, scene.ana, house.twilio)
        self.other = Phone(OTHER_ADDRESS, scene.ana, house.twilio, profile_name="Otávio")
        self.witness = Witness(talk, scene)
        self.scene = Scene(talk, scene, chance)

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Let the way's model answer, or none."""
        character = WAYS[self.talk.way]
        chosen = self.house.model if character else None
        if character:
            self.house.groq.reply = lambda body: self.scene.answer(body, character)
        hurried = patch.object(agent, "TURN_SECONDS", 0.3) if self.talk.way == "gone" else nullcontext()
        with patch.object(agent, "model", lambda: chosen), hurried:
            yield

    def go(self, going: World) -> None:
        mind, heard = Mind(self.talk.persona), ""
        for _ in range(MOST_STEPS):
            step = mind.next(heard, is_content=lambda: judge.is_content(self.stage, self.talk.persona))
            if step is None:
                break
            self._think(going, first=not heard)
            told = self._do(step, going)
            heard = told if told is not None else heard
        else:
            self.talk.blame(Policy.WANTED, "the talk never came to an end")
        judge.judge(self.talk, self.stage)

    def _do(self, step: Step, going: World) -> str | None:
        """Do a step; return what was answered, None if it asked for no answer."""
        match step:
            case Pause(minutes):
                self._note("stage", f"{minutes:g} minutes later")
                going.pass_by(minutes)
                return self._read() or None
            case Taken(local):
                self._note("stage", f"Ana books another client for {local}")
                row = stage.by_hand(self.stage.dora, local)
                self.stage.others[row.pk] = stage.facts(row.pk)
                return None
            case Other(text):
                self._note("other", text)
                self.other.post(self.other.forms(text)[0], chance=self.chance)
                return None
        return self._write(step, going)

    def _write(self, step: Step, going: World) -> str:
        low, high = step.gap if isinstance(step, Burst) else (0.2, 1.8)
        if self.talk.run % 4 == 3:
            low, high = low + 2, high + 3  # so slowly that each message may get a turn of its own
        forms = self.phone.forms(step)
        late = forms.pop() if len(forms) > 1 and self.talk.run % 4 == 2 else None
        for number, form in enumerate(forms):
            if number:
                going.run_until(self.clock.now + dt.timedelta(seconds=self.chance.uniform(low, high)))
            self._post(form)
        if late:
            self.scene.meanwhile = lambda: self._interrupt(late)
        sent_at = self.clock.now
        going.settle(self.stage.ana)
        if late and self.scene.meanwhile:
            # No model was asked: the last message comes after the answer.
            self.scene.meanwhile = None
            self._post(late)
            going.settle(self.stage.ana)
        told = self._read()
        waited = self.talk.lines[-1].at - sent_at if told else dt.timedelta()
        judge.judge_answer(self.talk, self.stage, told, waited=waited)
        return told

    def _post(self, form: dict[str, str]) -> None:
        form["Body"] = self._filled(form["Body"])
        shown = form["Body"] or f"[{form['MessageType']}]"
        self._note("client", f"[tap] {shown}" if "ButtonPayload" in form else shown)
        self.phone.post(form, chance=self.chance)

    def _interrupt(self, form: dict[str, str]) -> None:
        """Deliver a message while a turn is under way, from another thread and connection."""
        self.clock.tell_database()
        try:
            self._post(form)
        finally:
            connection.close()

    def _filled(self, text: str) -> str:
        """Put in the references that stand in a line: of the client's first appointment, and of somebody else's."""
        if "{mine}" in text:
            mine = self.stage.ana.appointments.filter(client__addresses__address=cast.CAIO_ADDRESS)
            text = text.replace("{mine}", mine[0].reference)
        return text.replace("{hers}", self.stage.references[0])

    def _read(self) -> str:
        new = self.phone.unread()
        for one in new:
            self.talk.lines.append(Line(one.at, "reception", one.body))
        return "\n".join(one.body for one in new)

    def _think(self, going: World, *, first: bool) -> None:
        if not first:
            low, high = self.chance.choice([(1, 8), (8, 40), (40, 200)])
            going.run_until(self.clock.now + dt.timedelta(seconds=self.chance.uniform(low, high)))

    def _note(self, who: str, text: str) -> None:
        self.talk.lines.append(Line(self.clock.now, who, text))
