"""What a sentence says of payment, places, rules and offers that only the professional's own words can back.

A subject counts as told when the tools' texts of this turn speak of it in the same sense: "não aceito cartão"
backs no "aceitamos cartão". Questions and "isso eu não sei" say nothing.
"""

import re

_SUBJECTS = tuple(
    re.compile(rf"\b(?:{pattern})")
    for pattern in (
        r"pix\b|chave (?:aleatoria|cpf|pix)",
        r"cartao|cartoes|credit card|debit card|tarjeta|maquininha",
        r"dinheiro|especie|cash|efectivo",
        r"boleto|cheque|picpay|paypal|mercado ?pago|bitcoin|transferencia bancaria|bank transfer",
        r"parcel\w+|prestac(?:ao|oes)|juros|installments?|cuotas|vezes no",
        (
            r"convenios?|planos? de saude|unimed|bradesco|amil\b|sulamerica|hapvida|porto seguro|notredame|insurance"
            r"|obra social|seguro medico|prepaga"
        ),
        r"reembols\w+|refund\w*|devolv\w+ (?:o|seu) (?:dinheiro|valor)|estorn\w+",
        r"nota fiscal|recibo|invoice|receipt|factura",
        (
            r"descont\w+|promoc\w+|promo\b|cupo(?:m|ns)|discount\w*|% off|descuento\w*|black friday|mais (?:em conta"
            r"|car[oa]|barat\w+|vantajos\w+)|cheaper|mas barat\w+|economic\w+"
        ),
        r"pacotes?\b|planos? (?:mensa|semestra|anua)\w+|mensalidade|assinatura|combos?\b|package",
        r"pagamentos?|pag(?:a|ar|ue|as|amos|o)\b|abatiment\w+|pay\b|payment|paid",
        r"insta\b|instagram|facebook|tiktok|telegram|arroba|e-?mails?\b|linktree",
        (
            r"formad[oa]|especiali\w+|pos-graduad\w+|mestr(?:e|ado|a)\b|doutora(?:da|do)\b|cr[pmo]\b|diploma"
            r"|certificad\w+"
            r"|experiencia|graduated|degree|experience"
        ),
        (
            r"multas?\b|taxas?\b|penalidade|penalty|fees?\b|cobramos (?:o\b|a\b|integral|metade|multa|taxa"
            r"|pel[oa] (?:falta|atras|cancel|sessao perd)|so\b)|sera cobrad\w+|cobrad[oa] (?:o|a|integral|igual)"
        ),
        r"doentes?\b|viaj\w+|ausente|fora (?:hoje|da cidade)|sick\b|out (?:today|of)|enferm[oa]|de folga",
        r"trag\w+|trazer|bring\b|documento\w*|exames?\b|jejum|menores\b|maiores de",
        r"sinal (?:de|para)|deposito|adiantamento|adiantad[oa]|deposit\b|upfront|sena\b",
        r"tolerancia|atras\w+|late (?:arrival|by)|if you're late|running late|tarde mas de",
        r"estacionamento|estacionar|manobrista|vagas? de carro|parking|garagem",
        (
            r"metro\b|ponto de onibus|estacao\b|subway|station\b|perto d\w+|ao lado d\w+|em frente a\w*|proximo (?:a|ao"
            r"|de|do)|esquina|near\b|next to|across from|cerca de(?:l| la)?\b(?! \d)"
        ),
        r"elevador|rampa|acessib\w+|cadeirante|wi-?fi|ar condicionado|elevator|wheelchair",
        r"\w+ andar\b|terreo|subsolo|sala \w+$|sala \d+|bloco \w|conjunto \d|\w+ floor|ground floor|\w+ piso",
        (
            r"presencia(?:l|is)|on-?line|por video\w*|videochamada|google meet|zoom\b|in person|remote\w*|remoto"
            r"|a domicilio|em casa|home visit"
        ),
        r"feriad\w+|ferias|recesso|ponto facultativo|holidays?|vacation|vacaciones|feriados?|licenca",
        (
            r"natal\b|vespera|ano[ -]novo|reveillon|carnaval|pascoa|corpus christi|finados|christmas|easter|navidad"
            r"|new year\w*"
        ),
        r"criancas?|adolescentes?|idosos?|bebes?|kids\b|children|ninos|gestantes?|animais|pets?\b|acompanhantes?\b",
        (
            r"(?:atend|abr|fech|funcion)\w* (?:\w+ )?(?:ate )?mais (?:tarde|cedo)|lista de espera|wait(?:ing)? ?list"
            r"|abert[oa]s? (?:agora|hoje)|open now|abiert[oa]s? ahora|24 ?(?:h|hs"
            r"|horas|hours)\b(?! (?:antes|de ante|before|prior|in advance|de anticip))|24/7|sempre abert\w+"
        ),
        r"garantia|devolucao|satisfacao garantida|guarantee",
        (
            r"encaminhamento|outr[oa] (?:psicolog|profissional|terapeuta|dentista|barbeir|professor|colega)\w*"
            r"|(?:voce|vc) (?:esta com|ta com|tem|sofre de) (?:\w+ )?(?:ansiedade|depressao|tdah|burnout|bipolar\w*"
            r"|panico)"
            r"|receita medica|atestado|laudo|prescription|diagnostic\w+|remedios?\b|medicament\w+|medication"
        ),
    )
)
# "Rua das Flores": the name itself must have been told.
_PLACE = re.compile(
    r"\b(?:rua|r\.|avenida|av\.?|alameda|travessa|praca|rodovia|estrada|largo|bairro|shopping|edificio|predio"
    r"|condominio|galeria|calle|plaza|avenida|barrio|cep)(?: (?:da|de|do|das|dos|del|la|los))* \w+"
    r"|\b\d+ \w+ (?:street|avenue|road)\b|\b(?:fic(?:a|amos)|localizad\w+|located) (?:n[oa]s?|em|in|at|en|on) (?:o "
    r"|a |the |la |el )?(?P<where>(?!rua|av|alameda|travessa|praca|calle|street)\w+)|\b(?:fazemos|oferecemos"
    r"|realizamos|trabalhamos com|we (?:offer|do)|ofrecemos"
    r"|hacemos) (?P<what>\w+)|\b\w+ (?:street|avenue|road|square|building)\b"
)
_CHANGES = re.compile(
    r"\b(?:cancel\w*|desmarc\w+|remarc\w+|reagend\w+|falt(?:ar|a|e|ou)\b|resched\w+|cambiar|no-?show)"
)
# How late, and at what price, one may change one's mind.
_FREELY = re.compile(
    r"a qualquer (?:hora|momento|tempo)|quando quiser|em cima da hora|(?:na|de) ultima hora|sem (?:nenhum |qualquer )?"
    r"(?:custo|multa|taxa|onus|cobranca|aviso|avisar|penalidade|pagar)|(?:nao|nem) (?:precisa|tem que|paga|perde)"
    r"|any ?time|last minute|without notice|no questions|cuando quieras|a ultima hora|sin (?:costo|avisar|cargo|aviso)"
    r"|no mesmo dia|na hora\b|same day|(?:minutos|horas|pouco) antes|just before|quantas vezes"
)
_NOT_KNOWN = re.compile(
    r"\b(?:nao (?:sei|tenho (?:ess|est)\w+|tenho (?:a )?informac\w+|consigo (?:informar|dizer|confirmar|responder)"
    r"|posso (?:informar|dizer|confirmar|dar|responder))|posso (?:perguntar|chamar|confirmar com|verificar com"
    r"|ver com)|melhor (?:\w+ )?(?:falar|perguntar|confirmar|combinar|tratar|ver)|direto com|diretamente com"
    r"|i don't (?:know|have)|i can't (?:say|tell|give)|not sure|i'm not able|no (?:se\b|tengo (?:es|la|inform))"
    r"|better to ask|nao (?:faco|dou|damos)|so a \w+ (?:sabe|pode)|(?:voce|vc) (?:quer|prefere|perguntou|gostaria"
    r"|pediu|disse|quis)|you (?:want|prefer|asked))"
)
# What no reception asks for or gives out by chat.
_NEVER = re.compile(
    r"\b(?:senhas?|passwords?|contrasena|codigo de (?:seguranca|verificacao)|codigo cvv|cvv do|cvc"
    r"|numero d[oe] (?:seu )?cartao"
    r"|dados (?:do (?:seu )?cartao|bancarios)|card number|security code|numero de (?:la )?tarjeta|api key|token)\b"
)
_NEGATIVE = re.compile(r"\b(?:nao|nunca|nem|sem|not|no|never|without|sin|don't|doesn't|isn't|aren't|nenhum\w*)\b")
_CLAUSE = re.compile(r"[^;:!?.\n]+")


