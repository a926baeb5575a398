"""`manage.py chat --from +5511987654321`: a conversation in the terminal, through the whole pipeline.

Each line is posted as a signed form to the real webhook, in this process. A running worker answers it; when
none does, this process answers as a worker would: the conversation's lease decides.
"""

import logging
import sys
import time
from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

from intake import simulator, tasks, trace, twilio
from intake.models import Conversation, InboundMessage, OutboundMessage, Turn
from scheduling.models import Professional

# A turn's 20 s, its burst's quiet time, and what is written around them.
PATIENCE_SECONDS = 40
STEP_SECONDS = 0.05
UNDERWAY = (OutboundMessage.Status.PENDING, OutboundMessage.Status.SENDING)


class Command(BaseCommand):
    help = "Talk to the reception in the terminal, as a client would on WhatsApp."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="address", type=_address, required=True, help="the client's number")
        parser.add_argument("--to", help="the professional's WhatsApp number, as in +14155238886")
        parser.add_argument("--professional", help="or the professional's login, as in ana@example.com")
        parser.add_argument("--name", default=simulator.DEFAULT_NAME, help="the client's name on WhatsApp")
        parser.add_argument(
            "--trace", action="store_true", help="also print what the reception did, as beside the simulator"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("A simulated conversation is for a trial on this machine: it needs DEBUG=1.")
        professional = _professional(number=options["to"], login=options["professional"])
        address = options["address"]
        known = simulator.conversation(professional, address=address)
        seen, turns = _newest(known), _newest_turn(known)
        for line in self._lines():
            message = simulator.Message(address=address, body=line, profile_name=options["name"])
            with _only_warnings():
                conversation = _exchange(message, professional=professional)
            seen = self._print_answers(conversation, after=seen)
            if options["trace"]:
                turns = self._print_trace(conversation, after=turns)

    def _lines(self) -> Iterator[str]:
        """Yield what is typed; a line that is not typed at a prompt is echoed, so that a log reads as a talk."""
        prompted = sys.stdin.isatty()
        while True:
            try:
                line = input("> " if prompted else "")
            except (EOFError, KeyboardInterrupt):
                return
            if text := line.strip()[: simulator.LONGEST_BODY]:
                if not prompted:
                    self.stdout.write(f"> {text}")
                yield text

    def _print_answers(self, conversation: Conversation, *, after: int) -> int:
        """Print what was said since, and return the newest id."""
        said = conversation.outbound.exclude(medium=OutboundMessage.Medium.EMAIL).filter(pk__gt=after).order_by("pk")
        for message in said.exclude(status=OutboundMessage.Status.DROPPED):
            self.stdout.write(f"\n{message.body}\n")
        self.stdout.flush()
        return _newest(conversation)

    def _print_trace(self, conversation: Conversation, *, after: int) -> int:
        for turn in conversation.turns.filter(pk__gt=after):
            for line in _lines_of(turn):
                self.stdout.write(f"  | {line}")
        return _newest_turn(conversation)


@contextmanager
def _only_warnings() -> Iterator[None]:
    """The talk shares the terminal with the log: only what is wrong may interrupt it."""
    before = logging.root.manager.disable
    logging.disable(max(before, logging.INFO))
    try:
        yield
    finally:
        logging.disable(before)


def _address(typed: str) -> str:
    try:
        return simulator.address_of(typed)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error


def _professional(*, number: str | None, login: str | None) -> Professional:
    """Return the one with that number or login, else the first that has a number."""
    reachable = Professional.objects.exclude(whatsapp_number=None).order_by("pk")
    if number:
        reachable = reachable.filter(whatsapp_number=number.removeprefix("whatsapp:"))
    if login:
        reachable = reachable.filter(user__email__iexact=login)
    professional = reachable.first()
    if professional is None:
        raise CommandError("No such professional with a WhatsApp number. The demo's: manage.py seed_demo.")
    return professional


def _exchange(message: simulator.Message, *, professional: Professional) -> Conversation:
    """Post the message and return its conversation once it is answered."""
    fields = simulator.form(message, professional=professional)
    response = Client(SERVER_NAME="localhost").post(
        twilio.WEBHOOK_PATH,
        fields,
        headers={"X-Twilio-Signature": simulator.sign(fields), "Host": "localhost"},
    )
    stored = InboundMessage.objects.filter(provider_sid=fields["MessageSid"]).select_related("conversation").first()
    if response.status_code != 200 or stored is None:
        raise CommandError(f"The webhook answered {response.status_code} and kept no message.")
    _wait(stored)
    return stored.conversation


def _wait(message: InboundMessage) -> None:
    """Answer the message when it is due, or see a worker do it."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not _is_answered(message):
        if time.monotonic() > deadline:
            raise CommandError(f"No answer within {PATIENCE_SECONDS} s. Is another process holding the conversation?")
        message.conversation.refresh_from_db()
        if _is_due(message.conversation):
            tasks.reply(message.conversation_id)
            tasks.deliver()
        time.sleep(STEP_SECONDS)


def _is_due(conversation: Conversation) -> bool:
    """Return whether it is time and nobody answers yet, or answers wait to be handed over."""
    now = timezone.now()
    leased = conversation.lease_until is not None and conversation.lease_until > now
    waiting = conversation.reply_due_at is not None and conversation.reply_due_at <= now
    return not leased and (waiting or _unsaid(conversation).exists())


def _is_answered(message: InboundMessage) -> bool:
    message.refresh_from_db(fields=["status"])
    return message.status != InboundMessage.Status.PENDING and not _unsaid(message.conversation).exists()


def _unsaid(conversation: Conversation) -> QuerySet[OutboundMessage]:
    return conversation.outbound.filter(status__in=UNDERWAY).exclude(medium=OutboundMessage.Medium.EMAIL)


def _newest(conversation: Conversation | None) -> int:
    newest = conversation.outbound.order_by("-pk").values_list("pk", flat=True).first() if conversation else None
    return newest or 0


def _newest_turn(conversation: Conversation | None) -> int:
    newest = Turn.objects.filter(conversation=conversation).order_by("-pk").first() if conversation else None
    return newest.pk if newest else 0


def _lines_of(turn: Turn) -> Iterator[str]:
    """Yield what the simulator's page shows of the turn, step by step, what it folds included."""
    for step in trace.steps(turn):
        took = f" ({step.duration})" if step.duration else ""
        yield f"{step.title}{took}{': ' if step.subtitle else ''}{step.subtitle}"
        for name, text in step.raw:
            yield f"    {name}: {' '.join(text.split())}"
    totals = [trace.path(turn), *map(": ".join, trace.totals(turn))]
    yield "; ".join(totals)
