"""What a model may read of a text that somebody else wrote: nothing invisible, no role of its own, no private number.

The row keeps the text as it came; these functions make the copy that leaves the house. Pure; Brazil first.
"""

import re
import unicodedata

PHONE, EMAIL, CPF, CARD = "[telefone]", "[e-mail]", "[CPF]", "[cartão]"


def for_model(text: str) -> str:
    """Return the copy of `text` for a model: plain characters, private data masked, control marks made harmless."""
    return disarm(mask(plain(text)))


# --- Characters ----------------------------------------------------------------------------------------------

# Letters and marks that show nothing: fillers, a joiner, the blank Braille pattern, variation selectors; keycaps.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u20e3\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
_LINE_ENDS = re.compile("\r\n?|[\u0085\u2028\u2029]")
_PILED = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff]{2})[\u0300-\u036f\u0483-\u0489\u1ab0-\u20ff]+"
)


def plain(text: str) -> str:
    """Return `text` in compatibility form (full-width "１５ｈ" is "15h"), without what nobody sees."""
    text = _BLANK.sub("", _LINE_ENDS.sub("\n", text))
    text = unicodedata.normalize("NFKC", "".join(map(_shown, text)))
    return _BLANK.sub("", _PILED.sub(r"\1", text))


def _shown(character: str) -> str:
    """Return a character that shows; zero-width, tag, bidi and private ones do not, other controls are blanks."""
    if character == "\n":
        return character
    category = unicodedata.category(character)
    if category in ("Cf", "Co", "Cn", "Cs"):
        return ""
    return " " if category == "Cc" else character


# --- Private data --------------------------------------------------------------------------------------------

_GAP = r"[\s.\-–—_/]{0,3}"
_AREA = rf"\(?{_GAP}0?{_GAP}(?:x{{2}}{_GAP})?[1-9]\d{_GAP}\)?{_GAP}"
_NUMBER = rf"(?:9{_GAP})?\d{{4}}{_GAP}\d{{4}}"
_PHONE = re.compile(
    "|".join(
        (
            # "+55 (11) 98765-4321", "055 11 …", "11 9 8765 4321", "(0xx11) 3333-4444"
            rf"(?<![\d/,.])(?:\+|00)?{_GAP}(?:55{_GAP})?{_AREA}{_NUMBER}(?![\d/]|[.,]\d)",
            # Without an area code: mobiles begin with 9, landlines with 2 to 5; "2025-2026" is none.
            rf"(?<![\d/,.])(?<!\d:)9{_GAP}\d{{4}}{_GAP}\d{{4}}(?![\d/]|[.,]\d)",
            r"(?<![\d/,.])(?<!\d:)(?!(?:19|20)\d\d\D{1,3}(?:19|20)\d\d)[2-9]\d{3}[ .\-–]{1,3}\d{4}(?![\d/:]|[.,]\d)",
            r"(?<!\d)0[3589]00[\s.\-]{0,2}\d{3}[\s.\-]{0,2}\d{3,4}(?!\d)",
            r"(?<!\d)\+\s?\d(?:[\s().\-–]{0,2}\d){6,14}(?!\d)",
            # Digit by digit, and whatever else is too long for a date, an hour or a price.
            r"(?<![\d/,.])(?<!\d:)\d(?:[\s.\-,_]{1,2}\d){7,14}(?![\d/]|[.,]\d)",
            r"(?<!\d)(?!(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d(?!\d))\d{8,}(?!\d)",
        )
    )
)
_DIGIT_WORD = (
    r"(?:zero|uma?|dois|duas|tr[eê]s|quatro|cinco|seis|meia|sete|oito|nove|dez|onze|doze|treze|quatorze|catorze|quinze"
    r"|dezesseis|dezessete|dezoito|dezenove|vinte|trinta|quarenta|cinquenta|sessenta|setenta|oitenta|noventa|\d{1,4})"
)
_SPOKEN = re.compile(rf"(?<!\w){_DIGIT_WORD}(?:[\s,.\-]+(?:e\s)?{_DIGIT_WORD}){{7,}}(?!\w)", re.IGNORECASE)
_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]+\s?@\s?[\w-]+(?:\s?\.\s?[\w-]{2,})+")
_SPOKEN_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]+\s?(?:\barroba\b|\(at\)|\[at\]|\(arroba\)|\[arroba\])\s?[\w-]+"
    r"(?:\s?(?:\bponto\b|\bdot\b|\(dot\)|\.)\s?[\w-]{2,}){1,3}",
    re.IGNORECASE,
)
_CPF = re.compile(r"(?<!\d)\d{3}[.\s]\d{3}[.\s]\d{3}[\s\-–/.]{1,3}\d{2}(?!\d)|(?<!\d)\d{9}[\s\-–/]{1,3}\d{2}(?!\d)")
_ELEVEN = re.compile(r"(?<!\d)\d{11}(?!\d)")
_CARD = re.compile(r"(?<!\d)(?:\d{4}[ .\-]?){3}\d{4}(?!\d)")


