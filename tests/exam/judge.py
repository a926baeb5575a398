"""Judges a talk by the rows that it left and by what was told."""

import datetime as dt
import re
from collections.abc import Iterator
from itertools import pairwise

from django.db.models import QuerySet

from intake.models import Conversation, OutboundMessage
from scheduling.models import Appointment
from tests import cast
from tests.exam import stage
from tests.exam.persona import Persona, Wanted
from tests.exam.stage import Stage
from tests.exam.talk import Policy, Talk

LONGEST_WAIT = dt.timedelta(seconds=30)
# What a client is told when the professional was called: silence is then an answer.
_CALLED = r"(?i)\bchamei\b|I have (?:called|told)|avisei|le avisé"
_AGREED = ("confirmed", "pending")


def is_content(scene: Stage, persona: Persona) -> bool:
    """Return whether the client has everything that was wanted."""
    return not _missing(scene, persona)


def judge(talk: Talk, scene: Stage) -> None:
    """Blame the talk for what is wrong in the end."""
    persona = talk.persona
    for wanted in _missing(scene, persona):
        talk.blame(Policy.WANTED, f"missing: {_show(wanted)}; there is {_agenda(scene) or 'nothing'}")
    for what in _unasked(scene, persona):
        talk.blame(Policy.NOTHING_ELSE, what)
    told = talk.told()
    for pattern in persona.told:
        if not re.search(pattern, told):
            talk.blame(Policy.WANTED, f"never told: {pattern}")
    for pattern in persona.untold:
        if found := re.search(pattern, told):
            talk.blame(Policy.TRUTH, f"told: {found[0]}")
    _judge_calendar(talk, scene)


def judge_answer(talk: Talk, scene: Stage, told: str, *, waited: dt.timedelta) -> None:
    """Blame the talk for silence, for a late answer and for several questions at once."""
    conversation = _conversation(scene)
    opted_out = conversation is not None and conversation.opted_out_at is not None
    if not told and not opted_out and not re.search(_CALLED, talk.told()):
        talk.blame(Policy.ANSWERED, f"silence after {talk.lines[-1].text!r}")
    if told and waited > LONGEST_WAIT:
        talk.blame(Policy.ANSWERED, f"answered after {waited.total_seconds():.0f} s: {talk.lines[-1].text!r}")
    newest = OutboundMessage.objects.filter(conversation=conversation, turn__isnull=False).order_by("-turn_id").first()
    if newest is not None:
        _judge_turn(talk, list(newest.turn.outbound.order_by("pk")) if newest.turn else [])


def _judge_turn(talk: Talk, said: list[OutboundMessage]) -> None:
    questions = [one for one in said if one.dedupe_key.startswith("question:")]
    if len(questions) > 1:
        talk.blame(Policy.ANSWERED, "two questions in one turn")
    if any(former.body == latter.body for former, latter in pairwise(said)):
        talk.blame(Policy.ANSWERED, "the same text twice in one turn")


def _judge_calendar(talk: Talk, scene: Stage) -> None:
    if not stage.untouched(scene):
        talk.blame(Policy.SINGLE, "somebody else's appointment was changed")
    rows = Appointment.objects.filter(professional__in=[scene.ana, scene.bruno]).exclude(status="cancelled")
    spans = sorted(rows.values_list("professional_id", "starts_at", "ends_at"))
    if any(a[0] == b[0] and b[1] < a[2] for a, b in pairwise(spans)):
        talk.blame(Policy.SINGLE, "two appointments at one time")
    if Appointment.objects.filter(professional=scene.bruno).count() != 1:
        talk.blame(Policy.SINGLE, "something happened in another professional's calendar")


def _missing(scene: Stage, persona: Persona) -> list[Wanted]:
    left = list(_mine(scene))
    missing = []
    for wanted in persona.wants:
        found = next((row for row in left if _is(row, wanted)), None)
        if found is None:
            missing.append(wanted)
        else:
            left.remove(found)
    return missing


def _unasked(scene: Stage, persona: Persona) -> Iterator[str]:
    """Yield what was booked, moved or cancelled and never agreed to; service and name are the first policy's matter."""
    agreeable = [*persona.wants, *persona.seeks]
    for row in _mine(scene):
        if scene.own.get(row.pk) == row.starts_at:
            continue
        fitting = next((one for one in agreeable if _is_at(row, one)), None)
        if fitting is None:
            yield f"not wanted: {_shown(row)}"
        else:
            agreeable.remove(fitting)
    for row in Appointment.objects.filter(pk__in=scene.own, status="cancelled"):
        if any(_is_at(row, one) for one in persona.wants):
            yield f"cancelled unasked: {_shown(row)}"


def _mine(scene: Stage) -> QuerySet[Appointment]:
    agreed = Appointment.objects.filter(professional=scene.ana, status__in=_AGREED, replaces=None)
    mine = agreed.filter(client__addresses__address=cast.CAIO_ADDRESS)
    return mine.select_related("service", "client").order_by("starts_at")


def _is(row: Appointment, wanted: Wanted) -> bool:
    return (
        _is_at(row, wanted)
        and row.service.name == wanted.service
        and row.attendee.casefold() == wanted.attendee.casefold()
        and re.fullmatch(wanted.name, row.client.name) is not None
    )


def _is_at(row: Appointment, wanted: Wanted) -> bool:
    return re.fullmatch(wanted.when, f"{row.local_start:%d/%m %H:%M}") is not None


def _agenda(scene: Stage) -> str:
    return "; ".join(map(_shown, _mine(scene)))


def _shown(row: Appointment) -> str:
    attendee = f" for {row.attendee}" if row.attendee else ""
    return f"{row.local_start:%d/%m %H:%M} {row.service.name}{attendee} ({row.client.name}, {row.status})"


def _show(wanted: Wanted) -> str:
    attendee = f" for {wanted.attendee}" if wanted.attendee else ""
    return f"{wanted.when} {wanted.service}{attendee}"


def _conversation(scene: Stage) -> Conversation | None:
    return Conversation.objects.filter(professional=scene.ana, address=cast.CAIO_ADDRESS).first()
