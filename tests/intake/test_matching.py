"""What a client's words refer to: services, names, days and hours. Monday, 16 November 2026, 09:00."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake import matching
from scheduling.models import Service

NOW = dt.datetime(2026, 11, 16, 9, tzinfo=ZoneInfo("America/Sao_Paulo"))
HOURS = (dt.time(9), dt.time(18))
THERAPY = [Service(name="Sessão individual"), Service(name="Sessão de casal")]
BARBER = [Service(name="Corte"), Service(name="Barba"), Service(name="Corte e barba")]


def name_of(service: Service | None) -> str:
    return service.name if service else ""


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Sessão individual", "Sessão individual"),
        ("sessao individual", "Sessão individual"),
        ("SESSÃO DE CASAL", "Sessão de casal"),
        ("casal", "Sessão de casal"),
        ("terapia de casal", "Sessão de casal"),
        ("sesão individul", "Sessão individual"),
        ("sessão", ""),
        ("massagem", ""),
        ("", ""),
    ],
)
def test_service_by_its_name(words: str, expected: str) -> None:
    assert name_of(matching.service(words, THERAPY)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("quero marcar uma sessão de casal na quinta", "Sessão de casal"),
        ("é para casau", "Sessão de casal"),
        ("individual mesmo", "Sessão individual"),
        ("quero marcar uma sessão", ""),
        ("oi, tudo bem?", ""),
        ("quinta às 15h", ""),
    ],
)
def test_service_in_a_sentence(text: str, expected: str) -> None:
    assert name_of(matching.mentioned(text, THERAPY)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cortar o cabelo e fazer a barba", "Corte e barba"),
        ("corte e barba", "Corte e barba"),
        ("só a barba", "Barba"),
        ("quero um corte", "Corte"),
        ("quero cortar o cabelo", "Corte"),
        ("quanto custa?", ""),
    ],
)
def test_service_by_words_of_its_family(text: str, expected: str) -> None:
    assert name_of(matching.mentioned(text, BARBER)) == expected


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Caio Martins", "Caio Martins"),
        ("caio martins", "Caio Martins"),
        ("Meu nome é Lívia Castro", "Lívia Castro"),
        ("oi, me chamo Zé", "Zé"),
        ("sou a Maria da Silva.", "Maria da Silva"),
        ("Ana Paula, obrigada", "Ana Paula"),
        ("D'Ávila", "D'Ávila"),
    ],
)
def test_name_of_a_person(text: str, name: str) -> None:
    assert matching.person_name(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "15h",
        "1",
        "😀",
        "a",
        "um dois tres quatro cinco seis sete",
        "a@b.c",
        "x" * 200,
        "{{x}}",
        "não quero dar meu nome",
        "pode ser",
        "qual o seu nome",
        "no quiero dar mi nombre",
        "prefiero no darlo",
        "I would rather not say",
    ],
)
def test_no_name(text: str) -> None:
    assert matching.person_name(text) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("10h, meu nome é Lívia Castro", "Lívia Castro"),
        ("aqui é o João, quero marcar", "João"),
        ("sou psicólogo", None),
        ("hola, soy María López", "María López"),
        ("hi, I'm Anna", "Anna"),
        ("I'm looking for an appointment on Thursday", None),
        ("soy nueva paciente", None),
        ("soy de Lima y quiero una cita", None),
        ("quero marcar", None),
    ],
)
def test_name_inside_a_sentence(text: str, name: str | None) -> None:
    assert matching.introduced(text) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("quero marcar para minha filha Júlia na terça", "Júlia"),
        ("é pro meu filho, Pedro Henrique", "Pedro Henrique"),
        ("é para o meu filho, Pedro Henrique", "Pedro Henrique"),
        ("marca para a Ana Clara por favor", "Ana Clara"),
        ("para Júlia Souza", "Júlia Souza"),
        ("pra minha mãe que se chama Dona Rosa", "Dona Rosa"),
        ("quero marcar para Quinta", None),
        ("para segunda Feira", None),
        ("para mim", None),
        ("para as 15h", None),
    ],
)
def test_name_of_who_comes(text: str, name: str | None) -> None:
    assert matching.attendee(text, now=NOW) == name


@pytest.mark.parametrize(
    ("texts", "wall", "expected"),
    [
        (["quinta às 15h"], "2026-11-19 15:00", True),
        (["quinta", "às 15h"], "2026-11-19 15:00", True),
        (["quinta às 15h"], "2026-11-19 16:00", False),
        (["quinta às 15h"], "2026-11-26 15:00", False),
        (["quinta não posso", "às 15h"], "2026-11-19 15:00", False),
        (["quero marcar"], "2026-11-19 15:00", False),
        (["2026-11-19 15:00"], "2026-11-19 15:00", True),
        ([], "2026-11-19 15:00", False),
    ],
)
def test_what_was_said(texts: list[str], wall: str, expected: bool) -> None:
    """L13"""
    assert matching.said(texts, dt.datetime.fromisoformat(wall), now=NOW, hours=HOURS) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("segunda às 15h", dt.time(15)), ("segunda às 3", dt.time(15)), ("segunda", None), ("segunda das 9 às 11", None)],
)
def test_hour_beside_an_unclear_day(text: str, expected: dt.time | None) -> None:
    assert matching.hour(text, now=NOW, hours=HOURS) == expected


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_error(text: str) -> None:
    """I2"""
    matching.mentioned(text, BARBER)
    matching.service(text, BARBER)
    matching.introduced(text)
    matching.attendee(text, now=NOW)
    matching.hour(text, now=NOW, hours=HOURS)
    name = matching.person_name(text)
    assert name is None or (2 <= len(name) <= 120 and "\n" not in name)
