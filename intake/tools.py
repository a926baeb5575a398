"""The seven tools of the client's agent. Identity is context, never an argument: no tool takes a phone, a
client or a professional. Reads answer at once; writes go through `intake/proposals.py` and end in a question.
"""

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _

from intake import matching, openings, people, phrases, proposals, wording
from intake.proposals import Context, Offered, ToolCode
from intake.schemas import (
    AppointmentResult,
    AppointmentsResult,
    BookArguments,
    CancelArguments,
    HandoverResult,
    HumanArguments,
    InformationResult,
    MoveArguments,
    NoArguments,
    OfferResult,
    QuestionResult,
    ServiceResult,
    SlotArguments,
    SlotsResult,
)
from intake.state import Offer, Option, OptionKind
from language.tools import Refusal, Tool, Toolbox
from language.when import Unsure, When
from scheduling import booking, selectors
from scheduling.errors import BookingError, Code
from scheduling.models import Appointment, Professional, Service


def get_available_slots(context: Context, wanted: SlotArguments) -> SlotsResult:
    """Find free times, remember them as offers of this conversation and number them for a short answer."""
    professional, today = context.professional, context.local_now.date()
    service = _service(context, wanted.service)
    first = wanted.date or wanted.date_from or today
    last = wanted.date or wanted.date_to or first
    moving = _moving(context)
    free = selectors.open_slots(professional, max(first, today), last, service, now=context.now, moving=moving)
    if moving is not None and moving.status != Appointment.Status.HELD:
        free = [start for start in free if start != moving.starts_at]
    fitting = openings.fitting(context, free, wanted.part_of_day)
    why = openings.why(context, wanted, service, (fitting, free), days=(first, last), moving=moving)
    chosen = fitting or free or openings.alternatives(context, service, after=last, moving=moving)
    chosen = openings.spread(chosen, professional, around=wanted.time)
    _offer(context, chosen, service, why=why, exact=bool(wanted.time and first == last and not why))
    return SlotsResult(
        offers=[_offer_result(n, start, service, professional) for n, start in enumerate(chosen, start=1)],
        asked_for_is_free=not why,
        why_not=why,
    )


def book_appointment(context: Context, wanted: BookArguments) -> QuestionResult:
    """Hold a time that was offered or that the client named, and ask for the yes."""
    name = _client_name(context, wanted.client_name)
    service = _service(context, wanted.service)
    attendee = matching.person_name(wanted.for_whom or "") or context.state.draft.attendee
    starts_at = openings.instant(wanted.date, wanted.time, context.professional)
    _require_known_time(context, starts_at)
    _require_no_contradiction(context, starts_at)
    if people.needs_phone(context):
        text = _("The client's phone number is missing.")
        raise Refusal(ToolCode.PHONE_NEEDED, text, hint="Pergunte o telefone com DDD; o sistema anota a resposta.")
    held = proposals.hold(
        context, service=service, starts_at=starts_at, name=name, attendee="" if attendee == name else attendee
    )
    return _question_result(held)


def _client_name(context: Context, given: str) -> str:
    """Return the name we know, else the given one if the client said it: a model that lacks a name makes one up."""
    if context.name:
        return context.name
    name = matching.person_name(given)
    said = phrases.normalise(" ".join(context.client_texts)).split()
    if name is None or not set(phrases.normalise(name).split()) & {word.strip(".,;:!?") for word in said}:
        raise Refusal(ToolCode.NAME_NEEDED, _("The client's name is missing."), hint="Pergunte o nome do cliente.")
    return name


def get_professional_info(context: Context, _wanted: NoArguments) -> InformationResult:
    professional = context.professional
    return InformationResult(
        name=professional.name,
        profession=professional.profession,
        about=professional.about,
        services=[
            ServiceResult(name=one.name, minutes=one.duration_minutes, price=one.price)
            for one in services(professional)
        ],
        hours=wording.opening_hours(list(professional.working_hours.filter(date=None))),
        address=professional.address,
        link=professional.link,
        cancellation=wording.cancellation_rule(professional),
    )


