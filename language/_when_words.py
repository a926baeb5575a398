"""The vocabulary of dates and times in Portuguese, English and Spanish, and one spelling for all of it.

`normalise` turns what a person typed into lower-case ASCII with digits, so that the rules stay few. Below it: the
kinds of things a text can say about when, which the rules find and `when.py` weighs.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

# A longer message is a story, not a wish for an appointment; what follows is not read.
LONGEST_TEXT = 2_000


def _table(lines: str) -> dict[str, int]:
    """Return the numbers of "2 dois duas; 3 três" by their words."""
    rows = (line.split() for line in lines.split(";"))
    return {name: int(number) for number, *names in rows for name in names}


_UNITS = _table(
    "2 dois duas two; 3 tres three; 4 quatro four cuatro; 5 cinco five; 6 seis six; 7 sete seven siete;"
    "8 oito eight ocho; 9 nove nine nueve"
)
_TEENS = _table(
    "10 dez ten diez; 11 onze eleven; 12 doze twelve doce; 13 treze thirteen trece; 14 quatorze catorze fourteen;"
    "15 quinze fifteen quince; 16 dezesseis dezasseis sixteen dieciseis; 17 dezessete dezassete seventeen diecisiete;"
    "18 dezoito eighteen dieciocho; 19 dezenove nineteen diecinueve; 21 veintiuno; 22 veintidos; 23 veintitres"
)
_TENS = _table(
    "20 vinte twenty veinte; 30 trinta thirty treinta; 40 quarenta forty cuarenta; 50 cinquenta fifty cincuenta;"
    "60 sessenta sixty sesenta; 70 setenta seventy; 80 oitenta eighty ochenta; 90 noventa ninety"
)
_HUNDREDS = _table(
    "100 cem cento cien ciento; 200 duzentos doscientos; 300 trezentos trescientos; 400 quatrocentos;"
    "500 quinhentos quinientos; 600 seiscentos; 700 setecentos; 800 oitocentos; 900 novecentos"
)
# "um" and "uma" are articles, so they count only behind a tens word ("vinte e uma").
_ONES = {"um": 1, "uma": 1, "one": 1, "uno": 1, "una": 1}

WEEKDAYS = _table(
    "0 segunda segundas seg 2a monday mondays lunes; 1 terca tercas 3a tuesday tuesdays tue tues martes;"
    "2 quarta quartas qua 4a wednesday wednesdays miercoles;"
    "3 quinta quintas qui 5a thursday thursdays thu thur thurs jueves;"
    "4 sexta sextas sex 6a friday fridays fri viernes;"
    "5 sabado sabados sab saturday saturdays; 6 domingo sunday sundays"
)
# Abbreviations that are also everyday words ("vou ter", "dom" as a title): days only beside a time or date.
SHY_WEEKDAYS = _table("0 mon; 1 ter; 2 wed; 5 sat; 6 dom sun")

MONTHS = _table(
    "1 janeiro january enero jan; 2 fevereiro february febrero fev feb; 3 marco march marzo mar; 4 abril april abr apr;"
    "5 maio may mayo mai; 6 junho june junio jun; 7 julho july julio jul; 8 agosto august ago aug;"
    "9 setembro september septiembre setiembre set sep sept; 10 outubro october octubre out oct;"
    "11 novembro november noviembre nov; 12 dezembro december diciembre dez dec dic"
)

WEEKDAY_NAMES = ["segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado", "domingo"]

_ACCENTS_THAT_MATTER = (
    (re.compile(r"\bàs?\b"), "as"),
    (re.compile(r"\bestá\b"), "ta"),
    (re.compile(r"\bé\b"), "eh"),
    (re.compile(r"½"), " e meia"),
)

_SPELLINGS = tuple(
    (re.compile(pattern), better)
    for pattern, better in (
        (r"\b(?:hj|oje)\b", "hoje"),
        (r"\b(?:amanhan|amnha|amnh|amn|amanh|amanhaa|amanna|amahna|amamha|amanhah|amahha)\b", "amanha"),
        (r"\b(?:dps|dpois|depos|depoi)\b", "depois"),
        (r"\bdepois d amanha\b", "depois de amanha"),
        (r"\bque ven\b|\bq vem\b|\bqvem\b|\bque vm\b", "que vem"),
        (r"\bp/\s?", "para "),
        (r"\bpra\b", "para"),
        (r"\bpras\b|\bp as\b", "para as"),
        (r"\bpro\b", "para o"),
        (r"\bapartir\b", "a partir"),
        (r"\bprox\b\.?", "proxima"),
        (r"\b(?:segnda|segunga|sgunda|segudna)\b", "segunda"),
        (r"\b(?:tersa|terc|terca)\b", "terca"),
        (r"\b(?:qarta|quarda|qurta)\b", "quarta"),
        (r"\b(?:qinta|quintta|quinat|qunta)\b", "quinta"),
        (r"\bquita(?=[\s-]feira|\s+as\s|\s+que vem|\s*,\s*as\s)", "quinta"),
        (r"\bsesta(?=[\s-]feira|\s+as\s|\s+que vem|\s*,\s*as\s)", "sexta"),
        (r"\b(?:sabdo|sabadao)\b", "sabado"),
        (r"\b(?:domigo|doming|domingao)\b", "domingo"),
        (r"\b(?:feria|fera)\b", "feira"),
        (r"\b(?:semna|seman)\b", "semana"),
        (r"\b(?:fds|final de semana|fin de semana|finde)\b", "fim de semana"),
        (r"\b(?:nest|ness|est|ess|dest)a (manha|tarde|noite|noche)\b", r"hoje a \1"),
        (r"\besta manana\b", "hoje de manha"),
        (r"\bthis (morning|afternoon|evening)\b", r"today in the \1"),
        (r"\btonight\b", "today at night"),
        (r"\b(?:final|finalzinho|fimzinho)\b", "fim"),
        (r"\b(?:inicio|comecinho)\b", "comeco"),
        (r"\b(primeiro|1o) (?=de\b)|(?<=\bdia )(primeiro|1o)\b", "1 "),
        (r"(?<=\d)(?:st|nd|rd|th|o)\b", ""),
        (r"\b(?:os )?dias? (\d{1,2}) (a|ao|ate|e|ou|y|o) (?:o )?(?=\d{1,2}\b(?! ?h| horas))", r"dia \1 \2 dia "),
        (r"\b(as|pelas|das|ate|la|at) (?:uma|one|una)\b", r"\1 1"),
        (r"\b(?:uma|una)(?= (?:hora )?(?:e (?:meia|quinze|pouco)|da tarde|da manha|da madrugada|y media))", "1"),
        (r"\b(?:um|uma|un|una)(?= (?:dia|semana|mes)\b)|\b(?:a|an|one)(?= (?:day|week|month)\b)", "1"),
        (r"(?<=\dh)/(?=\d)|(?<=\dh\d\d)/(?=\d)", " ou "),
        (r"\bone(?= (?:pm|am|p\.m|o'clock)\b)", "1"),
        (r"\b(?<=las )dos\b|\b(?<=en )dos\b|\b(?<=de )dos(?= (?:dias|semanas))", "2"),
        (r"\b(?<=las )once\b", "11"),
    )
)


def normalise(text: str) -> str:
    """Return `text` as lower-case ASCII: accents off, any script's digits and number words as 0-9, typos mended."""
    text = unicodedata.normalize("NFC", text[:LONGEST_TEXT]).lower()
    for pattern, better in _ACCENTS_THAT_MATTER:
        text = pattern.sub(better, text)
    text = "".join(map(_ascii, unicodedata.normalize("NFKD", text))).lower()
    text = re.sub(r"[ \t\r\f\v]+", " ", re.sub(r"\s*\n\s*", "\n", text)).strip()
    for pattern, better in _SPELLINGS:
        text = pattern.sub(better, text)
    return re.sub(r" {2,}", " ", _count(text))