def find_untold(said: str, *, told: str) -> str | None:
    """Return the first subject of a normalised sentence that was not told; `told` is normalised text as well."""
    if _NEVER.search(said):
        return "private data"
    named = (place["where"] or place["what"] or place.group() for place in _PLACE.finditer(said))
    places = [place for place in named if place not in told]
    if places:
        return f"unknown place {places[0]}"
    if said.rstrip(" \"')").endswith("?"):
        said = _before_the_question(said)
    if _NOT_KNOWN.search(said):
        return None
    freely = _FREELY.search(said) if _CHANGES.search(said) else None
    if freely and freely.group() not in told:
        return f"unknown rule {freely.group()}"
    clauses = _clauses(told)
    for subject in _SUBJECTS:
        found = subject.search(said)
        if found and not any(_same_sense(said, clause) for clause in clauses if subject.search(clause)):
            return f"nobody told of {found.group()}"
    return None


def _before_the_question(said: str) -> str:
    """Return what a question says first: "já que aceitamos cartão, …", but neither "sobre o cartão, …" nor "se …"."""
    before = said.rpartition(",")[0]
    return "" if re.match(r"\W*(?:sobre|quanto a|para|se|caso|if|about|si)\b", before) else before


def _same_sense(said: str, told: str) -> bool:
    return bool(_NEGATIVE.search(said)) == bool(_NEGATIVE.search(told))


def _clauses(text: str) -> list[str]:
    return [clause.group() for clause in _CLAUSE.finditer(text)]
