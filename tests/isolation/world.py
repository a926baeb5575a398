"""Ana, Bruno and a row of every kind for each, with canaries in Ana's: words that nobody else may ever read."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db.models.functions import Now
from django.utils import timezone

from assistant import keys
from assistant.models import KeptAnswer, Question, Thread
from intake.models import Channel, Conversation, InboundMessage, OutboundMessage, Turn
from scheduling import booking
from scheduling.models import Appointment, AuditEntry, Client, Professional, TimeOff
from tests import cast

# Each stands in rows of Ana's and nowhere else. The number is of her client.
CANARIES = ("Quitéria Canário", "5511955550123", "quiteria@canario.example", "segredo-da-nota", "segredo-da-conversa")
ADDRESS = "whatsapp:+5511955550123"


@dataclass(frozen=True)
class World:
    """Who uses the product, and Ana's rows that a URL can name, by the argument's name."""

    ana: Professional
    bruno: Professional
    staff: User
    superuser: User
    rows: dict[str, int | str]
    brunos_rows: dict[str, int | str]


def build() -> World:
    ana, bruno = cast.ana(email="ana@canario.example"), cast.bruno()
    rows = _practice(ana, canary=True)
    brunos_rows = _practice(bruno, canary=False)
    for professional in (ana, bruno):
        User.objects.filter(professional=professional).update(is_staff=True)
    staff = User.objects.create_user("staff@example.com", "staff@example.com", "sineta-sineta", is_staff=True)
    superuser = User.objects.create_superuser("root@example.com", "root@example.com", "sineta-sineta")
    return World(ana, bruno, staff, superuser, rows, brunos_rows)


def _practice(professional: Professional, *, canary: bool) -> dict[str, int | str]:
    """Write a row of every kind; Bruno's differ from Ana's in their words alone."""
    name, phone, email, note, said = CANARIES if canary else ("Zeca", "5511944440123", "zeca@example.com", "-", "oi")
    client = Client.objects.create(
        professional=professional,
        name=name,
        phone=f"+{phone}",
        email=email,
        notes=note,
        address=f"whatsapp:+{phone}",
    )
    client.addresses.create(professional=professional, address=client.address)
    other = Client.objects.create(professional=professional, name=f"{name} Filha", notes=note)
    appointments = _appointments(client, note)
    off = TimeOff.objects.create(
        professional=professional,
        starts_at=timezone.now() + timedelta(days=40),
        ends_at=timezone.now() + timedelta(days=41),
        reason=note,
    )
    conversation, rows = _conversation(client, said)
    KeptAnswer.objects.create(
        professional=professional, key=note, fingerprint="0" * 64, appointment=appointments[0], answer={"status": "x"}
    )
    audit = AuditEntry.objects.create(professional=professional, user=professional.user, kind="client_exported")
    service, hours = professional.services.all()[0], professional.working_hours.all()[0]
    return rows | {
        "appointment_id": appointments[0].pk,
        "request_id": appointments[1].pk,
        "client_id": client.pk,
        "other_id": other.pk,
        "service_id": service.pk,
        "hours_id": hours.pk,
        "interval_id": hours.pk,
        "time_off_id": off.pk,
        "block_id": off.pk,
        "session_id": _session(professional),
        "thread_id": _thread(professional, said),
        "audit_id": audit.pk,
        "conversation_id": conversation.pk,
        "professional_id": professional.pk,
        "user_id": professional.user_id or 0,
        "id": professional.user_id or 0,
        "series": str(appointments[0].series),
        "series_id": str(appointments[0].series),
        "reference": appointments[0].reference,
        "key_id": keys.issue(professional, name=said, user=professional.user)[0].pk,
    }


def _appointments(client: Client, note: str) -> list[Appointment]:
    """An appointment of every status, the coming one and the request first; one has been moved."""
    now, status = timezone.now(), Appointment.Status
    start = cast.next_weekday(2, "10:00")
    coming = cast.on_record(client, start, attendee=client.name, series=uuid4())
    tomorrow = {"expires_at": now + timedelta(hours=20)}
    pending = cast.on_record(client, start + timedelta(hours=1), status=status.PENDING, **tomorrow)
    rest = [
        cast.on_record(client, start + timedelta(hours=2), status=status.HELD, expires_at=now + timedelta(minutes=9)),
        cast.on_record(client, start + timedelta(hours=3), status=status.CANCELLED, cancel_reason=note),
        cast.on_record(client, now - timedelta(days=8), status=status.COMPLETED),
        cast.on_record(client, now - timedelta(days=9), status=status.NO_SHOW),
        cast.on_record(client, now - timedelta(hours=2)),
    ]
    by_hand = booking.professional_actor(client.professional.user)
    booking.reschedule(coming, starts_at=start + timedelta(days=1), actor=by_hand)
    return [coming, pending, *rest]


def _session(professional: Professional) -> int:
    """A device that the professional is logged in on."""
    device = UserSession.objects.create(
        user=professional.user, ip="127.0.0.1", session_key=f"device-{professional.pk}", user_agent="Firefox"
    )
    return int(device.pk)


def _thread(professional: Professional, said: str) -> int:
    """A question to the assistant and its answer."""
    thread = Thread.objects.create(professional=professional, user=professional.user, title=said)
    Question.objects.create(thread=thread, text=said, answer=said)
    return int(thread.pk)


def _conversation(client: Client, said: str) -> tuple[Conversation, dict[str, int | str]]:
    """A conversation whose client asked for a person, with a turn and its messages."""
    conversation = Conversation.objects.create(
        professional=client.professional,
        channel=Channel.WHATSAPP,
        address=client.address,
        profile_name=client.name,
        client=client,
        human_until=timezone.now() + timedelta(hours=3),
        human_reason=said,
        last_inbound_at=Now(),
    )
    trace: list[dict[str, Any]] = [{"kind": "note", "name": "voice", "detail": {"text": said}, "milliseconds": 3}]
    turn = Turn.objects.create(conversation=conversation, path=Turn.Path.MODEL, trace=trace)
    inbound = InboundMessage.objects.create(
        conversation=conversation, provider_sid=f"SM{uuid4().hex}", body=said, status="done", turn=turn
    )
    outbound = OutboundMessage.objects.create(
        professional=client.professional,
        conversation=conversation,
        turn=turn,
        medium="whatsapp",
        recipient=client.address,
        body=said,
        dedupe_key=f"turn:{inbound.pk}",
        status="failed",
        error_code="30008",
    )
    named = {"turn_id": turn.pk, "message_id": inbound.pk, "inbound_id": inbound.pk, "outbox_id": outbound.pk}
    return conversation, dict(named)


def login(email: str) -> User:
    found: User = get_user_model().objects.get(username=email)
    return found
