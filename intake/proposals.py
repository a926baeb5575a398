"""What the reception proposes to a client: a held time or a cancellation, each with a question that only the
client's next "sim" answers. Also the hand-over to a person. Every write runs under the conversation's lease.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from intake import inbox, limits, notices, takeover
from intake.inbox import Lease
from intake.models import Channel, Conversation
from intake.state import Draft, Question, QuestionKind, State
from language import when
from language.tools import Refusal
from language.when import Unsure, When
from scheduling import booking, clients, selectors
from scheduling.errors import BookingError, Code
from scheduling.models import Appointment, AppointmentEvent, Client, Professional, Service


class ToolCode(StrEnum):
    """Refusals of the conversation itself, beside the domain's `scheduling.errors.Code`."""

    QUESTION_OPEN = "question_open"
    NOT_OFFERED = "not_offered"
    UNKNOWN_SERVICE = "unknown_service"
    NAME_NEEDED = "name_needed"
    PHONE_NEEDED = "phone_needed"
    BLOCKED = "blocked"
    TOO_MANY = "too_many"


# What a model can do about it; in Portuguese, as it is prompted.
HINTS = {
    Code.CUTOFF_PASSED: "Explique a regra e ofereça falar com uma pessoa (ask_human).",
    Code.OWN_APPOINTMENT: "O cliente já tem esse horário; veja list_my_appointments.",
    Code.NOT_FOUND: "Veja as referências com list_my_appointments.",
    Code.NOT_POSSIBLE: "Veja a situação com list_my_appointments.",
    Code.SAME_TIME: "Pergunte qual é o novo horário.",
}


@dataclass(frozen=True, slots=True)
class Offered:
    """Free times found in this turn, and why what was asked for is not among them (empty if it is).

    `exact` says that one time was asked for and is the first of them.
    """

    service: Service
    starts: list[datetime]
    why: str
    exact: bool


@dataclass
class Context:
    """Who is talking to whom in this turn, and what the turn has done so far."""

    lease: Lease
    conversation: Conversation
    professional: Professional
    client: Client | None
    state: State
    # What the client wrote lately, newest last.
    client_texts: list[str]
    newest_message_id: int
    # What the client wrote in this turn.
    words: str = ""
    # The lists of earlier turns are open to be chosen from, but are not shown again.
    old_option_ids: frozenset[str] = frozenset()
    now: datetime = field(default_factory=timezone.now)
    asked: bool = False
    # Between which hours free times are wanted; None: open.
    between: tuple[time | None, time | None] = (None, None)
    offered: Offered | None = None
    handed_over: bool = False
    opted_out: bool = False
    # The appointment that a quoted receipt or reminder is about.
    quoted: Appointment | None = None
    # The words told who books or who comes.
    noted: bool = False
    # When this turn's words want to come, read before any tool was run: no model overrules it.
    wish: When | Unsure | None = None
    # What was done for this turn, step by step, as plain JSON.
    steps: list[dict[str, Any]] = field(default_factory=list)

    def note(self, kind: str, name: str, *, detail: dict[str, Any] | None = None, milliseconds: int = 0) -> None:
        """Add a step to the turn's trace."""
        self.steps.append({"kind": kind, "name": name, "detail": detail or {}, "milliseconds": milliseconds})

    @property
    def name(self) -> str:
        """What we call the client; empty until somebody said it."""
        return (self.client.name if self.client else "") or self.state.name

    @property
    def language(self) -> str:
        """The client's language, as far as their words told it."""
        return self.state.language or self.professional.language

    @property
    def coming(self) -> list[Appointment]:
        """The client's own appointments to come."""
        return list(selectors.coming(self.client, now=self.now)) if self.client else []

    @property
    def meant(self) -> list[Appointment]:
        """The appointments that "remarcar" or "cancelar" may be about: quoted, named by reference, else all to come."""
        if self.quoted:
            return [self.quoted]
        coming, said = self.coming, self.words.upper().split()
        return [one for one in coming if one.reference in said] or coming

    @property
    def local_now(self) -> datetime:
        return self.now.astimezone(self.professional.zone)

    def read(self, text: str) -> When | Unsure | None:
        """Return when a text wants to come, with a doubt put in the client's language."""
        return when.parse(text, now=self.local_now, hours=self.hours, language=self.language[:2])

    @cached_property
    def hours(self) -> tuple[time, time] | None:
        """The span of the weekly opening hours: in it a bare "às 3" is read."""
        rows = list(self.professional.working_hours.filter(date=None).values_list("opens_at", "closes_at"))
        if not rows or any(closes == time(0) for _, closes in rows):
            return None
        return min(opens for opens, _ in rows), max(closes for _, closes in rows)