def _ascii(char: str) -> str:
    """Return one character of the normalised text for one decomposed character; never a wrong digit."""
    if char in "_=~":  # the marks of a reading, see Scan
        return " "
    if char.isascii():
        return char
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category in {"Mn", "Me", "Cf"}:
        return ""
    return {"Sc": "$", "Pd": "-", "Pi": '"', "Pf": "'"}.get(category, " ")


_NUMBER_WORDS = re.compile(rf"\b(?:{'|'.join([*_HUNDREDS, *_TENS, *_TEENS, *_UNITS])})\b")
_NEXT_WORD = re.compile(r"(?: (?:e|y) |-| )([a-z]+)\b")


def _count(text: str) -> str:
    """Replace number words below one thousand by digits ("vinte e cinco" -> "25", "tres e quinze" -> "3 e 15")."""
    out, position = [], 0
    while match := _NUMBER_WORDS.search(text, position):
        value, end = _add_up(text, match.group(), match.end())
        out.append(text[position : match.start()] + str(value))
        position = end
    return "".join(out) + text[position:]


def _add_up(text: str, word: str, end: int) -> tuple[int, int]:
    """Return the value of the number that starts with `word`, and where its last word ends."""
    value = (_HUNDREDS | _TENS | _TEENS | _UNITS)[word]
    while following := _NEXT_WORD.match(text, end):
        smaller = _smaller_part(value).get(following.group(1))
        if smaller is None:
            break
        value, end = value + smaller, following.end()
    return value, end


