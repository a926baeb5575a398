"""The simulator: for nobody but this machine, its forms signed like Twilio's, its page what the rows say."""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings
from twilio.request_validator import RequestValidator

from config import state
from intake import simulator, simulator_trace, simulator_transcript, twilio
from intake.models import Conversation, InboundMessage, OutboundMessage, Turn
from scheduling.models import Appointment, Professional
from tests import cast

URLS = ["/simulator/", "/simulator/state/", "/simulator/sign/", "/simulator/restart/"]


@pytest.fixture(autouse=True)
def _trial(settings: Settings) -> None:
    settings.DEBUG = True
    settings.ALLOWED_HOSTS = ["localhost"]


@pytest.fixture
def visitor() -> Client:
    return Client(headers={"host": "localhost:8000"})


def request(**meta: str) -> HttpRequest:
    return RequestFactory().get("/simulator/", **({"HTTP_HOST": "localhost:8000"} | meta))  # type: ignore[arg-type]


def talk(professional: Professional, **changes: Any) -> Conversation:
    fields = {"channel": "simulator", "address": cast.CAIO_ADDRESS} | changes
    return Conversation.objects.create(professional=professional, **fields)


def heard(conversation: Conversation, body: str, **changes: Any) -> InboundMessage:
    fields = {"provider_sid": f"SM{InboundMessage.objects.count():032x}", "status": "done"} | changes
    return InboundMessage.objects.create(conversation=conversation, body=body, **fields)


def said(conversation: Conversation, body: str, **changes: Any) -> OutboundMessage:
    fields = {
        "medium": "simulator",
        "recipient": conversation.address,
        "dedupe_key": f"test:{OutboundMessage.objects.count()}",
        "status": "delivered",
    }
    professional = conversation.professional
    return OutboundMessage.objects.create(
        professional=professional, conversation=conversation, body=body, **fields | changes
    )


def fragments(visitor: Client, professional: Professional, **query: str) -> dict[str, Any]:
    asked = {"professional": str(professional.pk), "from": cast.CAIO_ADDRESS} | query
    answer: dict[str, Any] = visitor.get("/simulator/state/", asked).json()
    return answer


# Who may use it


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST"])
def test_this_machine_may_use_it(host: str) -> None:
    assert simulator.allowed(request(HTTP_HOST=host))


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.3.2.1", "::1", "::ffff:127.0.0.1"])
def test_every_loopback_peer_may_use_it(peer: str) -> None:
    assert simulator.allowed(request(REMOTE_ADDR=peer))


@pytest.mark.parametrize("peer", ["10.0.0.7", "192.168.1.2", "8.8.8.8", "::ffff:10.0.0.7", "fe80::1", "", "unix:"])
def test_another_machine_may_not_use_it(peer: str) -> None:
    assert not simulator.allowed(request(REMOTE_ADDR=peer))


@pytest.mark.parametrize(
    "host",
    ["sineta.example.com", "localhost.example.com", "127.0.0.1.nip.io", "evil.com#localhost", "", "[::1", "10.0.0.1"],
)
def test_foreign_host_is_refused(host: str) -> None:
    """A8: a name that an attacker points at this machine is still not this machine's."""
    assert not simulator.allowed(request(HTTP_HOST=host))


@pytest.mark.parametrize(
    "header",
    [
        "HTTP_X_FORWARDED_FOR",
        "HTTP_X_FORWARDED_HOST",
        "HTTP_X_FORWARDED_PROTO",
        "HTTP_FORWARDED",
        "HTTP_VIA",
        "HTTP_X_REAL_IP",
    ],
)
def test_forwarded_request_is_refused(header: str) -> None:
    """A2: behind a proxy every peer is loopback, so the header alone is enough to refuse."""
    assert not simulator.allowed(request(**{header: "127.0.0.1"}))


def test_nobody_may_use_it_outside_debug(settings: Settings) -> None:
    settings.DEBUG = False
    assert not simulator.allowed(request())


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


# Addresses


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("11 98877-4410", "whatsapp:+5511988774410"),
        ("(11) 98877-4410", "whatsapp:+5511988774410"),
        ("011 98877 4410", "whatsapp:+5511988774410"),
        ("1188774410", "whatsapp:+551188774410"),
        ("+55 11 98877-4410", "whatsapp:+5511988774410"),
        ("5511988774410", "whatsapp:+5511988774410"),
        ("whatsapp:+351912345678", "whatsapp:+351912345678"),
        ("00351 912 345 678", "whatsapp:+351912345678"),
        ("+1 415 523 8886", "whatsapp:+14155238886"),
        ("BR.1502abc", "whatsapp:BR.1502abc"),
    ],
)
def test_typed_number_becomes_an_address(typed: str, address: str) -> None:
    assert simulator.address_of(typed) == address


