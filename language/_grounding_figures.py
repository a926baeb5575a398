"""Which prices, lengths and other figures of a sentence are known: whatever digit is left over is not.

Figures are read from the normalised text, where "duzentos", "２００" and "200" are the same.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from language._when_words import Scan, normalise


@dataclass(frozen=True, slots=True)
class Service:
    """What a tool told of a service; without a length where only the price was told."""

    name: str
    price: Decimal
    length: timedelta | None = None


_AMOUNT = r"\d{1,3}(?:[.,]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?"
_UNIT = r"(?:reais|real|reales|brl|contos?|pilas?|mangos|pratas|paus|pesos)"
_PRICE = re.compile(
    rf"r\$\s?(?P<marked>{_AMOUNT})(?P<kilo>\s?mil\b)?"
    rf"|(?:(?P<thousands>\d+)\s)?(?P<mil>mil\b)(?:\s(?:e\s)?(?P<rest>{_AMOUNT}))?\s{_UNIT}\b"
    rf"|(?P<worded>{_AMOUNT})\s?{_UNIT}\b(?:\se\s(?P<cents>\d\d?)\scentavos)?"
)
# "O valor é 200": a number with no unit behind a word for price; times and dates are marks by then.
_NAKED = re.compile(
    r"\b(?:custam?|valor|preco|(?:sai|saem|fica|ficam) (?:por|a)|por apenas|cobr[oa]|cobramos|investimento"
    rf"|price|costs?|cuesta|vale|precio)\b[^\d.!?DT]{{0,25}}(?P<asked>{_AMOUNT})(?![\d:h])"
    rf"|(?P<paid>{_AMOUNT}) (?:no pix|a vista|por (?:sessao|hora|consulta|pessoa|mes|sesion)|cada|no cartao|per)\b"
)
_OTHER_MONEY = re.compile(
    r"(?:us\$|(?<!r)\$)\s?\d|\d\s?(?:\$|usd\b|dolar|dollar|euros?\b|bucks)|\d\s?(?:%|por cento|percent)"
    r"|\b(?:metade|half|mitad|dobro|double|triplo|terco|um quarto)\b(?! (?:past|an hour))"
    # Amounts that no number word of the normalised text stands for.
    r"|\bmil(?:hao|hoes|hares)?\b(?! (?:desculpas|perdoes|gracias|obrigad))|\b(?:thousand|duzias?|dozens?|centenas?)\b"
    r"|\b(?:cen|duzen|trezen|quatrocen|quinhen)t(?:ao|oes|inhos?)\b|\b(?:vint|trint|cinquent)(?:ao|inhas?)\b"
    r"|\b(?:um|uma|one|un) (?:real|reais|conto|buck|dollar|peso)\b"
)
_FOR_NOTHING = re.compile(
    r"\b(?:gratuit[oa]s?|gratuitamente|gratis|de graca|0800|cortesia|por conta da casa|brinde|(?:nao|nunca) (?:eh "
    r"|e |sera )?cobr\w+"
    r"|nao (?:paga|custa) nada|nao tem custo|sem (?:nenhum )?custos?|(?:custo|valor) zero|free of charge|for free"
    r"|on the house|complimentary|no charge|it's free|is free of|sin (?:costo|cargo))\b"
)
_LENGTH = re.compile(
    r"\b(?P<count>\d+(?:[.,]\d+)?|uma|one|una|an|meia|media|half an)\s?-?"
    r"(?P<unit>minut[oe]s?|mins?|m|horas?|hrs?|hs?|hours?|hora|dias?|days?|semanas?|weeks?)\b"
    r"(?:\s?(?:e|y|and)?\s?(?P<more>meia|media|a half|\d{1,2})(?:\s?(?:minut[oe]s?|mins?|m)\b)?(?!\s?[\d:h/]))?"
)
_MINUTES = {"m": 1, "h": 60, "d": 24 * 60, "s": 7 * 24 * 60, "w": 7 * 24 * 60}
_WORDED = {"meia": 0.5, "media": 0.5, "half an": 0.5}
# "1 dia" is what the normalised text makes of "um dia": a length only beside "antes".
_SOME_DAY = re.compile(r"\b1 (?:dia|semana|mes|day|week|month)\b(?!,? (?:de )?(?:ante|befor|prior|depois|after|later))")
# Numbers that count what stands before everybody's eyes, and "um minuto, por favor".
_COUNTED = re.compile(
    r"\b(?:opcao|opcoes|numeros?|alternativas?|itens|item|options?|numbers?|opcion|opciones|responda|digite|reply"
    r"|answer)(?: (?:com|with|o|a|de|numero|the))* \d{1,2}(?:(?:,| e| ou| or| and| y| o| a| ao)+ \d{1,2})*\b"
    r"|\b\d (?:opcoes|options|opciones|perguntas?|alternativas|questions?|preguntas?)\b|\b(?:d?[oa]s|n[oa]s|entre"
    r"|the|los|las|these|those|both|ess[ea]s|est[ea]s) [23]\b(?! ?(?:h|min|dia|seman|mes|vez))"
    # The emergency numbers.
    r"|\b(?:ligue|ligar|disque|cvv|samu|bombeiros|policia)\b\D{0,25}\b(?:188|19[0-3])\b"
    r"|(?<![\d/.,:])\d{1,2}\)(?=\s)|\b1 (?:minut\w+|segundo\w*|instante|moment\w*|second)\b"
)
DURATION = re.compile(rf"\b(?:duram?|duracao(?: (?:de|eh|e|media))*|lasts?|takes|for|dura) (?:{_LENGTH.pattern})")


def find_unknown(read: Scan, *, prices: Collection[Decimal], lengths: Collection[timedelta], told: str) -> str | None:
    """Return the first figure of a sentence that is no known price, no known length, and was told by nobody."""
    said = [_amount(match) for match in _PRICE.finditer(read.source)]
    said += [_decimal(match.group("asked") or match.group("paid")) for match in _NAKED.finditer(read.text)]
    said += [Decimal(0)] * bool(_FOR_NOTHING.search(read.source) and not _FOR_NOTHING.search(told))
    unknown = [f"price {price}" for price in said if price not in prices]
    unknown += [f"figure {odd.group()}" for odd in _OTHER_MONEY.finditer(_money_out(read)) if odd.group() not in told]
    unknown += [f"length {match.group()}" for match, length in _lengths(read) if length not in lengths]
    known = {*prices, *_numbers(told)}
    unknown += [f"figure {number}" for _, number in _left_over(read) if number not in known]
    return f"unknown {unknown[0]}" if unknown else None


def find_mixed_up(read: Scan, services: Collection[Service]) -> str | None:
    """Return the first price or length that stands beside the name of a service which has another one."""
    named = _named(read.source, services)
    prices = {service.price for service in services}
    said: list[tuple[int, str, Decimal | timedelta]] = []
    said += [(match.start(), "price", _amount(match)) for match in _PRICE.finditer(read.source)]
    said += [(match.start(), "length", length) for match, length in _lengths(read)]
    said += [(at, "price", number) for at, number in _left_over(read) if number in prices]
    for at, kind, figure in said:
        near = [one for start, one in named if start < at][-1:] or [one for _, one in named][:1]
        known = {getattr(service, kind) for service in (near[0] if near else ())} - {None}
        if known and figure not in known:
            return f"{kind} of another service"
    return None


def _named(source: str, services: Collection[Service]) -> list[tuple[int, list[Service]]]:
    """Return where a sentence names services, by a word that only one name has ("casal" in "Sessão de casal")."""
    words = {service: set(normalise(service.name).split()) for service in services}
    found = []
    for word in {word for of_name in words.values() for word in of_name if len(word) > 2}:
        meant = [service for service in services if word in words[service]]
        if len({service.name for service in meant}) == 1:
            found += [(match.start(), meant) for match in re.finditer(rf"\b{re.escape(word)}\b", source)]
    return sorted(found, key=lambda each: each[0])


def _money_out(read: Scan) -> str:
    return _blank(read.source, [match.span() for match in _PRICE.finditer(read.source)])


def _lengths(read: Scan) -> Iterator[tuple[re.Match[str], timedelta]]:
    """Yield each length of time."""
    text = _SOME_DAY.sub(_spaces, _COUNTED.sub(_spaces, _times_out(read)))
    for match in _LENGTH.finditer(text):
        count, unit, more = match.group("count", "unit", "more")
        minutes = _MINUTES[unit[0]] * (float(count.replace(",", ".")) if count[0].isdigit() else _WORDED.get(count, 1))
        minutes += 0 if not more else int(more) if more.isdigit() else _MINUTES[unit[0]] / 2
        yield match, timedelta(minutes=minutes)


def _left_over(read: Scan) -> list[tuple[int, Decimal]]:
    """Return the numbers that are neither times nor dates nor prices nor lengths, and where they stand."""
    text = _SOME_DAY.sub(_spaces, _COUNTED.sub(_spaces, _times_out(read)))
    for pattern in (_PRICE, _LENGTH):
        text = pattern.sub(_spaces, text)
    return [(match.start(), _decimal(match.group())) for match in re.finditer(_AMOUNT, text)]


def _numbers(told: str) -> list[Decimal]:
    return [_decimal(number) for number in re.findall(_AMOUNT, told)]


def _times_out(read: Scan) -> str:
    return _blank(read.source, [(mention.start, mention.end) for mention in read.found])


def _blank(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _spaces(match: re.Match[str]) -> str:
    return " " * len(match.group())


def _amount(match: re.Match[str]) -> Decimal:
    said = match.groupdict()
    if said["mil"]:
        return int(said["thousands"] or 1) * 1000 + _decimal(said["rest"] or "0")
    amount = _decimal(said["marked"] or said["worded"] or "0")
    return amount * (1000 if said["kilo"] else 1) + Decimal(said["cents"] or 0) / 100


def _decimal(text: str) -> Decimal:
    """Return "1.234,56", "200,00" or "200.00" as a number: two digits behind the last sign are cents."""
    whole, cents = re.fullmatch(r"(.*?)(?:[.,](\d{1,2}))?", text).groups()  # type: ignore[union-attr]
    return Decimal(re.sub(r"[.,]", "", whole) + "." + (cents or "0"))