def hold(context: Context, *, service: Service, starts_at: datetime, name: str, attendee: str = "") -> Appointment:
    """Hold a free time for the client and put the question. Raises Refusal."""
    with _writing(context):
        client = clients.register(context.professional, address=context.conversation.address, name=name)
        clients.note_contact(client, phone=context.state.phone, email=context.state.email)
        if client.is_blocked:
            raise Refusal(ToolCode.BLOCKED, _("I cannot book here for you. Write *person* to talk to somebody."))
        _require_room(context, client)
        _release_former(context)
        appointment = booking.hold(
            context.professional,
            client=client,
            service=service,
            starts_at=starts_at,
            attendee=attendee,
            source=context.conversation.channel,
            is_trial=context.conversation.channel == Channel.TRIAL,
            intent_key=_intent(context, "book", starts_at, service.pk, attendee),
        )
        context.client, context.state.name = client, client.name
        _ask(context, QuestionKind.BOOK, appointment)
    return appointment


def hold_move(context: Context, original: Appointment, *, starts_at: datetime) -> Appointment:
    """Hold the new time of an appointment and put the question; the old time stays until the yes. Raises Refusal."""
    with _writing(context):
        _require_room(context, None)
        _release_former(context)
        move = booking.hold_move(
            original,
            starts_at=starts_at,
            source=context.conversation.channel,
            intent_key=_intent(context, "move", starts_at, original.pk),
        )
        _ask(context, QuestionKind.MOVE, move)
    return move


def ask_cancel(context: Context, appointment: Appointment) -> Appointment:
    """Put the question whether to cancel; the yes cancels. Raises Refusal after the cut-off."""
    with _writing(context):
        booking.require_changeable(appointment)
        _release_former(context)
        _ask(context, QuestionKind.CANCEL, appointment)
    return appointment


def hand_over(context: Context, *, reason: str) -> None:
    """Give the conversation to the professional: the reception is silent for a while, the professional is told."""
    with _writing(context, asks=False):
        _release_former(context)
        context.state.forget_flow()
        takeover.call(context.conversation, reason=reason, now=context.now)
        notices.announce_handover(
            context.conversation, reason=reason, dedupe_key=f"handover:{context.newest_message_id}"
        )
    context.handed_over = True


def accept(context: Context, question: Question) -> Appointment:
    """Carry out what the client said yes to and announce it. Raises Refusal when it cannot be done any more."""
    with _writing(context, asks=False):
        context.state.forget_flow()
        appointment = _carry_out(context, question)
        if not appointment.events.filter(announced_at=None).exists():
            # Somebody else did it before and it was told then; a yes must not be met with silence.
            raise BookingError(Code.NOT_POSSIBLE)
        notices.announce_latest(appointment)
    return appointment


def undo(context: Context, booked: AppointmentEvent, *, asked_at: datetime) -> None:
    """Take back what the client has just booked and announce it. Raises Refusal when it is too late for that."""
    question = context.state.question
    with _writing(context, asks=False):
        if question is not None and booked.appointment_id in (question.appointment_id, question.original_id):
            context.state.forget_flow()
        notices.announce_latest(booking.undo(booked, asked_at=asked_at))


def drop_question(context: Context) -> None:
    """Forget the open question and give its hold back."""
    with _writing(context, asks=False):
        _release_former(context)


def ask_again(context: Context, question: Question) -> None:
    """Put an open question once more, as the last thing said."""
    question.repeated, question.overtaken = question.repeated + 1, False
    context.state.options = []
    context.asked = True


def refusal(no: BookingError) -> Refusal:
    """Translate the domain's "no" for the model and the client."""
    return Refusal(no.code, no.message, hint=HINTS.get(no.code, "Ofereça outro horário com get_available_slots."))


