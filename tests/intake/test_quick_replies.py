"""Buttons on WhatsApp: which messages get them, what happens without templates, and when Twilio refuses them."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models.functions import Now
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from intake import outbox, quick_replies
from intake.models import ContentTemplate, Conversation, OutboundMessage
from intake.twilio import Report
from tests import cast
from tests.intake.sending import later, only, talk
from tests.standins import twilio as standins
from tests.standins.twilio import TwilioStandIn
from tests.standins.twilio_content import Contents

pytestmark = pytest.mark.django_db

Status = OutboundMessage.Status
QUESTION = "Então fica assim, Caio:\nquinta-feira, 19/11, às 15:00\nConfirma? Responda *sim* ou *não*."
YES_OR_NO = [{"id": "q1:yes", "label": "Sim"}, {"id": "q1:no", "label": "Não"}]


@pytest.fixture(autouse=True)
def server(settings: Settings) -> Iterator[TwilioStandIn]:
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = standins.ACCOUNT, standins.TOKEN
    with TwilioStandIn() as running:
        settings.TWILIO_API_BASE_URL = running.url
        yield running


@pytest.fixture
def templates(server: TwilioStandIn) -> None:
    quick_replies.sync()
    server.requests.clear()


def sync() -> str:
    written = io.StringIO()
    call_command("sync_templates", stdout=written)
    return written.getvalue()


def ask(body: str = QUESTION, options: list[dict[str, str]] = YES_OR_NO) -> Conversation:
    conversation = talk()
    outbox.say(conversation, body, dedupe_key="question:q1", options=options)
    outbox.deliver_due()
    return conversation


def message(body: str = QUESTION, options: Any = YES_OR_NO) -> OutboundMessage:
    return OutboundMessage(body=body, options=options)


# The templates of the account


def test_every_template_is_created_once(server: TwilioStandIn) -> None:
    assert "24 created, 0 known" in sync()
    assert "0 created, 24 known" in sync()
    assert len(set(server.contents.names)) == len(server.contents.names) == 24
    assert ContentTemplate.objects.filter(account=server.account).count() == 24


def test_templates_that_another_installation_made_are_found_on_any_page(server: TwilioStandIn) -> None:
    for n in range(150):
        server.contents.create({"friendly_name": f"x{n}", "language": "en", "variables": {}, "types": {}})
    quick_replies.sync()
    ContentTemplate.objects.all().delete()
    assert quick_replies.sync() == quick_replies.Synced(created=0, known=24)


def test_deleted_template_is_created_anew_and_its_new_id_noted(templates: None, server: TwilioStandIn) -> None:
    gone = ContentTemplate.objects.get(name="sineta_buttons_2_3")
    del server.contents.stored[gone.sid]
    server.contents.stored["HX-other"] = server.contents.stored[next(iter(server.contents.stored))]
    assert quick_replies.sync().created == 1
    assert ContentTemplate.objects.get(name="sineta_buttons_2_3").sid in server.contents.stored


def test_template_of_our_name_and_another_s_text_is_not_used(server: TwilioStandIn) -> None:
    other = {"twilio/quick-reply": {"body": "Promoção!", "actions": []}}
    named = {"friendly_name": "sineta_buttons_1_1", "language": "en", "variables": {}, "types": other}
    sid = server.contents.create(named)["sid"]
    assert quick_replies.sync().created == 24
    assert not ContentTemplate.objects.filter(sid=sid).exists()


def test_command_says_what_is_wrong(settings: Settings, server: TwilioStandIn) -> None:
    server.token = "another"
    with pytest.raises(CommandError, match="refuses the credentials"):
        sync()
    settings.TWILIO_API_BASE_URL = "http://127.0.0.1:9"
    with pytest.raises(CommandError, match="did not answer"):
        sync()
    settings.TWILIO_AUTH_TOKEN = ""
    with pytest.raises(CommandError, match="Nothing to do without"):
        sync()


# What is sent


def test_question_goes_with_buttons(templates: None, server: TwilioStandIn) -> None:
    ask()
    [sent] = server.sent
    assert sent.body == QUESTION
    assert sent.buttons == [{"id": "q1:yes", "title": "Sim"}, {"id": "q1:no", "title": "Não"}]
    assert (only().status, only().provider_sid) == ("sent", sent.sid)
    assert len(server.requests) == 1


def test_account_without_templates_gets_plain_text(server: TwilioStandIn) -> None:
    ask()
    assert [(one.body, one.buttons) for one in server.sent] == [(QUESTION, [])]


def test_templates_of_another_account_are_not_used(templates: None, server: TwilioStandIn) -> None:
    ContentTemplate.objects.update(account="AC-other")
    ask()
    assert server.sent[0].buttons == []


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_up_to_three_options_are_buttons(count: int, templates: None, server: TwilioStandIn) -> None:
    options = [{"id": f"o{n}", "label": f"qui, 19/11, 1{n}:00"} for n in range(count)]
    body = "\n".join(["Estes horários estão livres:", *[f"{n}. x" for n in range(count)], "Qual prefere?"])
    ask(body, options)
    assert server.bodies() == [body]
    assert len(server.sent[0].buttons) == (count if count <= 3 else 0)


@pytest.mark.parametrize(
    ("body", "options"),
    [
        (QUESTION, []),
        (QUESTION, [{"id": "1", "label": "Um rótulo longo demais"}]),
        (QUESTION, [{"id": "1", "label": " "}]),
        (QUESTION, [{"id": "", "label": "Sim"}]),
        (QUESTION, [{"id": "x" * 201, "label": "Sim"}]),
        (QUESTION, [{"id": "1", "label": "Sim"}, {"id": "2", "label": "Sim "}]),
        ("Olá, {{2}}, confirma?", YES_OR_NO),
        ("x" * 1025, YES_OR_NO),
        ("\n".join("123456789"), YES_OR_NO),
        ("\n \n", YES_OR_NO),
    ],
    ids=["none", "long label", "no label", "no id", "long id", "twice", "variable", "long", "many lines", "empty"],
)
def test_what_a_template_cannot_hold_is_plain_text(body: str, options: list[dict[str, str]]) -> None:
    """O12: nothing is sent that Twilio or WhatsApp would refuse."""
    assert quick_replies.arrange(message(body, options)) is None


@given(st.text(max_size=300), st.lists(st.text(max_size=25), max_size=4))
def test_whatever_is_arranged_is_taken_by_twilio_and_has_every_word(body: str, labels: list[str]) -> None:
    """O12: no value is empty, too long, or has a line break, a tab or a run of spaces."""
    options = [{"id": f"o{n}", "label": label} for n, label in enumerate(labels)]
    arranged = quick_replies.arrange(message(body, options))
    if arranged is None:
        return
    standin = Contents("AC")
    _, _, buttons, lines = arranged.name.split("_")
    types = {"twilio/quick-reply": quick_replies._content(int(buttons), int(lines))}
    sid = standin.create({"friendly_name": "x", "language": "pt_BR", "variables": {}, "types": types})["sid"]
    variables = json.dumps(arranged.variables)
    said, shown = standin.fill_in({"ContentSid": sid, "ContentVariables": variables})
    assert said.split() == body.split()
    assert [one["id"] for one in shown] == [one["id"] for one in options]


# What is refused


@pytest.mark.parametrize(("code", "kept"), [(20404, 23), (21655, 23), (63005, 23), (63028, 23), (21656, 24)])
def test_refused_buttons_are_plain_text_at_once(code: int, kept: int, templates: None, server: TwilioStandIn) -> None:
    """O12: in the same attempt; a template that cannot be used is forgotten, one odd value is not held against it."""
    server.script(standins.error(404 if code == 20404 else 400, code))
    ask()
    assert [(one.body, one.buttons) for one in server.sent] == [(QUESTION, [])]
    assert (only().status, only().attempts) == ("sent", 1)
    assert ContentTemplate.objects.count() == kept


def test_template_deleted_at_twilio_costs_one_message_one_call(templates: None, server: TwilioStandIn) -> None:
    server.contents.stored.clear()
    conversation = ask()
    outbox.say(conversation, QUESTION, dedupe_key="question:q2", options=YES_OR_NO)
    outbox.deliver_due()
    assert server.bodies() == [QUESTION, QUESTION]
    assert len(server.requests) == 3


def test_other_refusals_are_met_as_ever(templates: None, server: TwilioStandIn) -> None:
    server.script(standins.error(400, 63024))
    ask()
    assert (only().status, only().error_code) == ("failed", "63024")
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "behaviour", [standins.broken_after_accepting(), standins.reset(accept=True)], ids=["500", "reset"]
)
def test_message_with_buttons_that_twilio_took_is_found_again(
    behaviour: standins.Behaviour, templates: None, server: TwilioStandIn
) -> None:
    """O1: Twilio's list shows the text as it was put together, without our blank lines."""
    server.script(behaviour)
    ask(QUESTION.replace("\n", "\n\n", 1))
    later(61)
    outbox.deliver_due()
    assert len(server.sent) == 1
    assert server.sent[0].buttons
    assert (only().status, only().provider_sid) == ("sent", server.sent[0].sid)


