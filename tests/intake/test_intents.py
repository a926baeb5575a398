"""What free Spanish and English texts are about; the Portuguese ones stand where they are used."""

import pytest

from intake import intents
from intake.intents import Intent, Topic


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("quiero agendar una cita", Intent.BOOK),
        ("¿tienes cupo el jueves?", Intent.BOOK),
        ("necesito cambiar mi cita", Intent.MOVE),
        ("¿puedo reprogramar?", Intent.MOVE),
        ("ya no voy a poder ir", Intent.CANCEL),
        ("quiero cancelar mi turno", Intent.CANCEL),
        ("¿cuándo es mi cita?", Intent.LIST),
        ("¿tienes otro horario?", Intent.OTHER_TIMES),
        ("¿me das el precio, por favor?", Intent.INFORMATION),
        ("¿quién eres?", Intent.WHO),
        ("voy a llegar 10 minutos tarde", Intent.LATE),
        ("¡Buen día! ¿Cómo estás?", Intent.GREETING),
        ("buenas", Intent.GREETING),
        ("muchas gracias, chao", Intent.THANKS),
        ("I can't make it tomorrow", Intent.CANCEL),
        ("can I change my appointment?", Intent.MOVE),
        ("what does it cost?", Intent.INFORMATION),
    ],
)
def test_wish_is_read_in_spanish_and_english(text: str, intent: Intent) -> None:
    assert intents.read(text) == intent


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("¿cuánto cuesta?", Topic.PRICE),
        ("¿qué tarifas manejan?", Topic.PRICE),
        ("¿dónde están ubicados?", Topic.PLACE),
        ("¿cómo llego?", Topic.PLACE),
        ("¿a qué hora abren?", Topic.HOURS),
        ("horario de atención", Topic.HOURS),
    ],
)
def test_topic_is_read_in_spanish(text: str, topic: Topic) -> None:
    assert intents.topics(text) == {topic}