def _carry_out(context: Context, question: Question) -> Appointment:
    if question.kind == QuestionKind.CANCEL:
        return booking.cancel(_appointment(question.appointment_id), actor=booking.CLIENT)
    try:
        held = Appointment(pk=question.appointment_id, professional=context.professional)
        agreed = booking.confirm(held)
    except BookingError as gone:
        if gone.code != Code.HOLD_EXPIRED:
            raise
        # The yes came late: book all the same if the time is still free.
        agreed = booking.confirm(_hold_again(context, question))
    return agreed.replaces or agreed


def _hold_again(context: Context, question: Question) -> Appointment:
    again = f"again:{question.id}"
    if question.original_id is not None:
        return booking.hold_move(
            _appointment(question.original_id),
            starts_at=question.starts_at,
            source=context.conversation.channel,
            intent_key=again,
        )
    if context.client is None:
        raise BookingError(Code.HOLD_EXPIRED)
    return booking.hold(
        context.professional,
        client=context.client,
        service=Service.objects.get(pk=question.service_id, professional=context.professional),
        starts_at=question.starts_at,
        attendee=question.attendee,
        source=context.conversation.channel,
        is_trial=context.conversation.channel == Channel.TRIAL,
        intent_key=again,
    )


def _appointment(pk: int) -> Appointment:
    found = Appointment.objects.select_related("professional", "service", "client").filter(pk=pk).first()
    if found is None:
        raise BookingError(Code.NOT_FOUND)
    return found


@contextmanager
def _writing(context: Context, *, asks: bool = True) -> Iterator[None]:
    """One transaction under the lease; a refusal leaves neither a row nor a trace in the state."""
    if asks and context.asked:
        raise Refusal(
            ToolCode.QUESTION_OPEN,
            _("One question at a time: the client has to answer the open one first."),
            hint="Encerre a resposta: a pergunta já vai ao cliente.",
        )
    former = context.state.model_copy(deep=True)
    try:
        with inbox.fenced(context.lease):
            yield
            conversation = context.conversation
            conversation.memorise(context.state)
            conversation.client = context.client
            conversation.save(update_fields=["state", "client"])
    except BookingError as no:
        context.state = former
        raise refusal(no) from no
    except Refusal:
        context.state = former
        raise
    context.asked = context.asked or asks


def _require_room(context: Context, client: Client | None) -> None:
    """Raise Refusal from the booking (of a client) or the hold on that is one too many."""
    facts = {"name": context.professional.name}
    if client is not None and not limits.may_book_more(client, now=context.now):
        text = _("You already have all the appointments that can be booked here. For more, please talk to %(name)s.")
        raise Refusal(ToolCode.TOO_MANY, text % facts)
    is_program = context.conversation.channel == Channel.API
    if is_program and not limits.may_book_through_programs(context.professional, client or context.client):
        text = _("There have been too many bookings here within the last hour. Please write again later.")
        raise Refusal(ToolCode.TOO_MANY, text)
    if not limits.may_hold_more(context.state, today=context.local_now.date()):
        text = _("That is enough changing for today. Please talk to %(name)s, or write again tomorrow.")
        raise Refusal(ToolCode.TOO_MANY, text % facts)


def _release_former(context: Context) -> None:
    question = context.state.question
    if question is not None and question.kind != QuestionKind.CANCEL:
        booking.release(Appointment(pk=question.appointment_id, professional=context.professional))
    context.state.question = None


def _ask(context: Context, kind: QuestionKind, appointment: Appointment) -> None:
    context.state.forget_flow()
    context.state.question = Question(
        kind=kind,
        asked_for=context.newest_message_id,
        appointment_id=appointment.pk,
        service_id=appointment.service_id,
        starts_at=appointment.wanted_start,
        attendee=appointment.attendee,
        original_id=appointment.replaces_id,
    )
    if kind != QuestionKind.CANCEL:
        # A change of mind ("melhor sexta", "às 16h") is about the same service, person, appointment and day.
        day = appointment.local_start.date()
        context.state.draft = Draft(
            service_id=appointment.service_id,
            attendee=appointment.attendee,
            moving_id=appointment.replaces_id,
            first_day=day,
            last_day=day,
        )


def _intent(context: Context, verb: str, *arguments: object) -> str:
    """The same wish of the same message is one row, however often its turn runs."""
    return ":".join(map(str, (context.newest_message_id, verb, *arguments)))[:120]