@pytest.mark.parametrize(("code", "kept"), [("63005", 23), ("21656", 24)])
def test_buttons_that_whatsapp_refuses_later_are_said_again_without(
    code: str, kept: int, templates: None, server: TwilioStandIn
) -> None:
    """O7: the refusal comes as a report, once Twilio had taken the message."""
    ask()
    for _ in range(2):
        outbox.record(only_first().pk, Report(server.sent[0].sid, Status.FAILED, code))
    outbox.deliver_due()
    assert [bool(one.buttons) for one in server.sent] == [True, False]
    assert server.bodies() == [QUESTION, QUESTION]
    assert ContentTemplate.objects.count() == kept
    again = OutboundMessage.objects.latest("pk")
    outbox.record(again.pk, Report(again.provider_sid, Status.FAILED, code))
    outbox.deliver_due()
    assert len(server.sent) == 2


def only_first() -> OutboundMessage:
    return OutboundMessage.objects.earliest("pk")


def test_question_that_was_said_again_counts_as_put(templates: None, server: TwilioStandIn) -> None:
    """O7: a yes to it is no yes to a lost question."""
    ask()
    outbox.record(only().pk, Report(server.sent[0].sid, Status.FAILED, "63005"))
    outbox.deliver_due()
    said = outbox.said_as("question:q1")
    assert list(said.order_by("pk").values_list("status", flat=True)) == ["failed", "sent"]
    assert said.filter(attempted_at__lte=Now(), status="sent").exists()


def test_only_whatsapp_needs_templates(templates: None, server: TwilioStandIn) -> None:
    outbox.say(talk(channel="simulator"), QUESTION, dedupe_key="question:q1", options=YES_OR_NO)
    outbox.deliver_due()
    assert server.requests == []
    assert only().options == YES_OR_NO


def test_bruno_s_messages_use_the_same_templates(templates: None, server: TwilioStandIn) -> None:
    outbox.say(talk(professional=cast.bruno()), QUESTION, dedupe_key="question:q1", options=YES_OR_NO)
    outbox.deliver_due()
    assert server.sent[0].buttons
