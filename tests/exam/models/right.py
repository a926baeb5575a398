"""A good model: reads what is wanted, calls the tool for it, and says little."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from language import when
from language.when import When
from tests.exam.models.scene import Scene, client_texts, results, situation
from tests.exam.persona import COUPLE, Persona
from tests.standins.groq import Body, Response, call, text

_ZONE = dt.timezone(dt.timedelta(hours=-3))
_HOURS = (dt.time(9), dt.time(18))
_CANCEL = r"\b(?:cancel|desmarc|n[ãa]o vou (?:mais )?(?:poder|conseguir|ir)|anular)"
_MOVE = r"\b(?:remarc|reagend|mud(?:ar|o|a)\b|troc(?:ar|o|a)\b|adiar|antecip|passar|resched|move|cambiar|mover)"
_LIST = r"\b(?:meus? hor|minhas? (?:sess|consul)|que (?:dia|horas?) (?:é|ficou)|tenho marcad|my appointment|mis citas)"
_INFORMATION = (
    r"quanto|pre[çc]o|valor|custa|endere[çc]o|onde|hor[áa]rio de (?:at|fu)|how much|price|where|address"
    r"|cu[áa]nto|d[óo]nde|cu[áa]l es el precio|servi[çc]os|dura\b|pix|conv[êe]nio|cart[ãa]o"
)
_BOOK = (
    r"marc|agend|reserv|hor[áa]rio|vaga|livre|dispon|consulta|sess[ãa]o|encaix|book|appointment|cita\b|sesi[óo]n|turno"
    r"|quando|when|cu[áa]ndo|cedo poss|tarde|manh[ãa]|soonest|earliest|session|time|antes|depois"
    r"|semana|week|outro|day|dia"
)
_PARTS = {
    "morning": r"de manh[ãa]|pela manh[ãa]|cedo\b|morning|por la mañana",
    "afternoon": r"[àa] tarde|de tarde|afternoon|por la tarde",
    "evening": r"[àa] noite|de noite|evening",
}
_GREETING = re.compile(r"^\W*(?:oi+e?|ol[áa]|hola|hello|hi|hey|bom dia|boa tarde|boa noite|buen[oa]s \w+)\b\W*", re.I)
_WORDS = {
    "pt": {
        "which": "Qual deles fica melhor para você?",
        "name": "Claro! Qual é o seu nome?",
        "help": "Claro! Em que posso ajudar?",
        "day": "Que dia fica bom para você?",
        "none": "Não encontrei nada marcado no seu nome.",
        "mine": "Aqui estão os seus horários.",
        "what": "Qual deles?",
    },
    "en": {
        "which": "Which one suits you best?",
        "name": "Sure! What is your name?",
        "help": "Sure! How can I help you?",
        "day": "Which day would suit you?",
        "none": "I found nothing under your name.",
        "mine": "Here is what you have.",
        "what": "Which one shall I take?",
    },
    "es": {
        "which": "¿Cuál le viene mejor?",
        "name": "¡Claro! ¿Cuál es tu nombre?",
        "help": "¡Claro! ¿En qué puedo ayudar?",
        "day": "¿Qué día le viene bien?",
        "none": "No encontré nada a su nombre.",
        "mine": "Aquí están sus citas.",
        "what": "¿Cuál de ellos?",
    },
}


def answer(body: Body, scene: Scene) -> Response:
    """Answer as a careful receptionist would who sees only what the prompt shows."""
    texts, done = client_texts(body), results(body)
    said = _GREETING.sub("", _GREETING.sub("", texts[-1])) if texts else ""
    if done:
        return _after(body, scene, said, done[-1], steps=len(done))
    if _knows_all(body, scene):
        return _book(body, scene, wish(body, scene.talk.persona), steps=0)
    if _says(_LIST, said) or (_matter(body) and situation(body, "Próximos agendamentos") != "nenhum"):
        return call("list_my_appointments", {})
    if _says(_CANCEL, said):
        return text(words(scene)["none"])
    if _says(_INFORMATION, said) and understood(said) is None:
        return call("get_professional_info", {})
    if understood(said) is not None or _says(_BOOK, said):
        return call("get_available_slots", wish(body, scene.talk.persona))
    return text(words(scene)["help"])


def words(scene: Scene) -> Mapping[str, str]:
    return _WORDS[scene.talk.persona.language]


def understood(said: str) -> When | None:
    """Return the day or time that a text names."""
    found = when.parse(said, now=_now(), hours=_HOURS)
    return found if isinstance(found, When) else None


def wish(body: Body, persona: Persona) -> dict[str, Any]:
    """Return the tool's arguments for what the client said so far, the newest words first."""
    day = last = at = None
    for said in reversed(client_texts(body)):
        found = understood(said)
        if found is None:
            continue
        if day is None and found.date_from:
            day, last = found.date_from, found.date_to or found.date_from
        at = at or found.time
    today = _now().date()
    day, last = day or today, last or today + dt.timedelta(days=6)
    last = min(max(last, day), day + dt.timedelta(days=13))
    days = {"date": day.isoformat()} if day == last else {"date_from": day.isoformat(), "date_to": last.isoformat()}
    hour = {"time": f"{at:%H:%M}"} if at else {}
    said = client_texts(body)[-1] if client_texts(body) else ""
    part = {} if at else next(({"part_of_day": name} for name, how in _PARTS.items() if _says(how, said)), {})
    return {**days, **hour, **part, "service": _service(body, persona)}


