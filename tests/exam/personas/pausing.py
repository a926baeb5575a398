"""Clients who are slow, silent for a day, or come back to something old."""

from tests.exam.persona import Cue, Pause, Persona, Quotes, Taken, Taps, Wanted, thursday

DAY = 24 * 60

PERSONAS = (
    Persona(
        "sim-amanha",
        "silent for a day at the confirmation, then yes",
        ("quinta às 15h",),
        at={Cue.CONFIRM: (Pause(DAY), "sim")},
        wants=(thursday("15:00"),),
        wish="quinta às 15h",
    ),
    Persona(
        "sim-tarde",
        "says yes a day later, when somebody else has the time",
        ("quinta às 15h",),
        seeks=(thursday("15:00"),),
        at={Cue.CONFIRM: (Pause(DAY), Taken("2026-11-19 15:00"), "sim")},
        told=("ocupado",),
    ),
    Persona(
        "vinte-minutos",
        "says yes when the hold has run out",
        ("quinta às 15h",),
        at={Cue.CONFIRM: (Pause(25), "sim")},
        wants=(thursday("15:00"),),
        wish="quinta às 15h",
    ),
    Persona(
        "devagar",
        "takes eight minutes for every word",
        ("oi", Pause(8), "quero marcar", Pause(8), "quinta", Pause(8), "às 14h", Pause(8)),
        at={Cue.SERVICE: ("individual",)},
        wants=(thursday("14:00"),),
        wish="quinta às 14h",
    ),
    Persona(
        "lista-velha",
        "answers yesterday's list with a number",
        ("tem quinta à tarde?", Pause(DAY), "2"),
        wants=(thursday(r"1[3-7]:\d0"),),
        wish="quinta às 15h",
    ),
    Persona(
        "menu-velho",
        "answers the menu a day later",
        ("oi", Pause(DAY), "1"),
        wants=(thursday("15:00"),),
        wish="quero marcar uma sessão quinta às 15h",
    ),
    Persona(
        "volta",
        "asks, is silent for a day, and asks anew",
        ("quanto é a sessão?", Pause(DAY), "oi, decidi: quinta às 15h"),
        wants=(thursday("15:00"),),
        told=(r"R\$ 200,00",),
        wish="quinta às 15h",
    ),
    Persona(
        "toque-velho",
        "taps a choice of the list before last",
        ("tem quinta à tarde?", "e quarta à tarde?", Taps("19/11", back=1)),
        wants=(Wanted(r"1[89]/11 1[3-7]:\d0"),),
        wish="quarta às 14h",
    ),
    Persona(
        "sim-velho-toque",
        "taps yes on a question that was answered with no",
        ("quinta às 15h",),
        seeks=(thursday("15:00"),),
        at={Cue.CONFIRM: ("não",), Cue.DAY: (Taps("Sim"),)},
    ),
    Persona(
        "cita-sim",
        "quotes the question and says yes",
        ("quinta às 15h",),
        at={Cue.CONFIRM: (Quotes("Confirma", "sim"),)},
        wants=(thursday("15:00"),),
        wish="quinta às 15h",
    ),
    Persona(
        "obrigado-depois",
        "thanks two days after the receipt, when it is almost time",
        ("quinta às 15h",),
        at={Cue.RECEIPT: (Pause(2 * DAY), "obrigado, até amanhã")},
        wants=(thursday("15:00"),),
        wish="quinta às 15h",
    ),
)
