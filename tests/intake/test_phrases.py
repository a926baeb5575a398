"""Short answers: yes, no, numbers, stop, a person, in any spelling, and nothing else for them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake import phrases


@pytest.mark.parametrize(
    "text",
    ["sim", "Sim.", "SIIIM", "s", "ss", "isso", "isso mesmo!", "pode ser", "pode marcar", "confirmo", "beleza", "blz",
     "fechado", "claro que sim", "com certeza", "ok", "👍", "✅", "yes", "sí", "dale", "sim, por favor", "sim obrigada",
     "oi, sim", "sim\nobrigada", "tá bom", "perfeito, pode confirmar", "sim sim", "*sim*", "S!",
     "É isso mesmo.", "Aham.", "uhum, pode confirmar",
     "sí, gracias", "listo, confirmo", "de acuerdo", "está bien", "¡Claro que sí!", "sí, muchas gracias", "de una",
     "yes please", "sounds good", "that's fine, thank you very much"],
)  # fmt: skip
def test_yes(text: str) -> None:
    assert phrases.yes_or_no(text) is True


@pytest.mark.parametrize(
    "text",
    ["não", "Nao", "NÃO!", "n", "não, obrigada", "não quero", "melhor não", "deixa pra lá", "no", "nope", "👎",
     "desisto", "não\nobrigado", "nenhum", "nenhuma delas", "no, muchas gracias", "mejor no", "déjala como está",
     "ninguna de esas", "no thank you", "none of these", "never mind"],
)  # fmt: skip
def test_no(text: str) -> None:
    assert phrases.yes_or_no(text) is False


@pytest.mark.parametrize(
    "text",
    ["", "   ", "talvez", "sim?", "sim, mas às 16h", "sim e não", "não sei", "sim não", "obrigada", "oi", "simone",
     "não posso quinta", "sim\nàs 16h", "ok mas outro dia", "assim", "ontem", "normal", "sim se for às 10",
     "sí, pero a las 16", "no sé", "¿sí?", "muchas gracias", "hola, buenas tardes", "no entiendo",
     "listo para el jueves"],
)  # fmt: skip
def test_neither(text: str) -> None:
    """L17"""
    assert phrases.yes_or_no(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [("1", 1), ("2.", 2), ("3)", 3), ("opção 4", 4), ("a 2", 2), ("o 5", 5), ("quero a 3", 3), ("número 6", 6),
     ("nº 2", 2), ("2ª", 2), ("dois", 2), ("uma", 1), ("a primeira", 1), ("o segundo", 2), ("a terceira opção", 3),
     ("Opção dois.", 2), ("O número três.", 3), ("2️⃣", 2), ("２", 2), ("٣", 3), ("99", 99), ("1 por favor", 1),
     ("la 2", 2), ("opción 3", 3), ("el 4", 4), ("la primera", 1), ("el segundo", 2), ("la tercera opción", 3),
     ("cuatro", 4), ("the first one", 1), ("option 2", 2), ("two", 2), ("number 3 please", 3)],
)  # fmt: skip
def test_number(text: str, number: int) -> None:
    """I5"""
    assert phrases.number(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "15h",
        "às 3",
        "10:30",
        "2 horas",
        "123",
        "segunda",
        "quinta",
        "1 ou 2",
        "R$ 5",
        "²³x",
        "el 20",
        "a las 3",
        "à uma",
    ],
)
def test_no_number(text: str) -> None:
    assert phrases.number(text) is None


@pytest.mark.parametrize("text", ["PARAR", "parar.", "Pare", "SAIR", "stop", " sair! ", "unsubscribe", "darme de baja"])
def test_stop(text: str) -> None:
    """V10"""
    assert phrases.wants_to_stop(text)


@pytest.mark.parametrize(
    "text", ["cancelar", "cancel", "quero parar o tratamento", "sair mais cedo", "não pare", "CANCELAR"]
)
def test_no_stop(text: str) -> None:
    """V10"""
    assert not phrases.wants_to_stop(text)


@pytest.mark.parametrize(
    "text",
    ["pessoa", "quero falar com uma pessoa", "falar com atendente", "tem algum atendente?", "talk to a human", "humano",
     "hablar con una persona", "posso falar com alguém?", "*pessoa*", "quiero hablar con alguien", "*persona*",
     "¿me puedes comunicar con la recepcionista?", "can I speak with someone?"],
)  # fmt: skip
def test_person(text: str) -> None:
    assert phrases.wants_a_person(text)


@pytest.mark.parametrize(
    "text", ["quero falar com a Ana", "posso falar direto com a Dra. Ana?", "fala com ana", "hablar con la doctora Ana"]
)
def test_person_by_name(text: str) -> None:
    assert phrases.wants_a_person(text, name="Ana")
    assert not phrases.wants_a_person(text, name="Bruno")
    assert not phrases.wants_a_person(text)


@pytest.mark.parametrize(
    "text",
    ["recepção", "quero falar com a recepção", "recepción", "quiero volver a hablar con la recepción", "*reception*",
     "back to the reception"],
)  # fmt: skip
def test_reception(text: str) -> None:
    assert phrases.wants_the_reception(text)


@pytest.mark.parametrize("text", ["é para outra pessoa", "duas pessoas", "sou uma pessoa ansiosa", "oi"])
def test_no_person(text: str) -> None:
    assert not phrases.wants_a_person(text)


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error(text: str) -> None:
    """I2"""
    phrases.yes_or_no(text)
    phrases.number(text)
    phrases.wants_to_stop(text)
    phrases.wants_a_person(text)
    assert phrases.normalise(phrases.normalise(text)) == phrases.normalise(text)


@given(st.sampled_from(["sim", "não", "2", "parar"]), st.sampled_from(["\u200b", "\u200d", "\ufeff", "\U000e0041"]))
def test_invisible_characters_change_nothing(text: str, invisible: str) -> None:
    """P8"""
    assert phrases.normalise(invisible.join(text)) == phrases.normalise(text)
