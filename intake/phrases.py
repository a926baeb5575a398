"""Short answers that need no model: yes and no, a number, stop, a person. Pure; Portuguese, English, Spanish."""

import re
import unicodedata

_COURTESY = (
    "obrigad[oa]|brigad[oa]|valeu|vlw|obg|por favor|pf|pfv|ta|tá|ok|okay|thanks|thank you|please|gracias"
    "|bom dia|boa tarde|boa noite|oi|ola|perfeito|otimo|show|beleza|blz|combinado|certo|isso|claro|pode ser"
    "|muito|muit[oa]|ai|entao|eu|a[ií]|moca|moco|querid[oa]|excelente|maravilha|great|perfect|vale|bueno"
    "|hola|buen(?:os|as)? (?:dias?|tardes|noches)|buenas|much[ao]s|muy amable|porfa|listo|genial|entonces"
    "|very much|so much"
)
_YES = (
    "s+i+m+|serve|s|ss|(?:e )?isso|(?:e )?isso mesmo|aham|uhum"
    "|confirmo|confirmad[oa]|confirma|confirmar|pode confirmar|pode sim|pode ser"
    "|pode marcar|quero sim|com certeza|claro|claro que sim|fechado|fechou|combinado|ok|okay|certo|beleza|blz"
    "|perfeito|positivo|yes|yep|yeah|yup|sure|confirm|si|claro que si|dale|confirmo si|ta bom|tudo bem|ta otimo"
    "|pode|marca|marque|marcar|👍|✅"
    "|sip|listo|de acuerdo|esta bien|perfecto|genial|por supuesto|correcto|exacto|asi es|de una"
    "|yes please|correct|of course|absolutely|sounds good|go ahead|that works|that's (?:fine|right)"
)
_NO = (
    "nao+|n|nn|nao quero|nao confirmo|nao obrigad[oa]|melhor nao|nenhuma?(?: del[ea]s| dess[ea]s)?|negativo|deixa"
    "|deixa pra la|desisto|esquece"
    "|no|nope|no thanks|no gracias|nah|👎|❌"
    "|no quiero|mejor no|por ahora no|ningun[oa](?: de (?:ell|es)[oa]s)?|dejal[oa](?: (?:asi|como esta))?|olvidal[oa]"
    "|no thank you|not now|none(?: of (?:them|these|those))?|never ?mind|forget it"
)
_STOP = r"(?:parar|pare|sair|stop|unsubscribe|descadastrar|salir|dar(?:me)? de baja)"
_HUMAN = (
    r"\b(?:falar|conversar|fala)\b.{0,20}\b(?:pessoa|humano|atendente|alguem|gente|el[ea]|profissional|responsavel)\b"
    r"|\b(?:falar|conversar) com [ao] (?:dra?|doutora?)$"
    r"|\b(?:hablar|conversar|comunicar(?:me)?)\b.{0,20}\b(?:persona|humano|alguien|asesora?|recepcionista)\b"
    r"|\b(?:talk|speak|chat)\b.{0,20}\b(?:person|human|someone|somebody|agent)\b"
    r"|\b(?:atendente|ser humano|pessoa de verdade|persona (?:real|de verdad)|real person)\b"
    r"|^(?:humano|pessoa|human|person|persona)$"
)
_RECEPTION = (
    r"(?:(?:quero|quiero) )?(?:(?:falar|voltar(?: a falar)?|(?:volver a )?hablar|volver|(?:go )?back|talk) )?"
    r"(?:(?:com|para|pra|con|a|to) )?(?:(?:a|o|la|el|the) )?(?:recepcao|robo|bot|robot|reception|recepcion)"
)
_UNDO = r"(?:desfazer|desfaz|desfaca|undo|undo it|deshacer|deshaz)"


def _counted(*words: str) -> dict[str, int]:
    return {word: number for number, same in enumerate(words, start=1) for word in same.split()}


_NUMBER_WORDS = _counted(
    "um uma uno una one", "dois duas dos two", "tres three", "quatro cuatro four", "cinco five", "seis six"
)
_ORDINALS = _counted(
    "primeir primer first", "segund second", "terceir tercer third", "quart cuart fourth", "quint fifth", "sext sixth"
)
_LAST = r"(?:a|o|la|el|the) (?:ultim[ao]|last)(?: (?:opcao|opcion|option|horario|one))?"
_TAKING = r"^(?:pode ser|queria|prefiro|fico com|vou (?:de|com|querer)|i'll take|i prefer|quisiera|prefiero) "