def _smaller_part(value: int) -> dict[str, int]:
    """Return the words that may follow `value` inside one number."""
    if value % 100 == 0:
        return _TENS | _TEENS | _UNITS | _ONES
    return _UNITS | _ONES if value % 10 == 0 and value % 100 > 10 else {}


def words(names: Iterable[str]) -> str:
    """Return a regular expression for any of the names, the longest first."""
    return "|".join(sorted(map(re.escape, names), key=lambda name: (-len(name), name)))


_WEEKDAY = words(WEEKDAYS)
# "… às 15h" behind a day that is past.
_AT = r"(?:\s?,?\s(?:as|at|a las)\s\d{1,2}(?:\s?[h:]\s?\d{0,2})?(?:\sd[ae]\s(?:manha|tarde|noite))?)?"
# Prices, phones, ages, quantities, greetings, names and the past: none of them is a wish.
NOISE = re.compile(
    "|".join(
        (
            r"(?:r\$|us\$|\$)\s?\d[\d.,]*",
            (
                r"\b\d[\d.,]*\s?(?:mil\s)?(?:reais|real|contos?|pilas?|mangos|paus|dolares|euros|dollars|brl"
                r"|usd|%|por cento)"
            ),
            r"\bhttps?://\S+|\bwww\.\S+|\S+@\S+|\b[\w-]+\.com\S*",
            (
                r"(?<![\d/])(?:\+?\d{1,3}[\s.-]?)?(?:\(?\d{2,3}\)?[\s.-]?)?\d{4,5}[\s.-]?\d{4}(?![\d/])"
                r"|\d{5,}(?:-\d+)?"
            ),
            r"\d{1,3}\.\d{3}\.\d{3}-\d{2}",
            r"\b\d{1,3}\s?(?:e meio\s)?(?:anos?|aninhos|years?|yo|anitos|kg|km|m2|metros)\b",
            r"\b\d{1,2}/\d{1,2}\s(?:vezes|horas?|sessoes|pessoas|periodos?)|\b\d{1,3}\s?(?:x|vezes|times|veces)\b",
            (
                r"\b(?:bom|bons|boa|boas|buen|buenos|buenas|good) (?:dias?|tardes?|noites?|noches|morning"
                r"|afternoon|evening|night)\b"
            ),
            (
                r"\b(?:ate )?mais tarde\b|\b(?:muito|ja ta|ja|ta|meio|tao|tan|cheg\w+|too|muy) tarde\b"
                r"|\btarde demais\b"
            ),
            r"\b(?:tao|mais|muito) cedo\b|\bhoje em dia\b|\bum dia desses\b|\btodo dia\b|\bdia a dia\b",
            r"\b(?:meu nome(?: completo)? (?:e|eh)|me chamo|my name is|me llamo|mi nombre es|nome:) [a-z]+",
            # Streets are named after dates, and a birthday is no wish.
            (
                r"\b(?:rua|r\.|av\.?|avenida|praca|travessa|alameda|rodovia|estrada|bairro|esquina) (?:da |do |de )?"
                rf"\d{{1,2}} de (?:{words(MONTHS)})\b"
            ),
            (
                r"\b(?:aniversario|nasci|nascid[oa]|nascimento):?(?: (?:e|eh|em|no|dia|foi|sera)){0,3}"
                r" \d{1,2}(?:[/.-]| de )\w+(?:(?:[/.-]| de )\d{2,4})?"
            ),
            r"\bde \d+ em \d+ dias\b",
            rf"\b(?:ontem|anteontem|ayer|anteayer|yesterday|last (?:night|week|month|{_WEEKDAY}))\b{_AT}",
            rf"\b(?:{_WEEKDAY})(?:[\s-]feira)? (?:passad[ao]|pasad[ao]|retrasad[ao])\b{_AT}",
            r"\b(?:semana|mes|ano|fim de semana) (?:passad[ao]|pasad[ao]|retrasad[ao])\b",
            (
                r"(?<!daqui )\b(?:ha|faz|hace) \d+ (?:dias?|semanas?|meses|mes)\b|\b\d+ (?:dias?|semanas?|meses|days?"
                r"|weeks?) (?:atras|ago)\b"
            ),
            (
                r"\b(?:segunda|terca|quarta|quinta|sexta|[2-6]a) (?:vez|sessao|consulta|aula|opcao|parte"
                r"|parcela|via|tentativa"
                r"|filha|pessoa|mensagem|pergunta|chance|dose|etapa|avenida|turma|serie|mao)\b"
            ),
            (
                rf"(?:[,.!;\n]\s?|obrigad[ao],? |brigad[ao],? |valeu,? "
                rf"|tchau,? )(?:entao )?ate (?:{_WEEKDAY})(?=\s?[!.]*\s?$)"
            ),
            r"(?:^|[,.!;\n]\s?|obrigad[ao],? |brigad[ao],? |valeu,? |tchau,? )(?:entao )?ate amanha(?=\s?[!.]*\s?$)",
            r"\bate (?:logo|breve|ja|la)\b",
        )
    )
)
# Lengths of time; read after the days, because "15h de sexta" is none.
LENGTHS = re.compile(
    "|".join(
        (
            r"\b(?:abert\w+|atend\w+|funcion\w+|open) 24 ?(?:h|hs|horas|hours)\b",
            r"\b(?:custa|cobra[a-z]*|quanto (?:e|eh|fica)|sessao|aula|consulta|pacote) [1-4] ?(?:h|hs|horas?|hours?)\b",
            r"\b(?:meia|uma|1/2|media|half an) (?:hora|hour)\b(?! d[ae] (?:manha|tarde))",
            (
                r"\b\d{1,3}\s?(?:h|hrs?|hs|horas?|hours?)(?:\s?\d{2})?\s(?:antes|depois|atras|before|later"
                r"|ago|por dia|diarias?"
                r"|de (?!X|D|T|manha|tarde|noite|madrugada|la ))"
            ),
            (
                r"\b(?:durante|duram?|faz|ha|hace|mais de|menos de|ultimas|for|durar?)\s(?:[1-9]"
                r"|1[0-2])\s?(?:horas?|hours?|hrs?|hs?)\b"
            ),
            (
                r"\b(?:de|por)\s[1-4]\s?(?:horas?|hrs?|hs?)(?:\s?(?:e\s)?(?:\d{2}|meia))?\b"
                r"(?!\s?(?:as|a|ate|-|to|e)\s(?:as\s)?[\dm])(?!\sd[ae]\s(?:manha|tarde|noite))"
            ),
            (
                r"(?<!h )(?<!h e )(?<!horas )(?<!horas e )(?<!hora e )"
                r"\b\d{1,3}\s?(?:min|mins|minutos?|minutes?)\b(?!\s(?:para|to|past)\s)"
            ),
        )
    )
)


