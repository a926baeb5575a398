"""What is asked when a wish has two meanings or none: one short question, in the language of the text."""

from datetime import date, time
from enum import Enum
from functools import lru_cache

from language import tongue

Choice = date | time | str

LANGUAGES = ("pt", "en", "es")

_OR = {"pt": "ou", "en": "or", "es": "o"}
_WEEKDAYS = {
    "pt": ("segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado", "domingo"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
}


class Question(Enum):
    """The questions, in the order of `LANGUAGES`; "{}" is where the choices go."""

    WHICH = (
        "Qual dia e horário você prefere?",
        "Which day and time would you like?",
        "¿Qué día y hora prefieres?",
    )
    OTHER = (
        "Qual outro dia e horário você prefere?",
        "Which other day and time would you like?",
        "¿Qué otro día y hora prefieres?",
    )
    MOVE = (
        "Para qual dia e horário você quer mudar?",
        "Which day and time would you like to change to?",
        "¿A qué día y hora quieres cambiar?",
    )
    OVER = (
        "Esse horário de hoje já passou. Qual outro dia ou horário você prefere?",
        "That time has already passed today. Which other day or time would you like?",
        "Esa hora de hoy ya pasó. ¿Qué otro día u hora prefieres?",
    )
    MEANT = ("Você quer dizer {}?", "Do you mean {}?", "¿Sería {}?")
    DAY = ("Qual dia você prefere?", "Which day would you like?", "¿Qué día prefieres?")
    DAY_OF = ("Qual dia você prefere: {}?", "Which day would you like: {}?", "¿Qué día prefieres: {}?")
    DAYS = ("De que dia até que dia?", "From which day to which day?", "¿De qué día a qué día?")
    DATE = ("Qual é a data?", "What is the date?", "¿Cuál es la fecha?")
    NO_DATE = (
        "O dia {} não existe. Qual data você prefere?",
        "There is no {}. Which date would you like?",
        "El día {} no existe. ¿Qué fecha prefieres?",
    )
    DATE_OVER = (
        "O dia {} já passou. Qual data você prefere?",
        "{} has already passed. Which date would you like?",
        "El día {} ya pasó. ¿Qué fecha prefieres?",
    )
    WEEK = (
        "A semana que vem ou a seguinte?",
        "Next week or the week after?",
        "¿La semana que viene o la siguiente?",
    )
    END_OF_WEEK = (
        "Você prefere quinta-feira, sexta-feira ou o fim de semana?",
        "Would you like Thursday, Friday or the weekend?",
        "¿Prefieres el jueves, el viernes o el fin de semana?",
    )
    TIME = ("Qual horário você prefere?", "Which time would you like?", "¿Qué hora prefieres?")
    TIME_OF = ("Qual horário você prefere: {}?", "Which time would you like: {}?", "¿Qué hora prefieres: {}?")
    TIMES = ("De que horas até que horas?", "From what time to what time?", "¿De qué hora a qué hora?")
    NO_TIME = (
        "Não conheço o horário {}. Qual horário você prefere?",
        "I do not know the time {}. Which time would you like?",
        "No entiendo la hora {}. ¿Qué hora prefieres?",
    )
    MIDNIGHT = (
        "Meia-noite de que dia? Qual horário você prefere?",
        "Midnight of which day? Which time would you like?",
        "¿La medianoche de qué día? ¿Qué hora prefieres?",
    )
    PART_OF_DAY = (
        "Você quer dizer {}h da manhã, da tarde ou da noite?",
        "Do you mean {} in the morning, in the afternoon or in the evening?",
        "¿Las {} de la mañana, de la tarde o de la noche?",
    )


def put(question: Question, *choices: Choice, language: str) -> str:
    """Return the question about the choices; days with their weekday, joined by "ou"."""
    wording = question.value[LANGUAGES.index(language)]
    comma = "," if language != "es" and any(isinstance(choice, date) for choice in choices) else ""
    named = [_name(choice, language=language) for choice in choices]
    return str(wording).format(f"{comma} {_OR[language]} ".join(named))


def _name(choice: Choice, *, language: str) -> str:
    if isinstance(choice, time):
        return f"{choice:%H:%M}"
    if isinstance(choice, str):
        return choice
    weekday = _WEEKDAYS[language][choice.weekday()]
    return f"el {weekday} {choice:%d/%m}" if language == "es" else f"{weekday}, {choice:%d/%m}"


@lru_cache(maxsize=8)
def tell_language(text: str) -> str:
    """Return "pt", "en" or "es"; Portuguese when the text does not tell."""
    return (tongue.read(text) or LANGUAGES[0])[:2]
