"""The dots that tell a client on WhatsApp that an answer is being written. Off by default: Twilio calls it a beta."""

import logging
from threading import Thread

import requests
from django.conf import settings
from twilio.base.exceptions import TwilioException

from intake import twilio
from intake.models import Channel, Conversation, InboundMessage

logger = logging.getLogger(__name__)

TIMEOUT_SECONDS = 2


def show(conversation: Conversation, message: InboundMessage) -> None:
    """Show them, and the message as read, until the answer comes or for 25 s. Nothing waits for it or fails with it."""
    if settings.TYPING_INDICATOR and conversation.channel == Channel.WHATSAPP and twilio.configured():
        Thread(target=_show, args=(message.provider_sid,), name="typing-indicator", daemon=True).start()


def _show(sid: str) -> None:
    indicators = twilio.client(timeout=TIMEOUT_SECONDS).messaging.v2.typing_indicator
    try:
        indicators.create(channel="whatsapp", message_id=sid)
    except (TwilioException, requests.RequestException) as error:
        logger.info("typing indicator not shown: %s", twilio.failure(error).code)
