"""What a client's own words refer to: a service, a name, a day and hour they said. Pure but for the rows given."""

import datetime as dt
import difflib
import re
from collections.abc import Sequence

from intake import phrases
from language import when
from language._when_words import Window
from scheduling.models import Service

_SHORTEST_FAMILY, _ALIKE_FAMILY, _ALIKE = 4, 0.7, 0.8
_NAME = re.compile(r"[^\W\d_][\w.'’´` -]{0,78}", re.UNICODE)
_I_AM = (
    r"(?:o )?meu nome (?:(?:est[aá]|t[aá]|saiu) errado,? )?(?:é|e)|me chamo|(?:eu )?sou (?:o|a)|aqui (?:é|e) (?:o|a)"
    r"|my name is|me llamo|mi nombre es"
)
# What follows these may as well be a state or a doing ("I'm looking for…", "soy de Lima").
_I_AM_BARE = r"i am|i'm|soy"
_INTRODUCTION = re.compile(rf"^(?:(?:oi|ola|olá|hola|hi|hello)[,!. ]+)?(?:{_I_AM}|{_I_AM_BARE})\s+", re.IGNORECASE)
# "Não quero dar meu nome" is none.
_NO_NAME = re.compile(
    r"^(?:nao|quero|queria|pode|prefiro|para|por|so|eu|voce|vc|tem|qual|quando|como|porque|ja|ainda|depois|agora)\b"
    r"|^(?:no|prefiero|preferiria|puede|solo|yo|usted|tiene|cual|cuando|todavia|despues|ahora|not|i'd|i would|i do)\b"
    r"|\b(?:nome|quero|preciso|gostaria|obrigad[oa]|nombre|quiero|necesito|name|want|need)\b"
)
_COURTESY = re.compile(r",? (?:por favor|obrigad[ao]|valeu|please|gracias)$", re.IGNORECASE)
_NAMED = r"([^\W\d_][\w'’-]+(?: (?:d[aeo]s? )?[A-ZÀ-Ý][\w'’-]+){0,3})"
_INTRODUCED = re.compile(rf"(?:(?i:\b(?:{_I_AM}))\s+|(?i:\b(?:{_I_AM_BARE}))\s+(?=[A-ZÀ-Ý])){_NAMED}")
_CALLED = r"[^\W\d_][\w'’-]+(?: (?:d[aeo]s? )?[A-ZÀ-Ý][\w'’-]+){0,3}"
_FOR_KIN = re.compile(
    r"(?i:\b(?:para|pra|pro|p/|for) ?(?:a |o )?(?:minha|meu|nossa|nosso|my|mi) \w+"
    r"(?: (?:mais )?(?:nov[ao]|velh[ao]))?),?"
    rf" (?:(?i:chamad[ao]|que se chama|de nome|a|o) )?(?=[A-ZÀ-Ý])({_CALLED})"
)
_SHE_IS = re.compile(rf"(?i:\b(?:el[ae] se chama|o nome d?el[ae] (?:é|e))) (?=[A-ZÀ-Ý])({_CALLED})")
_FOR_SOMEBODY = re.compile(rf"(?i:\b(?:para|pra|pro|for)) (?:[ao] )?(?=[A-ZÀ-Ý])({_CALLED})")


def service(name: str, services: Sequence[Service]) -> Service | None:
    """Return the service that the words name, forgiving accents, typos and extra words; None when unclear."""
    wanted = phrases.normalise(name)
    by_name = {phrases.normalise(one.name): one for one in services}
    if wanted in by_name:
        return by_name[wanted]
    holding = [one for key, one in by_name.items() if key in wanted or (len(wanted) > 3 and wanted in key)]
    if len(holding) == 1:
        return holding[0]
    if holding:
        return None
    telling = [one for key, one in by_name.items() if _telling_words(key, by_name) & set(wanted.split())]
    if len(telling) == 1:
        return telling[0]
    close = difflib.get_close_matches(wanted, by_name, n=1, cutoff=0.75)
    return by_name[close[0]] if close else None