def list_my_appointments(context: Context, _wanted: NoArguments) -> AppointmentsResult:
    if context.client is None:
        return AppointmentsResult(coming=[])
    last = selectors.last_visit(context.client, now=context.now)
    return AppointmentsResult(
        coming=[_appointment_result(one) for one in selectors.coming(context.client, now=context.now)],
        last=_appointment_result(last) if last else None,
    )


def reschedule_appointment(context: Context, wanted: MoveArguments) -> QuestionResult:
    original = own(context, wanted.reference)
    starts_at = openings.instant(wanted.date, wanted.time, context.professional)
    _require_known_time(context, starts_at)
    _require_no_contradiction(context, starts_at)
    return _question_result(proposals.hold_move(context, original, starts_at=starts_at))


def cancel_appointment(context: Context, wanted: CancelArguments) -> QuestionResult:
    """Ask once; the client's yes cancels."""
    return _question_result(proposals.ask_cancel(context, own(context, wanted.reference)))


def ask_human(context: Context, wanted: HumanArguments) -> HandoverResult:
    """Hand the conversation to the professional."""
    proposals.hand_over(context, reason=wanted.reason)
    return HandoverResult()


def services(professional: Professional) -> list[Service]:
    return list(professional.services.filter(is_active=True))


def own(context: Context, reference: str) -> Appointment:
    """Return this client's coming appointment with that reference. Raises Refusal; others' do not exist here."""
    wanted = reference.strip().upper()
    coming = selectors.coming(context.client, now=context.now) if context.client else []
    found = next((one for one in coming if one.reference == wanted), None)
    if found is None:
        raise proposals.refusal(BookingError(Code.NOT_FOUND))
    return found


def _service(context: Context, name: str | None) -> Service:
    """Return the named service, or without a name the one already chosen, or the main one."""
    active = services(context.professional)
    if name:
        found = matching.service(name, active)
    else:
        found = next((one for one in active if one.pk == context.state.draft.service_id), active[0] if active else None)
    if found is None:
        known = ", ".join(one.name for one in active)
        raise Refusal(
            ToolCode.UNKNOWN_SERVICE, _("There is no such service."), hint=f"Serviços: {known}.", fields=["service"]
        )
    return found


def _require_known_time(context: Context, starts_at: dt.datetime) -> None:
    """A model may only book what this conversation offered, or what the client said in so many words."""
    local = starts_at.astimezone(context.professional.zone).replace(tzinfo=None)
    offered = any(offer.starts_at == starts_at for offer in context.state.offers)
    if not offered and not matching.said(context.client_texts, local, now=context.local_now, hours=context.hours):
        raise Refusal(
            ToolCode.NOT_OFFERED,
            _("This time was neither offered nor asked for."),
            hint="Chame get_available_slots e ofereça um horário livre ao cliente.",
            fields=["date", "time"],
        )


def _require_no_contradiction(context: Context, starts_at: dt.datetime) -> None:
    """What the client says in this turn overrules the model's reading of it."""
    wish, local = context.wish, starts_at.astimezone(context.professional.zone)
    if isinstance(wish, When):
        first, last = wish.date_from or local.date(), wish.date_to or wish.date_from or local.date()
        if not first <= local.date() <= last or (wish.time and wish.time != local.time()):
            said = " ".join(f"{value}" for value in wish.as_json().values())
            raise Refusal(
                ToolCode.NOT_OFFERED,
                _("That is not the time that was asked for."),
                hint=f"O cliente disse {said}. Use essa data e hora, ou pergunte.",
                fields=["date", "time"],
            )
    if isinstance(wish, Unsure) and not _is_on_offer(context, starts_at):
        raise Refusal(ToolCode.NOT_OFFERED, _("The day is not clear yet."), hint=f"Pergunte: {wish.question}")


def _is_on_offer(context: Context, starts_at: dt.datetime) -> bool:
    shown = {option.value for option in context.state.options}
    return any(offer.starts_at == starts_at for offer in context.state.offers if offer.id in shown)


