"""Twilio's webhooks: verify, store one row, wake a worker, answer. No network call but that one try."""

import logging

from django.db import InterfaceError, OperationalError, transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from pydantic import ValidationError

from intake import connection, inbox, outbox, simulator, tasks, twilio
from intake.models import Channel
from intake.twilio import Received
from scheduling.models import Professional

logger = logging.getLogger(__name__)

EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


@csrf_exempt
@require_POST
def whatsapp(request: HttpRequest) -> HttpResponse:
    """Store an inbound message; its answer leaves through the outbox."""
    if not twilio.verify(request):
        connection.note_refusal(request)
        return _forbidden("message")
    try:
        received = twilio.parse(request.POST.dict())
    except ValidationError as error:
        logger.warning("signed form without its fields: %s", [".".join(map(str, e["loc"])) for e in error.errors()])
        return _accepted()
    try:
        stored = inbox.receive(received) if _is_ours(request, received) else None
    except (OperationalError, InterfaceError):
        return _unavailable()
    except Professional.DoesNotExist:
        logger.warning("message for a number that belongs to nobody")
        return _accepted()
    if stored is not None and stored.wakes:
        transaction.on_commit(lambda: tasks.wake(tasks.reply, stored.conversation_id, after=stored.due_in))
    return _accepted()


@csrf_exempt
@require_POST
def status(request: HttpRequest, outbox_id: int) -> HttpResponse:
    """Record a delivery report."""
    if not twilio.verify(request):
        return _forbidden("status")
    report = twilio.parse_report(request.POST.dict())
    try:
        if report is not None and not outbox.record(outbox_id, report):
            logger.warning("delivery report for an unknown message")
    except (OperationalError, InterfaceError):
        return _unavailable()
    return _accepted()


def _is_ours(request: HttpRequest, received: Received) -> bool:
    """Return whether the message came to our account by a channel that is open; else it belongs to nobody."""
    if received.channel == Channel.SIMULATOR and not simulator.allowed(request):
        logger.warning("simulator message where the simulator is not allowed")
        return False
    if received.account != twilio.account_sid():
        logger.warning("message for a foreign account")
        return False
    return True


def _accepted() -> HttpResponse:
    return HttpResponse(EMPTY_TWIML, content_type="text/xml")


def _unavailable() -> HttpResponse:
    """Say that nothing was stored: the database does not answer."""
    logger.error("the database does not answer")
    return HttpResponse(status=503)


def _forbidden(what: str) -> HttpResponse:
    logger.warning("refused a %s with a wrong signature", what)
    return HttpResponse(status=403)