def normalise(text: str) -> str:
    """Return the text in lower case without accents, invisible characters, skin tones and outer punctuation."""
    plain = "".join(
        character
        for character in unicodedata.normalize("NFKD", text).casefold()
        if unicodedata.category(character) not in ("Mn", "Cf", "Me") and not "\U0001f3fb" <= character <= "\U0001f3ff"
    )
    return re.sub(r"\s+", " ", plain).strip(" .,;:!?¡¿…\"'*_~")


def yes_or_no(text: str) -> bool | None:
    """Return what a short answer says; None when it says something else as well (a wish, a question)."""
    if "?" in text:
        return None
    parts = [part for part in re.split(r"[.,;!\n]+", normalise(text)) if part.strip()]
    said = {_reading(part.strip()) for part in parts} - {"courtesy"}
    if said == {"yes"}:
        return True
    return False if said == {"no"} else None


def begins_with_no(text: str) -> bool:
    """Return whether a longer answer is a no all the same ("não, deixa, eu vou sim"); "não entendi" is none."""
    return (
        re.match(
            r"(?:nao|no)\s*[,.!;]|nao (?:precisa|quero|vou|deixa|obrigad)|deixa|esquece|melhor nao"
            r"|no (?:hace falta|quiero|voy|gracias|thank)|dejal[oa]|olvidal[oa]|mejor no|never ?mind|forget it",
            normalise(text),
        )
        is not None
    )


def number(text: str, *, count: int = 0) -> int | None:
    """Return the number that an answer consists of ("2", "a segunda", "2️⃣", "o último" of `count`), or None."""
    plain = re.sub(_TAKING, "", normalise(text))
    if match := re.fullmatch(
        r"(?:a |o |opcao |op |numero |n[ºo°]? ?|quero (?:a |o )?)*(\d{1,2})(?:[ªaº)o.]| por favor)?"
        r"|(?:(?:quiero|la|opcion|option|number|the) )+(\d{1,2})(?: por favor| please)?"
        r"|el (\d)",  # "el 20" is a date
        plain,
    ):
        return int(match[match.lastindex or 0])
    # As a voice message has it written; "a uma" is one o'clock.
    if spoken := re.fullmatch(
        rf"(?:(?:[ao] )?(?:opcao|numero|opcion|option|number) )?({'|'.join(_NUMBER_WORDS)})", plain
    ):
        return _NUMBER_WORDS[spoken[1]]
    ordinal = re.fullmatch(
        rf"(?:(?:quero|quiero) )?(?:a|o|la|el|the) ({'|'.join(_ORDINALS)})[ao]?(?: (?:opcao|opcion|option|one))?", plain
    )
    if ordinal is None:
        return count or None if re.fullmatch(_LAST, plain) else None
    return _ORDINALS[ordinal[1]]


def wants_to_stop(text: str) -> bool:
    """Return whether the text is nothing but an opt-out word. "Cancelar" means an appointment, never this."""
    return re.fullmatch(_STOP, normalise(text)) is not None


def wants_to_undo(text: str) -> bool:
    """Return whether a short text wishes to undo what was just done."""
    plain = normalise(text)
    return re.search(rf"\b{_UNDO}\b", plain) is not None and len(plain.split()) <= 8 and "nao" not in plain.split()


def wants_a_person(text: str, *, name: str = "") -> bool:
    """Return whether somebody asks for a human being, or for the professional by name ("falar com a Ana")."""
    plain = normalise(text)
    called = re.escape(normalise(name))
    by_name = (
        r"\b(?:falar|conversar|fala|talk|speak|hablar) (?:(?:direto|directo|directamente) )?(?:com|to|with|con) "
        rf"(?:(?:a|o|la|el) )?(?:(?:dra?\.?|doctora?) )?{called}\b"
    )
    return re.search(_HUMAN, plain) is not None or bool(called and re.search(by_name, plain))


def wants_the_reception(text: str) -> bool:
    """Return whether somebody who waits for a person would rather have the automatic reception again."""
    return re.fullmatch(_RECEPTION, normalise(text)) is not None


def _reading(part: str) -> str:
    """Say what one clause is: courtesy words may stand around a yes and after a no."""
    if re.fullmatch(rf"(?:{_NO})(?: (?:{_COURTESY}))*", part):
        return "no"
    if re.fullmatch(rf"(?:(?:{_COURTESY}) )*(?:{_YES})(?: (?:{_YES}|{_COURTESY}))*", part):
        return "yes"
    if re.fullmatch(rf"(?:{_COURTESY})(?: (?:{_COURTESY}))*", part):
        return "courtesy"
    return "other"