def mentioned(text: str, services: Sequence[Service]) -> Service | None:
    """Return the one service whose name, or a word that only its name has, stands in a longer text."""
    words = set(re.findall(r"\w+", phrases.normalise(text)))
    by_name = {phrases.normalise(one.name): one for one in services}
    found = [one for key, one in by_name.items() if all(_stands(word, words) for word in _long_words(key))]
    longest = max(found, key=lambda one: len(one.name), default=None)
    if longest is not None:
        return longest
    telling = [
        one for key, one in by_name.items() if any(_stands(word, words) for word in _telling_words(key, by_name))
    ]
    return telling[0] if len(telling) == 1 else None


def person_name(text: str) -> str | None:
    """Return a text as a person's name, without what introduces it; None when it cannot be one."""
    name = " ".join(_INTRODUCTION.sub("", text.strip()).split()).strip(" .,!")
    name = _COURTESY.sub("", name).strip(" .,!")
    if not _NAME.fullmatch(name) or len(name.split()) > 6 or len(name) < 2:
        return None
    if _NO_NAME.search(phrases.normalise(name)):
        return None
    return name if any(letter.isupper() for letter in name) else name.title()


def introduced(text: str) -> str | None:
    """Return the name by which a sentence introduces its writer ("10h, meu nome é Lívia Castro")."""
    found = _INTRODUCED.search(text)
    return person_name(found[1]) if found else None


def attendee(text: str, *, now: dt.datetime) -> str | None:
    """Return for whom somebody else the client asks ("para minha filha Júlia", "para o Pedro")."""
    found = _FOR_KIN.search(text) or _SHE_IS.search(text) or _FOR_SOMEBODY.search(text)
    if found is None or when.parse(found[1], now=now) is not None:
        return None  # "para Quinta" names a day
    return person_name(found[1])


def hour(text: str, *, now: dt.datetime, hours: tuple[dt.time, dt.time] | None) -> dt.time | None:
    """Return the one hour that a text names beside an unclear day ("sexta às 15h" on a Friday)."""
    windows = [mention.value for mention in when.scan(text, now=now).found if isinstance(mention.value, Window)]
    exact = [window.first for window in windows if window.first is not None and window.first == window.last]
    readings = exact[0].readings if len(exact) == 1 else ()
    fitting = [at for at in readings if hours is None or hours[0] <= at < hours[1]]
    return fitting[0] if len(fitting) == 1 else None


def names_day(text: str, *, now: dt.datetime) -> bool:
    """Return whether a text names any day, whatever hour it names."""
    return any(not isinstance(mention.value, Window) for mention in when.scan(text, now=now).found)


def said(texts: Sequence[str], wall: dt.datetime, *, now: dt.datetime, hours: tuple[dt.time, dt.time] | None) -> bool:
    """Return whether the client said that day and that hour, together or one after the other."""
    read = [wish for text in texts if isinstance(wish := when.parse(text, now=now, hours=hours), when.When)]
    days = {wish.date for wish in read if wish.date}
    times = {wish.time for wish in read if wish.time}
    return wall.date() in days and wall.time() in times


def _long_words(key: str) -> list[str]:
    return [word for word in key.split() if len(word) > 2] or key.split()


def _stands(word: str, words: set[str]) -> bool:
    """Return whether the word stands among others: as it is, with a typo, or one of its family (corte, cortar)."""
    return any(word == other or _is_like(word, other) for other in words)


def _is_like(word: str, other: str) -> bool:
    if min(len(word), len(other)) < _SHORTEST_FAMILY:
        return False
    alike = difflib.SequenceMatcher(None, word, other).ratio()
    family = word[:_SHORTEST_FAMILY] == other[:_SHORTEST_FAMILY]
    return alike >= (_ALIKE_FAMILY if family else _ALIKE)


def _telling_words(key: str, by_name: dict[str, Service]) -> set[str]:
    """Return the words that only this service's name has ("casal" in "Sessão de casal")."""
    others = {word for other in by_name if other != key for word in other.split()}
    return {word for word in key.split() if word not in others and len(word) > 2}