@pytest.mark.parametrize(
    "typed", ["", "oi", "+", "12345", "+0123456789", "１１988774410", "+5511988774410999999", "11 9887x"]
)
def test_no_number_is_refused_with_words(typed: str) -> None:
    with pytest.raises(ValueError, match="número com DDD"):
        simulator.address_of(typed)


@given(st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True))
def test_address_read_back_from_its_pretty_form_is_the_same(number: str) -> None:
    address = simulator.address_of(number)
    assert simulator.address_of(simulator.pretty(address)) == address == f"whatsapp:{number}"


# Forms


@pytest.mark.django_db
def test_signed_form_passes_twilios_own_validator(visitor: Client) -> None:
    ana = cast.ana()
    answer = visitor.post("/simulator/sign/", {"professional": ana.pk, "address": "11 98877-4410", "body": "Olá\r\n "})
    signed = answer.json()
    validator = RequestValidator(state.secret("twilio_token"))
    assert signed["form"]["Body"] == "Olá\r\n "
    assert validator.validate(twilio.webhook_url(), signed["form"], signed["signature"])


@pytest.mark.django_db
def test_form_is_one_of_whatsapps_in_the_simulators_channel() -> None:
    message = simulator.Message(address="11 98877-4410", body="oi", profile_name="Lívia")
    received = twilio.parse(simulator.form(message, professional=cast.ana()))
    assert (received.sender, received.number) == ("whatsapp:+5511988774410", cast.ANA_NUMBER)
    assert (received.channel, received.kind, received.profile_name) == ("simulator", "text", "Lívia")


@pytest.mark.django_db
def test_tap_carries_its_option_and_what_it_answers() -> None:
    message = simulator.Message(address="11 98877-4410", body="Confirmar", payload="k9", quoted="SM1")
    received = twilio.parse(simulator.form(message, professional=cast.ana()))
    assert (received.kind, received.button_payload, received.replied_sid) == ("tap", "k9", "SM1")
    assert received.body == "Confirmar"


@pytest.mark.django_db
def test_each_form_is_a_new_message() -> None:
    ana, message = cast.ana(), simulator.Message(address="11 98877-4410", body="oi")
    sids = {simulator.form(message, professional=ana)["MessageSid"] for _ in range(3)}
    assert len(sids) == 3
    assert all(len(sid) == 34 and sid.startswith("SM") for sid in sids)


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


# The page


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
@pytest.mark.parametrize(
    ("changes", "typing"),
    [
        ({}, False),
        ({"reply_due_at": datetime(2026, 11, 20, tzinfo=UTC)}, True),
        ({"reply_due_at": datetime(2026, 11, 20, tzinfo=UTC), "human_until": datetime(2099, 1, 1, tzinfo=UTC)}, False),
    ],
)
def test_typing_means_an_answer_is_on_its_way(visitor: Client, changes: Any, typing: bool) -> None:
    conversation = talk(cast.ana(), **changes)
    answer = fragments(visitor, conversation.professional)
    assert answer["typing"] is typing
    assert ("digitando" in answer["status"]) is typing


@pytest.mark.django_db
def test_number_without_ninth_digit_is_the_same_conversation(visitor: Client) -> None:
    conversation = talk(cast.ana(), address="whatsapp:+551187654321")
    heard(conversation, "oi de antes")
    assert "oi de antes" in fragments(visitor, conversation.professional)["messages"]


@pytest.mark.django_db
def test_few_short_options_are_buttons_and_others_a_list() -> None:
    conversation = talk(cast.ana())
    said(conversation, "a", options=[{"id": "1", "label": "Sim"}, {"id": "2", "label": "Não"}])
    said(conversation, "b", options=[{"id": "1", "label": "Um texto longo demais para um botão"}])
    said(conversation, "c", options=[{"id": str(n), "label": "x"} for n in range(4)])
    (day,) = simulator_transcript.days(conversation, now=timezone.now())
    assert [(len(one.buttons), len(one.rows)) for one in day.bubbles] == [(2, 0), (0, 1), (0, 4)]


@pytest.mark.django_db
def test_ticks_follow_the_rows() -> None:
    conversation = talk(cast.ana())
    for status in ("pending", "done", "dead"):
        heard(conversation, status, status=status)
    for status in ("pending", "sending", "delivered", "failed", "dropped"):
        said(conversation, status, status=status)
    (day,) = simulator_transcript.days(conversation, now=timezone.now())
    assert [one.tick for one in day.bubbles if one.own] == ["one", "two", "failed"]
    assert [one.tick for one in day.bubbles if not one.own] == ["clock", "clock", "", "failed"]


@pytest.mark.django_db
def test_tap_quotes_the_message_that_it_answers() -> None:
    conversation = talk(cast.ana())
    question = said(conversation, "Confirma?\nsegunda")
    heard(conversation, "Confirmar", replied_sid=simulator.sid(question))
    (day,) = simulator_transcript.days(conversation, now=timezone.now())
    assert day.bubbles[-1].quote == "Confirma?"


