"""Clients who book for somebody else, or at the same moment as somebody else."""

from tests.exam.persona import Cue, Other, Persona, burst, thursday

PERSONAS = (
    Persona(
        "filho",
        "books for her son",
        ("oi, é pro meu filho Pedro, tem quinta às 14h?",),
        wants=(thursday("14:00", attendee="Pedro", name="Carla Dias"),),
        name="Carla Dias",
        wish="para meu filho Pedro, quinta às 14h",
    ),
    Persona(
        "filha-depois",
        "says at the confirmation for whom it is",
        ("quinta às 14h",),
        at={Cue.CONFIRM: ("é para minha filha Júlia",)},
        wants=(thursday("14:00", attendee="Júlia"),),
        wish="para minha filha Júlia, quinta às 14h",
    ),
    Persona(
        "mae",
        "books for his mother and says so in pieces",
        (burst("bom dia", "queria marcar uma sessão pra minha mãe", "o nome dela é Lúcia"), "quinta 10h"),
        wants=(thursday("10:00", attendee="Lúcia"),),
        name="Sérgio",
        wish="para minha mãe Lúcia, quinta às 10h",
    ),
    Persona(
        "eu-e-ela",
        "wants two times at once, for herself and her sister",
        ("quero marcar eu e minha irmã na quinta, 14h e 15h",),
        wants=(thursday("14:00"), thursday("15:00")),
        name="Noêmia",
        waits_for="two bookings in one message",
    ),
    Persona(
        "corrida",
        "somebody else asks for the same time in the same moment",
        (Other("quero quinta às 15h"), "quero quinta às 15h"),
        wants=(thursday(r"1[3-7]:\d0"),),
        wish="quinta às 16h",
    ),
    Persona(
        "corrida-no-sim",
        "somebody else asks for it while the confirmation is open",
        ("quinta às 15h",),
        at={Cue.CONFIRM: (Other("oi, tem quinta às 15h?"), "sim")},
        wants=(thursday("15:00"),),
        wish="quinta às 15h",
    ),
    Persona(
        "filho-sem-nome",
        "books for a child and gives no name",
        ("preciso de uma sessão pro meu filho de 8 anos quinta às 15h",),
        wants=(thursday("15:00"),),
        name="Rosa",
        untold=(r"08:00",),
        wish="quinta às 15h",
    ),
    Persona(
        "presente",
        "gives a full name of somebody else and her own",
        ("Sou a Marta e quero marcar para o Bruno Alves, quinta às 16h",),
        wants=(thursday("16:00", attendee="Bruno Alves", name="Marta"),),
        name="Marta",
        wish="para Bruno Alves quinta às 16h",
    ),
)
