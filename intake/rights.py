"""Who asks for personal data: for their own (LGPD, article 18), or for somebody else's. Pure; three languages."""

import re

from intake.phrases import normalise

_OWN = (
    r"(?:meus dados\b(?! (?:bancarios|de pagamento))|meu (?:cadastro|historico)"
    r"|minhas? (?:informac\w+|ficha|conversas?)|tudo sobre mim"
    r"|my (?:personal )?(?:data|information|records?|history|account)"
    r"|mis datos\b(?! bancarios)|mi (?:ficha|historial|informacion)|todo sobre mi|everything about me)"
)
_ERASE = r"(?:apag\w+|exclu\w+|elimin\w+|delet\w+|remov\w+|borr\w+|suprim\w+|erase|forget)"
_SEE = (
    r"(?:ver|acessar|acesso (?:a|aos)|baixar|exportar?|copia d[eo]s?|receber|me (?:envi|mand|pass|mostr)\w+|quais sao"
    r"|see|access(?: to)?|download|export|copy of|send me|give me|descargar|acceder a|acceso a|(?:envia|manda|da)me)"
)
_RIGHTS = (
    rf"\b{_ERASE}\b.{{0,20}}\b{_OWN}|\b{_SEE}\b.{{0,15}}\b{_OWN}"
    r"|^(?:oi |ola )?(?:eu )?(?:quero|queria|quiero|i want) (?:ter )?(?:os )?(?:meus dados|mis datos|my data)$"
    r"|\b(?:quais|que) (?:sao os )?dados (?:pessoais )?(?:meus )?(?:(?:que )?(?:voces?|vcs?) )?(?:tem|guardam?)\b"
    r"|\bque datos (?:personales )?(?:mios )?(?:tienen?|guardan?)\b"
    r"|\bwhat (?:personal )?data do you (?:have|keep|store)\b"
    r"|\b(?:lgpd|gdpr|lei geral de protecao de dados|direito ao esquecimento|portabilidade d[eo]s? (?:meus )?dados)\b"
)
# Whoever tells the data of a child that is to come asks for nothing.
_ASKS = rf"\b(?:{_ERASE}|{_SEE}|quero|queria|preciso|pass[ae]|quais|qual|quiero|necesito|i want|i need|show|tell)\b"
_RECORD = r"(?:dados|cadastro|ficha|prontuario|historico|conversas?|data|records?|datos|historial|expediente)"
_OF = r"(?:d[aeo]s?|del?|of|about|sobre) (?:(?:a|o|la|el|meu|minha|outr[oa]|mi|my|otr[oa]|other) )*"
_RELATIVE = (
    r"(?:mae|pai|filh[oa]|marido|espos[oa]|mulher|namorad[oa]|irma|irmao|amig[oa]|vizinh[oa]|chefe|client[ea]s?"
    r"|pacientes?|pessoas?|madre|padre|hij[oa]|novi[oa]|herman[oa]|mother|father|son|daughter|husband|wife|friend|clients?)"
)


def asks_about_own_data(text: str) -> bool:
    """Return whether somebody wants to see, to have or to have erased what is kept about them."""
    return re.search(_RIGHTS, normalise(text)) is not None


def asks_about_others_data(text: str, *, name: str = "") -> bool:
    """Return whether somebody wants what is kept about another person; the professional `name` is no such person.

    A relative is told by the word, anybody else by a name's capital letter.
    """
    plain = normalise(text)
    found = re.search(rf"\b{_RECORD} {_OF}(\w+)", plain) or re.search(r"\b(\w+)['’]s (?:data|records?)\b", plain)
    if found is None or (name and found[1] == normalise(name)):
        return False
    if "?" not in text and not re.search(_ASKS, plain):
        return False
    # The first word of a text has a capital letter whatever it is.
    names = {normalise(word) for word in re.findall(r"\w+", text)[1:] if word[0].isupper()}
    return found[1] in names or re.fullmatch(_RELATIVE, found[1]) is not None
