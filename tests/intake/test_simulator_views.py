"""The simulator's pages: escaped, cached by what they say, and nobody else's."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from twilio.request_validator import RequestValidator

from config import state
from intake import simulator, twilio
from intake.models import InboundMessage, OutboundMessage, Turn
from scheduling.models import Appointment, Professional
from tests import cast
from tests.intake.phone import heard, said, talk

URLS = ["/simulator/", "/simulator/state/", "/simulator/sign/", "/simulator/read/", "/simulator/restart/"]


@pytest.fixture(autouse=True)
def _trial(settings: Settings) -> None:
    settings.DEBUG = True
    settings.ALLOWED_HOSTS = ["localhost"]


@pytest.fixture
def visitor() -> Client:
    return Client(headers={"host": "localhost:8000"})


def fragments(visitor: Client, professional: Professional, **query: str) -> dict[str, Any]:
    asked = {"professional": str(professional.pk), "from": cast.CAIO_ADDRESS} | query
    answer: dict[str, Any] = visitor.get("/simulator/state/", asked).json()
    return answer


@pytest.mark.django_db
@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_its_pages_do_not_exist_for_others(url: str, method: str, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    ask: Callable[..., Any] = getattr(Client(headers={"host": "sineta.example.com"}), method)
    assert ask(url).status_code == 404


@pytest.mark.django_db
def test_pages_carry_a_strict_policy(visitor: Client) -> None:
    cast.ana()
    policy = visitor.get("/simulator/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.django_db
def test_pages_hold_no_inline_script_or_style(visitor: Client) -> None:
    cast.ana()
    page = visitor.get("/simulator/").content.decode()
    assert "<style" not in page
    assert " style=" not in page
    assert page.count("<script") == page.count('<script type="module" src="')


@pytest.mark.django_db
def test_signed_form_passes_twilios_own_validator(visitor: Client) -> None:
    ana = cast.ana()
    answer = visitor.post("/simulator/sign/", {"professional": ana.pk, "address": "11 98877-4410", "body": "Olá\r\n "})
    signed = answer.json()
    validator = RequestValidator(state.secret("twilio_token"))
    assert signed["form"]["Body"] == "Olá\r\n "
    assert validator.validate(twilio.webhook_url(), signed["form"], signed["signature"])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "field"),
    [({"address": "oi"}, "address"), ({"body": "x" * 4097}, "body"), ({"To": "whatsapp:+1"}, "To")],
)
def test_message_that_is_none_is_refused_in_the_common_shape(visitor: Client, changes: Any, field: str) -> None:
    fields = {"professional": cast.ana().pk, "address": "11 98877-4410", "body": "oi"} | changes
    answer = visitor.post("/simulator/sign/", fields)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid_arguments"
    assert answer.json()["error"]["fields"] == [field]


@pytest.mark.django_db
def test_signing_without_a_csrf_token_is_refused() -> None:
    """A7: another site in the same browser must not have messages signed."""
    visitor = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    answer = visitor.post("/simulator/sign/", {"professional": cast.ana().pk, "address": "11 98877-4410", "body": "oi"})
    assert answer.status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("professional", ["999999", "x", "9" * 40, "-1", "١"])
def test_unknown_professional_is_not_found(visitor: Client, professional: str) -> None:
    cast.ana()
    assert visitor.get("/simulator/", {"professional": professional}).status_code == 404


@pytest.mark.django_db
def test_fresh_visitor_writes_to_the_first_professional(visitor: Client) -> None:
    cast.ana()
    cast.bruno()
    page = visitor.get("/simulator/").content.decode()
    assert 'value="+55 11 98877-4410"' in page
    assert "Nada escrito ainda" in page
    assert "Bruno Lima" in page


@pytest.mark.django_db
def test_page_without_professionals_says_what_to_do(visitor: Client) -> None:
    assert "seed_demo" in visitor.get("/simulator/").content.decode()


@pytest.mark.django_db
def test_mistyped_number_is_explained_and_kept(visitor: Client) -> None:
    cast.ana()
    page = visitor.get("/simulator/", {"from": "oi"}).content.decode()
    assert 'value="oi"' in page
    assert simulator.NOT_A_NUMBER in page


@pytest.mark.django_db
def test_choice_stays_in_every_link(visitor: Client) -> None:
    cast.ana()
    bruno = cast.bruno()
    page = visitor.get("/simulator/", {"from": "21 99999-0000", "name": "Zé"}).content.decode()
    assert f"?professional={bruno.pk}&amp;from=%2B55+21+99999-0000&amp;name=Z%C3%A9" in page


@pytest.mark.django_db
def test_state_shows_both_sides_in_order(visitor: Client) -> None:
    talk_with_ana = talk(cast.ana())
    start = timezone.now()
    said(talk_with_ana, "Oi, Caio", created_at=start + timedelta(seconds=2))
    heard(talk_with_ana, "bom dia", received_at=start)
    html = fragments(visitor, talk_with_ana.professional)["messages"]
    assert html.index("bom dia") < html.index("Oi, Caio")


@pytest.mark.django_db
def test_state_escapes_what_people_write(visitor: Client) -> None:
    """P3: a name or a message is data, on this page as well."""
    conversation = talk(cast.ana(name="<i>Ana</i>"))
    said(conversation, "*<script>1</script>*", options=[{"id": '"><b>', "label": "<u>Sim</u>"}])
    html = fragments(visitor, conversation.professional)["messages"]
    assert "<b>&lt;script&gt;1&lt;/script&gt;</b>" in html
    assert "<u>" not in html
    assert 'data-option="&quot;&gt;&lt;b&gt;"' in html


@pytest.mark.django_db
def test_state_never_shows_another_professionals_rows(visitor: Client) -> None:
    """N3: the same number talks to two professionals in two conversations."""
    ana, bruno = cast.ana(), cast.bruno()
    heard(talk(ana), "segredo da Ana")
    said(talk(ana, channel="whatsapp"), "de verdade")
    answer = fragments(visitor, bruno)
    assert "segredo" not in json.dumps(answer)
    assert "de verdade" not in json.dumps(fragments(visitor, ana))


@pytest.mark.django_db
def test_unchanged_state_is_not_sent_again(visitor: Client) -> None:
    conversation = talk(cast.ana())
    heard(conversation, "oi")
    url = f"/simulator/state/?professional={conversation.professional_id}&from={cast.CAIO_ADDRESS.replace('+', '%2B')}"
    etag = visitor.get(url).headers["ETag"]
    assert visitor.get(url, headers={"if-none-match": etag}).status_code == 304
    said(conversation, "Oi")
    assert visitor.get(url, headers={"if-none-match": etag}).status_code == 200


@pytest.mark.django_db
def test_typing_is_said_beside_the_profession(visitor: Client) -> None:
    conversation = talk(cast.ana(), reply_due_at=timezone.now())
    answer = fragments(visitor, conversation.professional)
    assert (answer["typing"], answer["status"]) == (True, "Psicóloga, digitando")
    conversation.human_until = datetime(2099, 1, 1, tzinfo=UTC)
    conversation.save()
    answer = fragments(visitor, conversation.professional)
    assert (answer["typing"], answer["status"]) == (False, "Psicóloga")


@pytest.mark.django_db
def test_number_without_ninth_digit_is_the_same_conversation(visitor: Client) -> None:
    conversation = talk(cast.ana(), address="whatsapp:+551187654321")
    heard(conversation, "oi de antes")
    assert "oi de antes" in fragments(visitor, conversation.professional)["messages"]


@pytest.mark.django_db
def test_what_the_phone_shows_is_reported_read_the_real_way(visitor: Client) -> None:
    """The report is signed and goes through the status webhook, of this conversation alone."""
    conversation = talk(cast.ana())
    shown = said(conversation, "Oi")
    waiting = said(conversation, "Mais", status="pending")
    mail = said(conversation, "Aviso", medium="email")
    other = said(talk(cast.bruno()), "Do Bruno")
    assert fragments(visitor, conversation.professional)["unread"] is True
    asked = {"professional": conversation.professional_id, "from": cast.CAIO_ADDRESS}
    (report,) = visitor.post("/simulator/read/", asked).json()["reports"]
    headers = {"X-Twilio-Signature": report["signature"]}
    assert visitor.post(report["path"], report["form"], headers=headers).status_code == 200
    statuses = [OutboundMessage.objects.get(pk=one.pk).status for one in (shown, waiting, mail, other)]
    assert statuses == ["read", "pending", "delivered", "delivered"]
    assert fragments(visitor, conversation.professional)["unread"] is False


@pytest.mark.django_db
def test_restart_forgets_the_talk_and_keeps_the_appointment(visitor: Client) -> None:
    ana = cast.ana()
    appointment = cast.booked(cast.caio(ana), cast.next_weekday(1))
    heard(talk(ana), "oi")
    kept = heard(talk(ana, channel="whatsapp"), "de verdade")
    answer = visitor.post("/simulator/restart/", {"professional": ana.pk, "from": cast.CAIO_ADDRESS})
    assert answer.status_code == 302
    assert list(InboundMessage.objects.all()) == [kept]
    assert Appointment.objects.get() == appointment


@pytest.mark.django_db
def test_trace_speaks_before_it_shows_the_record(visitor: Client) -> None:
    conversation = talk(cast.ana())
    record = {
        "kind": "tool",
        "name": "get_available_slots",
        "detail": {"arguments": {"date": "2026-11-23"}},
        "milliseconds": 11,
    }
    turn = Turn.objects.create(
        conversation=conversation, path="model", milliseconds=1649, prompt_tokens=1200, trace=[record]
    )
    heard(conversation, "tem segunda?", turn=turn)
    html = fragments(visitor, conversation.professional)["trace"]
    assert html.index("Procurou horários livres") < html.index("get_available_slots")
    assert "11 ms" in html
    assert "1,6 s" in html
    assert "1.200" in html


@pytest.mark.django_db
def test_missing_model_key_is_said(visitor: Client, settings: Settings) -> None:
    ana = cast.ana()
    settings.GROQ_API_KEY = ""
    assert "modo guiado" in fragments(visitor, ana)["trace"]
    settings.GROQ_API_KEY = "gsk_test"
    assert "modo guiado" not in fragments(visitor, ana)["trace"]


@pytest.mark.django_db
def test_mail_to_the_professional_is_shown_from_this_talk_on(visitor: Client) -> None:
    ana, bruno = cast.ana(), cast.bruno()
    conversation = talk(ana)
    said(conversation, "Caio marcou.", medium="email", subject="Novo horário")
    said(conversation, "antigo", medium="email", created_at=conversation.created_at - timedelta(days=1))
    said(talk(bruno), "Do Bruno.", medium="email")
    answer = fragments(visitor, ana)
    assert "Caio marcou." in answer["trace"]
    assert "Caio marcou." not in answer["messages"]
    assert "antigo" not in answer["trace"]
    assert "Do Bruno." not in answer["trace"]


@pytest.mark.django_db
def test_former_turn_is_shown_when_asked_for(visitor: Client) -> None:
    conversation = talk(cast.ana())
    first = Turn.objects.create(conversation=conversation, path="guided", trace=[{"kind": "note", "name": "first"}])
    Turn.objects.create(conversation=conversation, path="model")
    foreign = Turn.objects.create(conversation=talk(cast.bruno()), path="silent")
    assert "turno 1<" in fragments(visitor, conversation.professional, turn=str(first.pk))["trace"]
    assert "turno 2<" in fragments(visitor, conversation.professional)["trace"]
    assert "turno 2<" in fragments(visitor, conversation.professional, turn=str(foreign.pk))["trace"]


@pytest.mark.django_db
def test_state_costs_few_queries(visitor: Client, django_assert_max_num_queries: Any) -> None:
    conversation = talk(cast.ana())
    for number in range(10):
        turn = Turn.objects.create(conversation=conversation, path="guided")
        heard(conversation, f"oi {number}", turn=turn)
        said(conversation, f"Oi {number}", turn=turn)
    with django_assert_max_num_queries(13):
        fragments(visitor, conversation.professional)
