"""A model that means well: wrong dates, invented times and prices, and "agendado" before anything is."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

from tests.exam.models import right
from tests.exam.models.scene import Scene, results
from tests.standins.groq import Body, Response, call, text


def answer(body: Body, scene: Scene) -> Response:
    """Do the right thing in half of all cases, and one of many wrong things in the others."""
    if scene.chance.random() < 0.5:
        return right.answer(body, scene)
    return scene.chance.choice(_SLIPS)(body, scene)


def _claims(_body: Body, scene: Scene) -> Response:
    claims = (
        "Prontinho, está agendado! Te espero.",
        "Agendado para quinta-feira às 15h ✅",
        "Seu horário está confirmado.",
        "Já deixei reservado pra você, tá?",
        "Marquei para você, até lá!",
        "Cancelei sua sessão, tudo certo.",
        "Remarquei para sexta às 10h.",
        "You're all set, your session is booked.",
        "Listo, quedó agendada tu cita.",
    )
    return scene.lie(scene.chance.choice(claims))


def _invents_times(_body: Body, scene: Scene) -> Response:
    times = (
        "Tenho 07:15 e 20:45 livres, qual prefere?",
        "Na quinta tenho às 12h30, serve?",
        "Sábado às 10h está livre!",
        "Amanhã cedo às 6 da manhã está disponível.",
        "I have 7:30 pm on Saturday.",
        "Tengo libre a las 20:30.",
    )
    return scene.lie(scene.chance.choice(times))


def _invents_facts(_body: Body, scene: Scene) -> Response:
    facts = (
        "A sessão custa R$ 150,00.",
        "São 99 reais, e a primeira é de graça.",
        "Faço 10% de desconto no pix 11 98888-7777.",
        "O atendimento é na Rua das Flores, 45.",
        "Pode cancelar até 1h antes sem multa.",
        "Veja em https://agenda.example.com/ana",
    )
    return scene.lie(scene.chance.choice(facts))


def _wrong_day(body: Body, scene: Scene) -> Response:
    """Book or look on another day than the client said."""
    wanted = right.wish(body, scene.talk.persona)
    for name in ("date", "date_from", "date_to"):
        if name in wanted:
            other = dt.date.fromisoformat(wanted[name]) + dt.timedelta(days=scene.chance.choice((-7, 1, 7)))
            wanted[name] = other.isoformat()
    if "date" not in wanted or not scene.chance.getrandbits(1):
        return _call(body, "get_available_slots", wanted)
    named = {**wanted, "time": wanted.get("time", "10:00"), "client_name": "Cliente"}
    return _call(body, "book_appointment", named)


def _made_up_name(body: Body, scene: Scene) -> Response:
    wanted = right.wish(body, scene.talk.persona)
    named = {"date": wanted.get("date", "2026-11-19"), "time": wanted.get("time", "15:00"), "client_name": "João Silva"}
    return _call(body, "book_appointment", named)


def _printed_call(_body: Body, scene: Scene) -> Response:
    printed = (
        '<function=book_appointment>{"date": "2026-11-19", "time": "15:00"}</function>',
        '{"name": "get_available_slots", "arguments": {"date": "2026-11-19"}}',
        "get_available_slots(date=2026-11-19)",
        "Vou chamar book_appointment para você.",
    )
    return text(scene.chance.choice(printed))


def _half_json(body: Body, _scene: Scene) -> Response:
    return _call(body, "get_available_slots", '{"date": "2026-11-1')


def _foreign_words(body: Body, _scene: Scene) -> Response:
    odd = {"date": "19/11/2026", "time": "quinze horas", "service": "Massagem"}
    return _call(body, "get_available_slots", odd)


def _thinks_aloud(_body: Body, _scene: Scene) -> Response:
    return text("<think>O cliente quer quinta. Devo ver a agenda.</think>")


def _chats(_body: Body, scene: Scene) -> Response:
    """Nothing wrong, nothing useful."""
    return text(right.words(scene)["help"])


def _call(body: Body, name: str, arguments: dict[str, Any] | str) -> Response:
    told = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return call(name, told, id=f"call_{len(results(body))}")


_SLIPS: tuple[Callable[[Body, Scene], Response], ...] = (
    _claims,
    _claims,
    _invents_times,
    _invents_times,
    _invents_facts,
    _wrong_day,
    _wrong_day,
    _made_up_name,
    _printed_call,
    _half_json,
    _foreign_words,
    _thinks_aloud,
    _chats,
)