def _moving(context: Context) -> Appointment | None:
    """Return the appointment whose own time counts as free: the one to be moved, or the client's open hold."""
    question, draft = context.state.question, context.state.draft
    pk = (question.original_id or question.appointment_id) if question else draft.moving_id
    return context.professional.appointments.filter(pk=pk).first() if pk else None


def _offer(context: Context, starts: Sequence[dt.datetime], service: Service, *, why: str, exact: bool) -> None:
    moving_id = context.state.draft.moving_id
    offers = [Offer(service_id=service.pk, starts_at=start, moving_id=moving_id) for start in starts]
    context.offered = Offered(service, list(starts), why, exact)
    context.state.remember(offers)
    context.state.draft.service_id = service.pk
    context.state.options = [
        # A tap on it is understood as long as the offer is remembered, whatever list was shown since.
        Option(
            id=offer.id,
            kind=OptionKind.SLOT,
            value=offer.id,
            label=wording.label(offer.starts_at, context.professional),
        )
        for offer in offers
    ]


def _offer_result(number: int, start: dt.datetime, service: Service, professional: Professional) -> OfferResult:
    local = start.astimezone(professional.zone)
    return OfferResult(
        number=number,
        date=local.date(),
        weekday=wording.weekday(local.date()),
        time=f"{local:%H:%M}",
        service=service.name,
        price=service.price,
    )


def _question_result(appointment: Appointment) -> QuestionResult:
    local = appointment.local_start
    return QuestionResult(
        date=local.date(),
        weekday=wording.weekday(local.date()),
        time=f"{local:%H:%M}",
        service=appointment.service.name,
        price=appointment.price,
    )


def _appointment_result(appointment: Appointment) -> AppointmentResult:
    local = appointment.local_start
    return AppointmentResult(
        reference=appointment.reference,
        date=local.date(),
        weekday=wording.weekday(local.date()),
        time=f"{local:%H:%M}",
        service=appointment.service.name,
        status=appointment.status,
        changeable=booking.is_changeable(appointment),
    )


TOOLBOX: Toolbox[Context] = Toolbox(
    [
        Tool(
            "get_available_slots",
            "Consulta horários livres: sempre antes de citar um horário. Informe date, ou date_from e date_to (até 14 "
            "dias); time se o cliente pediu uma hora.",
            SlotArguments,
            SlotsResult,
            get_available_slots,
        ),
        Tool(
            "book_appointment",
            "Reserva um horário oferecido ou pedido e envia a pergunta de confirmação; só o sim do cliente confirma. "
            "Exige dia, hora e nome. for_whom: quem vem, se for outra pessoa.",
            BookArguments,
            QuestionResult,
            book_appointment,
        ),
        Tool(
            "get_professional_info",
            "Serviços, preços, horários de atendimento, endereço e regra de cancelamento: sempre antes de citá-los.",
            NoArguments,
            InformationResult,
            get_professional_info,
        ),
        Tool(
            "list_my_appointments",
            "Os agendamentos deste cliente, com referência: sempre antes de remarcar ou cancelar.",
            NoArguments,
            AppointmentsResult,
            list_my_appointments,
        ),
        Tool(
            "reschedule_appointment",
            "Reserva o novo horário de um agendamento e envia a pergunta de confirmação; o antigo vale até o sim.",
            MoveArguments,
            QuestionResult,
            reschedule_appointment,
        ),
        Tool(
            "cancel_appointment",
            "Pergunta ao cliente se quer mesmo cancelar um agendamento; só o sim cancela.",
            CancelArguments,
            QuestionResult,
            cancel_appointment,
        ),
        Tool(
            "ask_human",
            "Chama o profissional e silencia a recepção: o cliente pediu uma pessoa, é uma emergência, ou você não "
            "pode ajudar.",
            HumanArguments,
            HandoverResult,
            ask_human,
        ),
    ]
)