def _after(body: Body, scene: Scene, said: str, last: dict[str, Any], *, steps: int) -> Response:
    """Go on after a tool's answer."""
    if not last["ok"]:
        return _explain(scene, last)
    match last["tool"]:
        case "get_professional_info":
            return text(_told(last, said))
        case "list_my_appointments":
            return _change(body, scene, said, last["coming"])
        case "get_available_slots":
            return _offer(body, scene, said, last, steps=steps)
    return text(words(scene)["help"])


def _offer(body: Body, scene: Scene, said: str, found: dict[str, Any], *, steps: int) -> Response:
    wanted = wish(body, scene.talk.persona)
    exact = "date" in wanted and "time" in wanted and found["asked_for_is_free"]
    if not exact:
        return text(words(scene)["which"] if found["offers"] else f"{found['why_not']} {words(scene)['day']}".strip())
    moving = _moving(body, said)
    if moving:
        arguments = {"reference": moving, "date": wanted["date"], "time": wanted["time"]}
        return call("reschedule_appointment", arguments, id=f"call_{steps}")
    return _book(body, scene, wanted, steps=steps)


def _book(body: Body, scene: Scene, wanted: dict[str, Any], *, steps: int) -> Response:
    name = _name(body, scene.talk.persona)
    if not name:
        return text(words(scene)["name"])
    attendee = _attendee(body, scene.talk.persona)
    for_whom = {"for_whom": attendee} if attendee else {}
    booking = {key: value for key, value in wanted.items() if key in ("date", "time", "service")}
    return call("book_appointment", {**booking, "client_name": name, **for_whom}, id=f"call_{steps}")


def _change(body: Body, scene: Scene, said: str, coming: list[dict[str, Any]]) -> Response:
    if not coming:
        return text(words(scene)["none"])
    meant = _meant(body, said, coming)
    if _matter(body) == "cancel" and len(meant) == 1:
        return call("cancel_appointment", {"reference": meant[0]["reference"]}, id="call_1")
    if _matter(body) == "move" and understood(said) is not None:
        return call("get_available_slots", wish(body, scene.talk.persona), id="call_1")
    lines = [
        f"{number}. {one['weekday']}, {_short(one['date'])}, às {one['time']} ({one['reference']})"
        for number, one in enumerate(coming, start=1)
    ]
    asks = [] if _matter(body) is None or len(coming) == 1 else [words(scene)["what"]]
    return text("\n".join([words(scene)["mine"], *lines, *asks]))


def _matter(body: Body) -> str | None:
    """Return whether the client is about to cancel or to move, by the last words that said so."""
    for said in reversed(client_texts(body)[-3:]):
        if _says(_CANCEL, said):
            return "cancel"
        if _says(_MOVE, said):
            return "move"
    return None


def _meant(body: Body, said: str, coming: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the appointments that the client's words may mean: by number, reference, or weekday."""
    if said.strip().isdigit() and 0 < int(said) <= len(coming):
        return [coming[int(said) - 1]]
    recent = " ".join(client_texts(body)[-3:]).casefold()
    named = [one for one in coming if one["reference"].casefold() in recent]
    by_day = [one for one in coming if one["weekday"].partition("-")[0].casefold() in recent]
    return named or (by_day if _matter(body) == "cancel" else []) or coming


def _explain(scene: Scene, refused: dict[str, Any]) -> Response:
    if refused["error"]["code"] == "name_needed":
        return text(words(scene)["name"])
    return text(f"{refused['error']['message']} {words(scene)['day']}")


def _told(information: dict[str, Any], said: str) -> str:
    if re.search(r"onde|endere|where|address|dónde|donde", said, re.IGNORECASE):
        return str(information["address"] or "-")
    lines = [f"{one['name']}: R$ {one['price']}".replace(".", ",") for one in information["services"]]
    return "\n".join(lines)


def _knows_all(body: Body, scene: Scene) -> bool:
    """Return whether the missing name has just been said after a whole wish."""
    wanted = wish(body, scene.talk.persona)
    return "date" in wanted and "time" in wanted and client_texts(body)[-1].strip() == scene.talk.persona.name


def _moving(body: Body, said: str) -> str:
    """Return the reference of the appointment that is to be moved, as far as the prompt tells it."""
    if _matter(body) != "move":
        return ""
    references = re.findall(r"\(([A-Z0-9]{4,12})\)", situation(body, "Próximos agendamentos"))
    chosen = next((int(one) for one in client_texts(body)[-3:] if one.strip().isdigit()), 1)
    return references[chosen - 1] if chosen <= len(references) else ""


def _name(body: Body, persona: Persona) -> str:
    known = situation(body, "Nome do cliente")
    if known and "ainda não" not in known:
        return known
    return persona.name if persona.name.casefold() in " ".join(client_texts(body)).casefold() else ""


def _attendee(body: Body, persona: Persona) -> str:
    named = next((one.attendee for one in persona.wants if one.attendee), "")
    return named if named.casefold() in " ".join(client_texts(body)).casefold() else ""


def _service(body: Body, persona: Persona) -> str:
    wanted = persona.wants[0].service if persona.wants else "Sessão individual"
    couple = re.search(r"casal|couple|pareja", " ".join(client_texts(body)), re.IGNORECASE)
    return COUPLE if couple and wanted == COUPLE else "Sessão individual"


def _says(pattern: str, said: str) -> bool:
    return re.search(pattern, said, re.IGNORECASE) is not None


def _short(day: str) -> str:
    return f"{dt.date.fromisoformat(day):%d/%m}"


def _now() -> dt.datetime:
    return dt.datetime.now(_ZONE)
