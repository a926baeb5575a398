"""Clients who want a time, each in their own words."""

from tests.exam.persona import Cue, Persona, Wanted, burst, thursday

PERSONAS = (
    Persona(
        "maria",
        "says everything politely, one thing at a time",
        ("Oi, bom dia!", "Eu queria marcar uma sessão individual na quinta às 15h"),
        wants=(thursday("15:00", name="Maria Clara Nunes"),),
        name="Maria Clara Nunes",
        yes="sim, por favor",
        wish="quero uma sessão individual na quinta, dia 19, às 15h",
    ),
    Persona(
        "joao",
        "impatient: four messages before anybody can answer",
        (burst("oi", "quero marcar", "quinta", "15h"),),
        wants=(thursday("15:00"),),
        name="joão",
        wish="sessão individual quinta às 15h",
    ),
    Persona(
        "menu",
        "uses nothing but the numbers",
        ("oi", "1"),
        at={Cue.TIMES: ("1",)},
        wants=(Wanted(r"1[67]/11 \d\d:\d\d"),),
        name="Caio Martins",
    ),
)