class Which(StrEnum):
    """Which of the coming Thursdays "quinta" means."""

    PLAIN = "plain"
    COMING = "coming"
    NEXT = "next"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Fixed:
    """A day, or a span of days with both ends inside it."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Weekday:
    """A weekday's name: 0 is Monday."""

    index: int
    which: Which = Which.PLAIN


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something about days or times that only the client can settle; `about`: the date said, where it is one."""

    question: str
    about: date | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock time as said; more than one reading when "3" may be 03:00 or 15:00."""

    readings: tuple[time, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """Between two clock times; the same twice is an exact time, None an open end."""

    first: Clock | None
    last: Clock | None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the day."""

    first: time
    last: time


Day = Fixed | Weekday | Doubt
Hour = Window | Part | Doubt


@dataclass(frozen=True, slots=True)
class Mention:
    """One thing said, and where in the marked text."""

    start: int
    end: int
    value: Day | Hour


@dataclass(slots=True)
class Scan:
    """A text while it is read.

    What a rule has read is overwritten, so that no later rule reads it again and rules for "until …" or "from …
    to …" can be written over the marks: "D===" a day, "T___" a time, "X~~~" what only looks like one. Normalised
    text has no capitals, and none of the three signs.
    """

    text: str
    now: datetime
    found: list[Mention] = field(default_factory=list)
    # The same text without marks, for whoever wants to know how a thing was said.
    source: str = field(init=False)

    def __post_init__(self) -> None:
        self.source = self.text

    @property
    def today(self) -> date:
        return self.now.date()

    def mark(self, start: int, end: int, *, letter: str) -> None:
        fill = {"D": "=", "T": "_", "X": "~"}[letter]
        self.text = self.text[:start] + letter + fill * (end - start - 1) + self.text[end:]

    def take(self, start: int, end: int, *, value: Day | Hour) -> None:
        """Remember `value`, in place of what was found inside the same stretch of text."""
        self.found = [mention for mention in self.found if mention.end <= start or mention.start >= end]
        self.found.append(Mention(start, end, value))
        self.mark(start, end, letter="D" if isinstance(value, Fixed | Weekday) else "T")

    def value_at(self, position: int) -> Day | Hour:
        return next(mention.value for mention in self.found if mention.start == position)

    def apply(self, rules: Iterable["Rule"]) -> None:
        """Read with each rule in order; a builder that answers None leaves the words to later rules."""
        for pattern, build in rules:
            position = 0
            while match := pattern.search(self.text, position):
                value = build(match, self)
                if value is not None:
                    self.take(match.start(), match.end(), value=value)
                position = max(match.end(), match.start() + 1)

    def hide(self, pattern: re.Pattern[str]) -> None:
        """Overwrite what only looks like a time."""
        for match in list(pattern.finditer(self.text)):
            self.mark(match.start(), match.end(), letter="X")


Builder = Callable[[re.Match[str], Scan], Day | Hour | None]
Rule = tuple[re.Pattern[str], Builder]


def compile_rules(*rules: tuple[str, Builder]) -> tuple[Rule, ...]:
    """Return the rules ready for `Scan.apply`."""
    return tuple((re.compile(pattern), build) for pattern, build in rules)
