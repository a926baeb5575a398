"""The words in which a persona is written down: who writes what and when, what is to be true in the end.

It is always Monday, 16 November 2026, about 09:00 in São Paulo. Ana works Monday to Friday 09–12 and 13–18.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

INDIVIDUAL, COUPLE = "Sessão individual", "Sessão de casal"


class Cue(StrEnum):
    """What the reception's last words ask for, as a person reads them."""

    CONFIRM = "confirm"
    NAME = "name"
    TIMES = "times"
    SERVICE = "service"
    WHICH = "which"
    MENU = "menu"
    DAY = "day"
    RECEIPT = "receipt"
    NOTHING = ""


@dataclass(frozen=True)
class Burst:
    """Several messages before anybody can answer; `gap` in seconds, drawn anew for each run."""

    texts: tuple[str, ...]
    gap: tuple[float, float] = (0.2, 1.8)


@dataclass(frozen=True)
class Pause:
    """Silence before the next words."""

    minutes: float


@dataclass(frozen=True)
class Sends:
    """Anything but plain text: a recorded form of `tests/payloads`, with the body put in."""

    payload: str
    body: str = ""


@dataclass(frozen=True)
class Taps:
    """A tap on an option or button; `back` counts the messages with options, 0 is the newest."""

    label: str
    back: int = 0


@dataclass(frozen=True)
class Quotes:
    """A reply that quotes the newest message holding these words."""

    words: str
    body: str


@dataclass(frozen=True)
class Taken:
    """Meanwhile Ana books another client by hand at that wall time."""

    local: str


@dataclass(frozen=True)
class Other:
    """Somebody else writes to Ana in the same moment; that person's answers are checked as well."""

    text: str


def burst(*texts: str) -> Burst:
    return Burst(texts)


Step = str | Burst | Pause | Sends | Taps | Quotes | Taken | Other


@dataclass(frozen=True)
class Wanted:
    """An appointment that is to exist in the end; `when` and `name` are regular expressions ("19/11 15:00")."""

    when: str
    service: str = INDIVIDUAL
    attendee: str = ""
    name: str = ".*"


@dataclass(frozen=True)
class Given:
    """How things stand before: wall times that others have, that this client has, and Ana's settings."""

    taken: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    knows: bool = False  # whether the client is known by name
    settings: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Persona:
    """A client. What is asked goes before what was planned to be said, if `at` has an answer to it.

    `says` are the lines in order, `at` what is answered when asked for something (each used once), `name`, `yes`
    and `service` what is answered otherwise. `wish` is the whole wish in one sentence, for a reception that lost
    the thread. `told` and `untold` are regular expressions over everything that the client is told.
    """

    key: str
    about: str
    says: tuple[Step, ...]
    wants: tuple[Wanted, ...] = ()
    # What is agreed to on the way, beside what is wanted in the end.
    seeks: tuple[Wanted, ...] = ()
    at: Mapping[Cue, tuple[Step, ...]] = field(default_factory=dict)
    given: Given = Given()
    language: str = "pt"
    name: str = "Caio Martins"
    yes: str = "sim"
    service: str = "individual"
    wish: str = ""
    told: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()
    # What the product does not do yet; such a persona is played and shown, and does not fail the exam.
    waits_for: str = ""


def thursday(clock: str, **changes: str) -> Wanted:
    return Wanted(f"19/11 {clock}", **changes)


def friday(clock: str, **changes: str) -> Wanted:
    return Wanted(f"20/11 {clock}", **changes)
