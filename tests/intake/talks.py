"""What clients write and what must come of it, without a model. It is Monday, 16 November 2026, 09:00 in São Paulo."""

from dataclasses import dataclass, field

INDIVIDUAL, COUPLE = "Sessão individual confirmed", "Sessão de casal confirmed"


@dataclass(frozen=True)
class Talk:
    """What Caio writes line by line; what the agenda then holds; words of the last answer, and words not in it."""

    lines: list[str]
    booked: list[str] = field(default_factory=list)
    hears: str = ""
    never: str = ""
    # Wall times that Dora has, and that Caio has, before it begins.
    taken: list[str] = field(default_factory=list)
    own: list[str] = field(default_factory=list)


TALKS = {
    "books by the menu": Talk(
        ["oi", "1", "1", "2", "Caio Martins", "sim"], [f"16/11 17:00 {INDIVIDUAL}"], "Marcado: segunda-feira, 16/11"
    ),
    "books in free words": Talk(
        ["Bom dia, quero marcar quinta às 15h", "Caio", "sim, obrigado!"], [f"19/11 15:00 {INDIVIDUAL}"], "Marcado"
    ),
    "says the name with the wish": Talk(
        ["oi, meu nome é Caio Martins, tem quinta às 15h?"], ["19/11 15:00 Sessão individual held"], "Então fica assim"
    ),
    "offers others when the wanted time is taken": Talk(
        ["quinta às 15h"], [f"19/11 15:00 {INDIVIDUAL}"], "já está ocupado", taken=["2026-11-19 15:00"]
    ),
    "takes one of the others": Talk(
        ["quinta às 15h", "1", "Caio", "pode confirmar"],
        [f"19/11 13:00 {INDIVIDUAL}", f"19/11 15:00 {INDIVIDUAL}"],
        "19/11, às 13:00",
        taken=["2026-11-19 15:00"],
    ),
    "offers a day": Talk(["tem horário na quarta?"], [], "quarta-feira, 18/11 tem estes horários"),
    "understands an hour after a day": Talk(
        ["quarta", "às 10h", "Caio", "sim"], [f"18/11 10:00 {INDIVIDUAL}"], "18/11, às 10:00"
    ),
    "understands an hour that was not on the list after a day": Talk(
        ["quarta", "às 10h30", "Caio", "sim"], [f"18/11 10:30 {INDIVIDUAL}"], "18/11, às 10:30"
    ),
    "understands a day after an hour": Talk(
        ["tem às 14h?", "quinta", "Caio", "sim"], [f"19/11 14:00 {INDIVIDUAL}"], "19/11, às 14:00"
    ),
    "asks which Monday and keeps the hour": Talk(
        ["segunda às 15h", "dia 23", "Caio", "sim"], [f"23/11 15:00 {INDIVIDUAL}"], "23/11, às 15:00"
    ),
    "keeps to a part of the day": Talk(["quinta à tarde"], [], "13:00", never="09:00"),
    "keeps to an hour as a limit": Talk(["quinta depois das 16h"], [], "16:30", never="15:30"),
    "says that a part of the day has nothing": Talk(["quinta à noite"], [], "Nesse período não tenho horário livre"),
    "looks into next week": Talk(["tem semana que vem?"], [], "segunda-feira, 23/11", never="16/11"),
    "finds a service by its name with a typo": Talk(
        ["sessao de casau quinta às 15h", "Caio", "sim"], [f"19/11 15:00 {COUPLE}"], "Sessão de casal"
    ),
    "keeps the service when the day changes": Talk(
        ["sessão de casal quinta às 15h", "Caio", "na verdade prefiro sexta", "1", "sim"],
        [f"20/11 09:00 {COUPLE}"],
        "20/11, às 09:00",
    ),
    "books for somebody else": Talk(
        ["quero marcar para minha filha Júlia na terça às 14h", "Caio Martins"],
        ["17/11 14:00 Sessão individual held"],
        "Para: Júlia",
    ),
    "answers a price while times are on offer": Talk(
        ["quinta à tarde", "qual o valor?"], [], "Os horários acima continuam valendo"
    ),
    "goes on after a price": Talk(
        ["quinta à tarde", "qual o valor?", "1", "Caio", "sim"], [f"19/11 13:00 {INDIVIDUAL}"], "Marcado"
    ),
    "goes on after a price where the name was asked": Talk(
        ["quinta às 15h", "quanto custa?", "Caio", "sim"], [f"19/11 15:00 {INDIVIDUAL}"], "Marcado"
    ),
    "goes on after a price where the yes was asked": Talk(
        ["quinta às 15h", "Caio", "quanto custa mesmo?", "sim"], [f"19/11 15:00 {INDIVIDUAL}"], "Marcado"
    ),
    "repeats the question after a price": Talk(
        ["quinta às 15h", "Caio", "quanto custa mesmo?"],
        ["19/11 15:00 Sessão individual held"],
        "Confirma quinta-feira, 19/11, às 15:00? Responda *sim* ou *não*.",
    ),
    "changes its mind at the question": Talk(
        ["quinta às 15h", "Caio", "na verdade prefiro sexta às 10h", "sim"], [f"20/11 10:00 {INDIVIDUAL}"], "20/11"
    ),
    "wants the open time later": Talk(
        ["quinta às 15h", "Caio", "seria possível mudar para mais tarde?"],
        ["19/11 15:00 Sessão individual held"],
        "quinta-feira, 19/11 tem estes horários",
    ),
    "says at the question who comes": Talk(
        ["quero marcar para minha filha quinta às 15h", "Caio", "ela se chama Bia"],
        ["19/11 15:00 Sessão individual held"],
        "Para: Bia\nConfirma?",
    ),
    "asks how long a session takes": Talk(["quanto tempo dura a sessão?"], [], "50 min"),
    "gives a time back at a no": Talk(["quinta às 15h", "Caio", "não"], [], "não marquei"),
    "takes another time after a no": Talk(
        ["quinta às 15h", "Caio", "não", "sexta às 9h", "s"], [f"20/11 09:00 {INDIVIDUAL}"], "Marcado"
    ),
    "takes cancelar at the question for a no": Talk(["quinta às 15h", "Caio", "cancelar"], [], "não marquei"),
    "lists one's own appointments": Talk(
        ["meus horários"], [f"19/11 10:00 {INDIVIDUAL}"], "quinta-feira, 19/11, às 10:00", own=["2026-11-19 10:00"]
    ),
    "lists nothing where there is nothing": Talk(["meus horários"], [], "Você ainda não tem horários"),
    "moves an appointment": Talk(
        ["quero remarcar", "sexta às 11h", "sim"],
        [f"20/11 11:00 {INDIVIDUAL}"],
        "Remarcado para sexta-feira, 20/11, às 11:00",
        own=["2026-11-19 10:00"],
    ),
    "moves in one sentence": Talk(
        ["dá para mudar de quinta para sexta às 11h?", "sim"],
        [f"20/11 11:00 {INDIVIDUAL}"],
        "Remarcado",
        own=["2026-11-19 10:00"],
    ),
    "moves to another hour of the same day": Talk(
        ["muda para as 11h", "sim"], [f"19/11 11:00 {INDIVIDUAL}"], "19/11, às 11:00", own=["2026-11-19 10:00"]
    ),
    "moves the one that is chosen by its number": Talk(
        ["remarcar", "2", "sexta às 16h", "sim"],
        [f"18/11 10:00 {INDIVIDUAL}", f"20/11 16:00 {INDIVIDUAL}"],
        "Remarcado",
        own=["2026-11-18 10:00", "2026-11-19 10:00"],
    ),
    "keeps the old time at a no to a move": Talk(
        ["remarcar", "sexta às 11h", "não"],
        [f"19/11 10:00 {INDIVIDUAL}"],
        "seu horário de antes continua valendo",
        own=["2026-11-19 10:00"],
    ),
    "changes its mind about a move and moves all the same": Talk(
        ["remarcar", "sexta às 11h", "melhor sexta às 16h", "sim"],
        [f"20/11 16:00 {INDIVIDUAL}"],
        "Remarcado",
        own=["2026-11-19 10:00"],
    ),
    "cancels the only appointment": Talk(["quero cancelar", "sim"], [], "Cancelado", own=["2026-11-19 10:00"]),
    "keeps the appointment at a no": Talk(
        ["cancelar", "não"], [f"19/11 10:00 {INDIVIDUAL}"], "continua marcado", own=["2026-11-19 10:00"]
    ),
    "cancels one of several": Talk(
        ["não vou poder ir", "2", "sim"],
        [f"18/11 10:00 {INDIVIDUAL}"],
        "Cancelado: quinta-feira, 19/11",
        own=["2026-11-18 10:00", "2026-11-19 10:00"],
    ),
    "cancels nothing where there is nothing": Talk(["cancelar"], [], "Você não tem horários marcados"),
    "does not cancel after the cut-off": Talk(
        ["cancelar"], [f"16/11 15:00 {INDIVIDUAL}"], "Já passou do prazo", own=["2026-11-16 15:00"]
    ),
    "does not move after the cut-off": Talk(
        ["remarcar"],
        [f"16/11 15:00 {INDIVIDUAL}"],
        "Já passou do prazo",
        never="Qual você prefere",
        own=["2026-11-16 15:00"],
    ),
    "tells only the address": Talk(["onde fica?"], [], "Endereço: Rua Augusta, 1200", never="R$"),
    "tells the hours": Talk(["qual o horário de atendimento?"], [], "segunda a sexta 09:00–12:00, 13:00–18:00"),
    "leads to a person when it does not know": Talk(["aceita pix?"], [], "Escreva *pessoa*"),
    "calls a person after two riddles": Talk(["asdf", "qwer"], [], "chamei Ana"),
    "has patience after a riddle that was solved": Talk(["asdf", "quinta", "qwer"], [], "não entendi"),
    "looks for a time at a yes to that": Talk(["onde fica?", "sim"], [], "Qual serviço você quer?"),
    "greets by name": Talk(["meu nome é Otávio"], [], "Prazer, Otávio!"),
    "takes ok after a receipt": Talk(
        ["quinta às 15h", "Caio", "sim", "ok"], [f"19/11 15:00 {INDIVIDUAL}"], "Se precisar de algo"
    ),
    "takes no refusal for a name": Talk(["quinta às 15h", "não quero dar meu nome"], [], "Qual é o seu nome"),
    "offers no move to the same time": Talk(
        ["remarcar", "quinta"], [f"19/11 09:00 {INDIVIDUAL}"], "19/11 tem", never="09:00\n", own=["2026-11-19 09:00"]
    ),
    "knows that it is at that time already": Talk(
        ["remarcar", "quinta às 9h"], [f"19/11 09:00 {INDIVIDUAL}"], "Seu horário já é esse", own=["2026-11-19 09:00"]
    ),
    "passes on what is about an appointment": Talk(
        ["vou me atrasar um pouco"], [f"19/11 10:00 {INDIVIDUAL}"], "Escreva *pessoa*", own=["2026-11-19 10:00"]
    ),
    "says that it did not understand": Talk(["asdf"], [], "não entendi"),
    "says what it is": Talk(["você é um robô?"], [], "recepção automática de Ana Souza"),
    "calls a person": Talk(["quero falar com uma pessoa"], [], "chamei Ana"),
    "takes thanks": Talk(["oi", "obrigada"], [], "Por nada"),
    "answers English": Talk(
        ["I want to book thursday at 3pm", "Caio", "yes please"],
        [f"19/11 15:00 {INDIVIDUAL}"],
        "Booked: Thursday, 19 November, at 15:00",
    ),
    "answers Spanish": Talk(
        ["Hola, quiero una cita el jueves a las 15", "me llamo Caio", "sí, gracias"],
        [f"19/11 15:00 {INDIVIDUAL}"],
        "Tienes cita el jueves 19 de noviembre a las 15:00",
    ),
    "closes on Saturday": Talk(["sábado às 10h"], [], "Não há atendimento nesse dia"),
    "shows more times": Talk(["quinta", "outros horários"], [], "20/11"),
    "takes no to a list": Talk(["quinta", "nenhum"], [], "me diga outro dia"),
    "asks which one at a yes to a list": Talk(["quinta", "sim"], [], "um dos horários acima"),
    "proposes the soonest time": Talk(
        ["sessão individual o mais cedo possível", "Caio", "sim"], [f"16/11 13:00 {INDIVIDUAL}"], "16/11, às 13:00"
    ),
    "proposes the soonest time of the day that was asked for": Talk(
        ["quinta", "o quanto antes", "Caio", "sim"], [f"19/11 09:00 {INDIVIDUAL}"], "19/11, às 09:00"
    ),
    "proposes the soonest time once the service is clear": Talk(
        ["quero agendar o mais rápido possível", "2", "Caio", "sim"], [f"16/11 13:00 {COUPLE}"], "16/11, às 13:00"
    ),
    "looks later than what is on the list": Talk(["quinta de manhã", "tem mais tarde?"], [], "13:00", never="09:00"),
    "looks earlier than what is on the list": Talk(["quinta à tarde", "tem mais cedo?"], [], "11:00", never="13:00"),
    "looks later than the time in question": Talk(
        ["quinta às 15h", "Caio", "tem um pouco mais tarde?", "1", "sim"],
        [f"19/11 15:30 {INDIVIDUAL}"],
        "19/11, às 15:30",
    ),
    "says that there is nothing later": Talk(["quinta", "tem mais tarde?"], [], "Nesse período não tenho"),
    "keeps the hour when the day moves": Talk(
        ["muda pra sexta no mesmo horário", "sim"],
        [f"20/11 10:00 {INDIVIDUAL}"],
        "Remarcado para sexta-feira, 20/11, às 10:00",
        own=["2026-11-19 10:00"],
    ),
    "keeps the hour in question on another day": Talk(
        ["quinta às 15h", "Caio", "e sexta no mesmo horário?", "sim"], [f"20/11 15:00 {INDIVIDUAL}"], "20/11, às 15:00"
    ),
    "remembers the service that was asked about": Talk(
        ["quanto fica pra casal?", "quinta às 15h", "Caio", "sim"], [f"19/11 15:00 {COUPLE}"], "Sessão de casal"
    ),
    "tells the price of the service that was named": Talk(
        ["quanto custa a sessão de casal?"], [], "R$ 320,00", never="R$ 200,00"
    ),
    "says which time the name is for": Talk(["quinta às 15h"], [], "quinta-feira, 19/11, às 15:00. Qual é o seu nome"),
    "changes the service of the time in question": Talk(
        ["quinta às 15h", "Caio", "ah, é sessão de casal na verdade", "sim"], [f"19/11 15:00 {COUPLE}"], "casal"
    ),
    "offers only times that the other service has": Talk(
        ["quinta às 17h", "Caio", "é sessão de casal"],
        ["19/11 17:00 Sessão individual held"],
        "16:30",
        never="17:00\n",
    ),
    "answers a question put before the yes": Talk(
        ["quinta às 15h", "Caio", "antes me diz, onde fica?"],
        ["19/11 15:00 Sessão individual held"],
        "Rua Augusta, 1200",
    ),
    "takes a thumb of any colour for a yes": Talk(
        ["quinta às 15h", "Caio", "👍🏽"], [f"19/11 15:00 {INDIVIDUAL}"], "Marcado"
    ),
    "takes a longer no for a no": Talk(
        ["cancelar", "não, deixa, eu vou sim"],
        [f"19/11 10:00 {INDIVIDUAL}"],
        "seu horário continua marcado",
        own=["2026-11-19 10:00"],
    ),
    "takes a day for one of the list": Talk(
        ["preciso cancelar", "a de quinta", "sim"],
        [f"18/11 10:00 {INDIVIDUAL}"],
        "Cancelado: quinta-feira",
        own=["2026-11-18 10:00", "2026-11-19 10:00"],
    ),
    "takes a cancellation with another time for a move": Talk(
        ["cancela a de quinta por favor\ne marca sexta 10h no lugar", "sim"],
        [f"20/11 10:00 {INDIVIDUAL}"],
        "Remarcado para sexta-feira, 20/11, às 10:00",
        own=["2026-11-19 10:00"],
    ),
    "books where there is nothing to move": Talk(
        ["mudar para sexta às 10h", "Caio", "sim"], [f"20/11 10:00 {INDIVIDUAL}"], "Marcado"
    ),
    "corrects the name of a client who is new": Talk(
        ["quinta às 15h", "Caio Matins", "meu nome tá errado, é Caio Martins"],
        ["19/11 15:00 Sessão individual held"],
        "Então fica assim, Caio",
    ),
    "reads a weekday among the days that are talked about": Talk(
        ["queria marcar pra semana que vem", "pode ser terça às 16h", "Caio", "sim"],
        [f"24/11 16:00 {INDIVIDUAL}"],
        "24/11, às 16:00",
    ),
    "reads a day of the month that is talked about": Talk(
        ["quero marcar dia 15 de dezembro", "e dia 17?", "às 10h", "Caio", "sim"],
        [f"17/12 10:00 {INDIVIDUAL}"],
        "17/12, às 10:00",
    ),
    "changes to a weekday near the day in question": Talk(
        ["dia 15 de dezembro às 10h", "Caio", "então quarta 10h", "sim"], [f"16/12 10:00 {INDIVIDUAL}"], "16/12"
    ),
    "counts from today what says so": Talk(["dia 15 de dezembro", "e amanhã?"], [], "terça-feira, 17/11"),
    "keeps to this week after a day of this week": Talk(["quinta", "e terça?"], [], "terça-feira, 17/11"),
    "takes the last of a list": Talk(
        ["quinta depois das 16h", "pode ser o último", "Caio", "sim"], [f"19/11 17:00 {INDIVIDUAL}"], "17:00"
    ),
    "takes English ordinals": Talk(
        ["thursday afternoon", "the second one", "John Smith", "yes"], [f"19/11 14:00 {INDIVIDUAL}"], "14:00"
    ),
    "lets go of whoever wants to think": Talk(["quanto é?", "vou pensar, obrigado"], [], "Por nada"),
    "proposes the soonest after a day without any": Talk(
        ["sábado", "qual o primeiro horário que tem então?"], [], "16/11, às 13:00"
    ),
    "tells the professional who will be late": Talk(
        ["tô atrasado 10 min"], [f"16/11 13:00 {INDIVIDUAL}"], "Já contei para Ana", own=["2026-11-16 13:00"]
    ),
    "calls her when asked for by a word": Talk(["quero falar com ela"], [], "chamei Ana"),
    "takes the last sentence for the wish when only it names a day": Talk(
        ["hoje ainda tem?", "nossa, 17h fica tarde. amanhã de manhã?"], [], "terça-feira, 17/11 tem", never="13:00"
    ),
    "keeps the list when only the hour is unclear": Talk(
        ["sexta", "9h e 10:30", "9h", "Caio", "sim"], [f"20/11 09:00 {INDIVIDUAL}"], "20/11, às 09:00"
    ),
    "lets go of a day that has nothing": Talk(
        ["tem vaga sábado?", "só consigo depois das 19h"], [], "Nesse período não tenho", never="Não há atendimento"
    ),
    "takes Marcos for a name": Talk(["quinta às 15h", "Marcos", "sim"], [f"19/11 15:00 {INDIVIDUAL}"], "Marcado"),
    "notes who is to come beside a list": Talk(
        ["quinta", "ah esqueci, é pra minha mãe, Dona Lurdes", "1", "Caio"],
        ["19/11 09:00 Sessão individual held"],
        "Para: Dona Lurdes",
    ),
    "takes no word for a name": Talk(["quinta às 15h", "ok"], [], "Qual é o seu nome"),
    "takes no wish for a name": Talk(["quinta às 15h", "sexta às 10h", "Caio", "sim"], [f"20/11 10:00 {INDIVIDUAL}"]),
}
