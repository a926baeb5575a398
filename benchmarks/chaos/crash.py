"""kill -9 at every point of a message's way, and what became of everybody's booking."""

from benchmarks.chaos import mortal, people, system, verdict
from benchmarks.chaos.table import Row
from benchmarks.chaos.talk import Talk

EACH = 50
LEAST_DEATHS = 3
# First messages a second.
RATE = 6.0
PATIENCE_SECONDS = 600


def measure() -> list[Row]:
    """Return a row for each point."""
    with system.standing() as running, running.running(*system.PARTS, mortal=True):
        groups = {point: people.clients(people.professional(point), EACH) for point in mortal.POINTS}
        with Talk(running.twilio, [person for group in groups.values() for person in group]) as talk:
            talk.begin(rate=RATE)
            talk.wait(seconds=PATIENCE_SECONDS)
        return [row(point, group, running) for point, group in groups.items()]


def row(point: str, group: list[people.Person], running: system.System) -> Row:
    """Return the row of one point."""
    told, deaths = (mortal.POINTS | mortal.WEB_POINTS)[point], mortal.deaths(point)
    return verdict.row(f"kill -9 {told}, {deaths} times", group, running.twilio, also=deaths >= LEAST_DEATHS)