@pytest.mark.django_db
def test_late_evening_belongs_to_the_professionals_day() -> None:
    """T11: 23:30 in São Paulo is tomorrow in UTC."""
    conversation = talk(cast.ana())
    heard(conversation, "boa noite", received_at=cast.at("2026-11-19 23:30"))
    (day,) = simulator_transcript.days(conversation, now=cast.at("2026-11-20 08:00"))
    assert (day.label, day.bubbles[0].clock) == ("ontem", "23:30")


@pytest.mark.parametrize(("day", "label"), [(20, "hoje"), (19, "ontem"), (18, "qua, 18/11"), (15, "dom, 15/11")])
def test_days_have_a_phones_names(day: int, label: str) -> None:
    assert simulator_transcript.day_label(date(2026, 11, day), today=date(2026, 11, 20)) == label


@pytest.mark.parametrize(
    ("body", "styles"),
    [
        ("*às 10:00*, ok", "b"),
        ("um _dois_ ~três~", "is"),
        ("2*3*4", ""),
        ("* item", ""),
        ("a_b_c", ""),
        ("**", ""),
        ("*sem fim", ""),
    ],
)
def test_only_whatsapps_own_marks_are_styled(body: str, styles: str) -> None:
    assert "".join(run.style for run in simulator_transcript.runs(body)) == styles


@given(st.text(alphabet="ab *_~\n", max_size=30))
def test_styling_loses_nothing_but_the_marks(body: str) -> None:
    runs = simulator_transcript.runs(body)
    marks = {"b": "*", "i": "_", "s": "~", "": ""}
    assert "".join(f"{marks[run.style]}{run.text}{marks[run.style]}" for run in runs) == body


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


# What the reception did


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


def test_refused_tool_is_shown_as_not_done() -> None:
    detail = {"payload": {"ok": False, "error": {"code": "slot_taken", "message": "Este horário já está ocupado."}}}
    step = simulator_trace.step({"kind": "tool", "name": "book_appointment", "detail": detail})
    assert (step.title, step.subtitle, step.icon) == ("Não segurou o horário", "Este horário já está ocupado.", "alert")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["kind", "name", "detail", "milliseconds", "result", "error", "text"]), inner
            )
        ),
    )
)
def test_no_record_breaks_the_trace(record: Any) -> None:
    """I2: what a model or a person put into a trace is shown, whatever it is."""
    turn = Turn(trace=record if isinstance(record, list) else [record, {"kind": record, "detail": record}])
    assert all(step.title for step in simulator_trace.steps(turn))


@pytest.mark.django_db
def test_missing_model_key_is_said(visitor: Client, settings: Settings) -> None:
    ana = cast.ana()
    settings.GROQ_API_KEY = ""
    assert "modo guiado" in fragments(visitor, ana)["trace"]
    settings.GROQ_API_KEY = "gsk_test"
    assert "modo guiado" not in fragments(visitor, ana)["trace"]


@pytest.mark.django_db
def test_message_that_nobody_takes_is_said() -> None:
    conversation = talk(cast.ana())
    message = heard(conversation, "oi", status="pending")
    soon, late = message.received_at + timedelta(seconds=20), message.received_at + timedelta(seconds=40)
    assert simulator_trace.warnings(conversation, now=soon) == []
    assert "worker" in simulator_trace.warnings(conversation, now=late)[0]


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


# The look


def test_dark_theme_is_the_same_by_choice_and_by_system() -> None:
    tokens = (settings.BASE_DIR / "static" / "tokens.css").read_text()
    blocks = re.findall(
        r":root(?:\[data-theme=\"dark\"\]|:not\(\[data-theme=\"light\"\]\)) \{(.*?)\}", tokens, re.DOTALL
    )
    by_system, by_choice = (block.split() for block in blocks)
    assert by_system == by_choice


def test_stylesheets_use_only_tokens_that_exist() -> None:
    static = settings.BASE_DIR / "static"
    known = set(re.findall(r"(--[\w-]+):", (static / "tokens.css").read_text()))
    used = {name for sheet in static.rglob("*.css") for name in re.findall(r"var\((--[\w-]+)", sheet.read_text())}
    assert used <= known


def test_every_icon_used_is_in_the_sprite() -> None:
    templates = settings.BASE_DIR / "templates"
    known = set(re.findall(r'id="i-([\w-]+)"', (templates / "icons.svg").read_text()))
    pages = "".join(page.read_text() for page in templates.rglob("*.html"))
    used = set(re.findall(r"#i-([\w-]+)\"", pages)) | {icon for icon, _tone in simulator_trace.LOOKS.values()}
    assert used <= known
