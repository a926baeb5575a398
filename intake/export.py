"""All that is kept about one person, to hand to them: as data for machines and as a page for people."""

import io
import json
import zipfile
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.template.loader import render_to_string

from intake import conversations
from intake.models import Conversation, OutboundMessage
from scheduling.models import Appointment, AuditEntry, Client


@transaction.atomic
def package(client: Client, *, user: User | None) -> bytes:
    """Return a zip file with the person's record, once as JSON and once to be read; it is noted in the audit."""
    told = gather(client)
    data = {"client": client.pk}
    AuditEntry.objects.create(
        professional_id=client.professional_id, user=user, kind=AuditEntry.Kind.CLIENT_EXPORTED, data=data
    )
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("data.json", json.dumps(told, ensure_ascii=False, indent=2))
            packed.writestr("data.html", render_to_string("dashboard/client_record.html", {"record": told}))
        return file.getvalue()


def gather(client: Client) -> dict[str, Any]:
    """Return what is kept about this person alone; moments are in the professional's own zone."""
    zone = client.professional.zone

    def moment(at: datetime | None) -> str | None:
        return at.astimezone(zone).isoformat(timespec="seconds") if at else None

    appointments = client.appointments.select_related("service").prefetch_related("events").order_by("starts_at", "pk")
    talks = conversations.of(client).order_by("pk").prefetch_related("inbound", "outbound")
    mail = OutboundMessage.objects.filter(
        conversation=None, medium=OutboundMessage.Medium.EMAIL, event__appointment__client=client
    )
    return {
        "professional": client.professional.name,
        "timezone": client.professional.timezone,
        "name": client.name,
        "phone": client.phone,
        "email": client.email,
        "notes": client.notes,
        "blocked": client.is_blocked,
        "since": moment(client.created_at),
        "addresses": sorted(client.addresses.values_list("address", flat=True)),
        "appointments": [_appointment(one, moment) for one in appointments],
        "conversations": [_conversation(one, moment) for one in talks],
        "emails": [
            {"at": moment(one.created_at), "to": one.recipient, "subject": one.subject, "text": one.body}
            for one in mail.filter(recipient__iexact=client.email or "-").order_by("pk")
        ],
    }


def _appointment(appointment: Appointment, moment: Any) -> dict[str, Any]:
    return {
        "reference": appointment.reference,
        "service": appointment.service.name,
        "starts_at": moment(appointment.starts_at),
        "ends_at": moment(appointment.ends_at),
        "status": appointment.status,
        "status_word": str(appointment.get_status_display()),
        "price": str(appointment.price),
        "attendee": appointment.attendee,
        "source": appointment.source,
        "cancel_reason": appointment.cancel_reason,
        "created_at": moment(appointment.created_at),
        "events": [
            {
                "at": moment(event.created_at),
                "kind": event.kind,
                "by": event.actor,
                "reason": event.data.get("reason", ""),
            }
            for event in appointment.events.all()
        ],
    }


def _conversation(conversation: Conversation, moment: Any) -> dict[str, Any]:
    said = [
        (one.received_at, "client", one.words or one.body, one.kind, len(one.media))
        for one in conversation.inbound.all()
    ] + [
        (one.created_at, one.author, one.body, "text", 0)
        for one in conversation.outbound.all()
        if one.medium != OutboundMessage.Medium.EMAIL
    ]
    return {
        "channel": conversation.channel,
        "address": conversation.address,
        "profile_name": conversation.profile_name,
        "opted_out_at": moment(conversation.opted_out_at),
        "messages": [
            {"at": moment(at), "from": who, "text": text, "kind": kind, "files": files}
            for at, who, text, kind, files in sorted(said, key=lambda one: one[0])
        ],
    }