def mask(text: str) -> str:
    """Replace e-mail addresses, CPF, card and phone numbers, in every way that Brazilians write them."""
    text = _SPOKEN_EMAIL.sub(EMAIL, _EMAIL.sub(EMAIL, text))
    text = _CARD.sub(CARD, _CPF.sub(CPF, text))
    text = _ELEVEN.sub(lambda match: CPF if _is_cpf(match.group()) else PHONE, text)
    return _PHONE.sub(PHONE, _SPOKEN.sub(_mask_spoken, text))


def _mask_spoken(match: re.Match[str]) -> str:
    """Hours one after the other ("9, 10, 11, 14, …") are no phone; words of digits are."""
    return PHONE if re.search(r"[^\W\d_]{3,}", match.group()) else match.group()


def _is_cpf(digits: str) -> bool:
    """Whether the two check digits fit; a mobile number has eleven digits as well."""
    numbers = [int(digit) for digit in digits]
    if len(set(numbers)) == 1:
        return False
    for length in (9, 10):
        weighed = sum(number * (length + 1 - place) for place, number in enumerate(numbers[:length]))
        if weighed * 10 % 11 % 10 != numbers[length]:
            return False
    return True


# --- Marks of control ----------------------------------------------------------------------------------------

_ROLE = (
    r"system|assistant|user|tool|developer|function|human|model|sistema|assistente|usu[áa]rio|ferramenta"
    r"|instru[çc](?:ão|ões)"
)
_LINE_ROLE = re.compile(rf"^(?P<lead>[\s>*\-\[(]*)(?P<role>{_ROLE})(?P<mark>[\])*\s]*:)", re.IGNORECASE | re.MULTILINE)
_JSON_ROLE = re.compile(r"""(["'])(role|tool_calls?|tool_call_id|function_call)\1\s*:""", re.IGNORECASE)
_BRACKETED = re.compile(
    r"\[(/?)(INST|SYS|SYSTEM|ASSISTANT|USER|TOOL_CALLS?|TOOL_RESULTS?|AVAILABLE_TOOLS)\]", re.IGNORECASE
)
_HEADING = re.compile(rf"^\s*#+\s*(?=(?:{_ROLE}|instruction|response|input)\b)", re.IGNORECASE | re.MULTILINE)


def disarm(text: str) -> str:
    """Make what looks like a role, a control token or a tool's answer read as the words of a person.

    Some tokenizers read control tokens inside a message; and a model may take "system:" for more than it is.
    """
    text = text.replace("<", "‹").replace(">", "›").replace("‹|", "‹").replace("|›", "›")
    text = _JSON_ROLE.sub(r"(\2)", _BRACKETED.sub(r"(\1\2)", text))
    return _LINE_ROLE.sub(r"\g<lead>“\g<role>” ", _HEADING.sub("", text))
