"""The language of a client's message, by its small words."""

import pytest

from language import tongue


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("oi", "pt-br"),
        ("Bom dia! Tem horário quinta?", "pt-br"),
        ("quanto custa?", "pt-br"),
        ("vc atende hj", "pt-br"),
        ("Quero remarcar", "pt-br"),
        ("obrigada", "pt-br"),
        ("hi", "en"),
        ("Hello, do you have anything on Thursday afternoon?", "en"),
        ("I’d like to book an appointment", "en"),
        ("how much is it?", "en"),
        ("cancel please", "en"),
        ("hola", "es"),
        ("Buenas tardes, ¿tienen turno el jueves?", "es"),
        ("quisiera una cita para mañana", "es"),
        ("¿cuánto cuesta?", "es"),
        ("gracias", "es"),
        ("Buen día", "es"),
        ("¿Qué horarios tienen?", "es"),
        ("Precios, por favor", "es"),
        ("a las 3 de la tarde", "es"),
        ("me llamo Juan", "es"),
    ],
)
def test_small_words_tell_the_language(text: str, language: str) -> None:
    assert tongue.read(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "15h",
        "ok",
        "1",
        "Caio Martins",
        "👍",
        "sábado",
        "tarde",
        "consulta",
        "domingo",
        "por favor",
        "para o João",
        "a 2",
    ],
)
def test_text_without_them_tells_nothing(text: str) -> None:
    assert tongue.read(text) is None


@pytest.mark.parametrize(
    ("text", "spoken"),
    [("ok, cancel", "pt-br"), ("my", "pt-br"), ("hola", "en"), ("Gracias!", "pt-br")],
)
def test_single_foreign_word_does_not_leave_the_language_of_the_talk(text: str, spoken: str) -> None:
    assert tongue.read(text, spoken=spoken) is None


def test_foreign_sentence_leaves_it() -> None:
    assert tongue.read("Sorry, do you speak English? I have a question", spoken="pt-br") == "en"
    assert tongue.read("Perdón, ¿hay turnos el lunes?", spoken="pt-br") == "es"
