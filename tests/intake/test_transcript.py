"""The client's phone: what was said, in order of time, with a phone's own marks, ticks and days."""

import json
from datetime import date

import pytest
from django.conf import settings
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from intake import simulator, transcript, twilio
from intake.models import Conversation
from intake.transcript import Quote
from tests import cast
from tests.intake.phone import heard, said, talk


@pytest.mark.django_db
def test_few_short_options_are_buttons_and_others_a_list() -> None:
    conversation = talk(cast.ana())
    said(conversation, "a", options=[{"id": "1", "label": "Sim"}, {"id": "2", "label": "Não"}])
    said(conversation, "b", options=[{"id": "1", "label": "Um texto longo demais para um botão"}])
    said(conversation, "c", options=[{"id": str(n), "label": "x"} for n in range(4)])
    (day,) = transcript.days(conversation, now=timezone.now())
    assert [(len(one.buttons), len(one.rows)) for one in day.bubbles] == [(2, 0), (0, 1), (0, 4)]


@pytest.mark.django_db
def test_ticks_follow_the_rows() -> None:
    conversation = talk(cast.ana())
    heard(conversation, "taken up", status="pending", attempts=1)
    for status in ("pending", "done", "dead"):
        heard(conversation, status, status=status)
    for status in ("pending", "sending", "delivered", "failed", "dropped"):
        said(conversation, status, status=status)
    (day,) = transcript.days(conversation, now=timezone.now())
    assert [one.tick for one in day.bubbles if one.own] == ["two", "one", "read", "failed"]
    assert [one.tick for one in day.bubbles if not one.own] == ["clock", "clock", "", "failed"]


@pytest.mark.django_db
def test_tap_quotes_the_message_that_it_answers() -> None:
    conversation = talk(cast.ana())
    question = said(conversation, "*Confirma?*\nsegunda")
    answer = heard(conversation, "Confirmar", replied_sid=simulator.sid(question))
    heard(conversation, "isso", replied_sid=answer.provider_sid)
    heard(conversation, "oi", replied_sid="SMunknown")
    (day,) = transcript.days(conversation, now=timezone.now())
    quotes = [one.quote for one in day.bubbles if one.own]
    assert quotes == [Quote("Recepção de Ana", "Confirma? segunda"), Quote("Você", "Confirmar"), None]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["audio", "image", "image_with_caption", "sticker", "document", "contact", "location"])
def test_what_came_beside_words_is_named(name: str) -> None:
    """W4: each recorded form; a file of Twilio's is named, never fetched by the browser."""
    form = json.loads((settings.BASE_DIR / "tests" / "payloads" / f"{name}.json").read_text())
    received = twilio.parse(form)
    changes = {"kind": received.kind, "media": received.media, "payload": received.payload}
    heard(talk(cast.ana()), received.body, **changes)
    (day,) = transcript.days(Conversation.objects.get(), now=timezone.now())
    media = day.bubbles[0].media
    assert media is not None
    assert (media.kind, media.url) == (name.removesuffix("_with_caption"), "")
    expected = {"document": "encaminhamento.pdf", "location": "MASP, Avenida Paulista, 1578, São Paulo"}
    assert media.name == expected.get(name, transcript.MEDIA[media.kind][0])
    assert f'id="i-{media.icon}"' in (settings.BASE_DIR / "templates" / "icons.svg").read_text()


@pytest.mark.django_db
def test_what_is_said_in_a_voice_note_stands_below_it() -> None:
    conversation = talk(cast.ana())
    media = [{"url": "", "type": "audio/ogg"}]
    voice = heard(conversation, "", kind="audio", media=media, transcript="quero *marcar*")
    heard(conversation, "isso", replied_sid=voice.provider_sid)
    (day,) = transcript.days(conversation, now=timezone.now())
    assert "".join(run.text for run in day.bubbles[0].runs) == "quero marcar"
    assert day.bubbles[1].quote == Quote("Você", "quero marcar")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("labels", "heading", "are_times"),
    [
        (["seg, 23/11, 09:00", "seg, 23/11, 10:30"], "seg, 23/11", True),
        (["seg, 23/11, 09:00", "ter, 24/11, 09:00"], "", True),
        (["Sessão individual (50 min, R$ 200,00)", "Sessão de casal"], "", False),
    ],
)
def test_list_says_once_what_its_rows_share(labels: list[str], heading: str, are_times: bool) -> None:
    conversation = talk(cast.ana())
    said(conversation, "a", options=[{"id": label, "label": label} for label in [*labels, *labels]])
    (day,) = transcript.days(conversation, now=timezone.now())
    assert (day.bubbles[0].heading, day.bubbles[0].are_times) == (heading, are_times)


@pytest.mark.django_db
def test_late_evening_belongs_to_the_professionals_day() -> None:
    """T11: 23:30 in São Paulo is tomorrow in UTC."""
    conversation = talk(cast.ana())
    heard(conversation, "boa noite", received_at=cast.at("2026-11-19 23:30"))
    (day,) = transcript.days(conversation, now=cast.at("2026-11-20 08:00"))
    assert (day.label, day.bubbles[0].clock) == ("ontem", "23:30")


@pytest.mark.parametrize(("day", "label"), [(20, "hoje"), (19, "ontem"), (18, "qua, 18/11"), (15, "dom, 15/11")])
def test_days_have_a_phones_names(day: int, label: str) -> None:
    assert transcript.day_label(date(2026, 11, day), today=date(2026, 11, 20)) == label


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
    assert "".join(run.style for run in transcript.runs(body)) == styles


@given(st.text(alphabet="ab *_~\n", max_size=30))
def test_styling_loses_nothing_but_the_marks(body: str) -> None:
    runs = transcript.runs(body)
    marks = {"b": "*", "i": "_", "s": "~", "": ""}
    assert "".join(f"{marks[run.style]}{run.text}{marks[run.style]}" for run in runs) == body
