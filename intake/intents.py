"""What a free text is about, as far as plain words tell. Pure; Portuguese first, English and Spanish words too."""

import re
from enum import StrEnum

from intake import phrases


class Intent(StrEnum):
    NONE = ""
    CANCEL = "cancel"
    LATE = "late"
    MOVE = "move"
    LIST = "list"
    INFORMATION = "information"
    OTHER_TIMES = "other_times"
    BOOK = "book"
    WHO = "who"
    GREETING = "greeting"
    THANKS = "thanks"


class Topic(StrEnum):
    """What of the professional's information is asked for."""

    PRICE = "price"
    PLACE = "place"
    HOURS = "hours"
    RULES = "rules"


# The first that is found decides: "desmarcar" and "remarcar" also hold "marcar".
_INTENTS = {
    Intent.CANCEL: (
        r"\b(?:cancel|desmarc|anular|suspender|nao (?:vou|posso|consigo) (?:mais )?(?:ir|poder|comparecer)"
        r"|no (?:voy a|puedo|podre|voy a poder) (?:ir|asistir)|can(?:not|['’]?t) (?:make it|come)\b)"
    ),
    Intent.LATE: (
        r"\b(?:atrasad[oa]|atraso|atrasar|a caminho|chego em|vou chegar|(?:running|be|am|i'm) late|on my way"
        r"|(?:llego|llegar|voy)(?: \w+){0,3} tarde|retras(?:ad[oa]|o)|en camino)\b"
    ),
    Intent.MOVE: (
        r"\b(?:remarc|reagend|mud(?:ar|o|a|e)\b|troc(?:ar|o|a)\b|adiar|adiant|antecipar|transferir|reschedul|move\b"
        r"|cambi(?:ar|o|e)|reprogram|posponer|aplazar|postpone|change (?:my|the)\b)"
    ),
    Intent.LIST: (
        r"\b(?:meus? (?:horarios?|agendamentos?|consultas?|sessoes|sessao)|minhas? (?:consultas?|sessoes|sessao)"
        r"|que (?:dia|horas?) (?:e|eh|ficou|esta) (?:a )?minha|tenho (?:algo |algum horario )?marcad"
        r"|my appointments?|mis? (?:citas?|turnos?)\b)"
    ),
    Intent.OTHER_TIMES: (
        r"\b(?:outr[oa]s? (?:dias?|horarios?|opc\w+|datas?)|mais (?:opcoes|horarios|datas|dias)"
        r"|(?:other|another|more) (?:day|time|option)s?|otr[oa]s? (?:dias?|hor\w+|fechas?)"
        r"|mas (?:horarios|opciones|fechas))"
    ),
    Intent.BOOK: (
        r"\b(?:marc(?!os?\b|i[ao]|el)|agend|reserv|horarios?|vagas?\b|disponi|livres?\b|consulta|sessao|sessoes|atender|encaix|book"
        r"|appointment|citas?\b|turno|cupos?\b|cedo possivel|quando (?:tem|pode))"
    ),
    Intent.WHO: (
        r"\b(?:robo|robos|bot|maquina|inteligencia artificial|ia|quem (?:e|eh) voce|who are you|robot|quien eres)\b"
    ),
    Intent.GREETING: (
        r"^(?:(?:oi+e?|ola|opa|e ai|alo|hello|hi|hey|hola|bom dia|boa tarde|boa noite"
        r"|good (?:morning|afternoon|evening|day)|buen(?:[oa]s)? (?:dias?|tardes|noches)|buenas|¿?que tal"
        r"|¿?como estas?|how are you|tudo (?:bem|bom)|como vai|menu|inicio|ajuda|ayuda|help)[ ,.!?]*)+$"
    ),
    Intent.THANKS: (
        r"\b(?:vou (?:pensar|ver|verificar|conversar)|depois (?:eu )?(?:te )?(?:aviso|falo|vejo|marco|confirmo)"
        r"|qualquer coisa (?:eu )?(?:aviso|chamo|falo))\b|\b(?:obrigad[oa]|valeu|thanks|gracias)$"
        r"|^(?:(?:muit[oa]|much[ao]s|mil) )?"
        r"(?:obrigad|brigad|obg|valeu|vlw|thanks|thank you|gracias|tchau|ate (?:mais|logo|la)|de nada"
        r"|chao|chau|adios|hasta (?:luego|pronto)|bye)"
    ),
}
_TOPICS = {
    Topic.PRICE: (
        r"\b(?:precos?|valor(?:es)?|quanto (?:custa|e\b|eh|sai|fica|cobra|voce|tempo)|tabela|dura\b|duracao"
        r"|price|how much|how long|cost\b|cuanto|precios?\b|tarifas?\b)"
    ),
    Topic.PLACE: (
        r"\b(?:endereco|onde (?:fica|e\b|eh|voces?|vc)|localiza|como (?:chegar|chego)|online|presencial|address"
        r"|where|direccion|donde|ubica|como (?:llego|llegar)|en linea|in person|location)"
    ),
    Topic.HOURS: (
        r"\b(?:horarios? de (?:atendimento|funcionamento)|que horas (?:abre|fecha|atende)|(?:que|quais) dias"
        r"|opening hours|dias de atendimento|horarios? de atencion|a que hora (?:abre|cierra|atiende)"
        r"|(?:que|cuales) dias atiende)"
    ),
    Topic.RULES: r"\b(?:politica|regra|prazo|multa|antecedencia)",
}
_IN_GENERAL = r"\b(?:servicos?\b|informac|o que (?:voce|vc) faz|services?\b)"


def read(text: str) -> Intent:
    """Return what the text wants; questions about prices and the like only when it wants no deed."""
    plain = phrases.normalise(text)
    for intent, pattern in _INTENTS.items():
        if intent == Intent.OTHER_TIMES and _is_information(plain):
            return Intent.INFORMATION
        if re.search(pattern, plain):
            return intent
    return Intent.NONE


def topics(text: str) -> frozenset[Topic]:
    """Return what is asked about; empty: everything."""
    plain = phrases.normalise(text)
    return frozenset(topic for topic, pattern in _TOPICS.items() if re.search(pattern, plain))


def _is_information(plain: str) -> bool:
    return any(re.search(pattern, plain) for pattern in (*_TOPICS.values(), _IN_GENERAL))
