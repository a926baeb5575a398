"""Whether anybody reads or changes what is another's, and whether odd strings break a form: counts, not times."""

from benchmarks import empty
from benchmarks.figures import Row, limit


def measure() -> list[Row]:
    """Ask every route for another's rows, and put every odd string through every form, in a database of its own."""
    from intake import trial

    kept, trial.MESSAGES_PER_HOUR = trial.MESSAGES_PER_HOUR, 10**9
    try:
        with empty.database():
            return [*_matrix(), *_strings()]
    finally:
        trial.MESSAGES_PER_HOUR = kept


def _matrix() -> list[Row]:
    from tests.isolation import matrix, routes, world

    known = routes.all_routes()
    with matrix.undone():
        report = matrix.survey(world.build())
    for sentence in report.wrong:
        print(f"  {sentence}")
    covered = f"{report.routes} of {len(known)} routes"
    what = f"isolation: {report.requests} requests for another's rows by every verb and everybody"
    return [
        Row(what, covered, "", f"{100 * report.routes / len(known):.0f} %", "100 %", report.routes == len(known)),
        limit("isolation: answers that leaked, or rows that changed", len(report.wrong), most=0),
    ]


def _strings() -> list[Row]:
    from tests.isolation import matrix, naughty, strings, world

    everything = strings.everything()
    with matrix.undone():
        both = world.build()
        report = naughty.push(matrix.enter(both.ana.user), both.ana, strings=everything)
    for sentence in [*report.broken, *report.wrong]:
        print(f"  {sentence}")
    tried = f"{len(everything)} odd strings in {report.fields} fields of {report.forms} forms"
    return [
        limit(f"{tried}: answers of 500", len(report.broken), most=0),
        limit(f"{tried}: unescaped, changed or sent elsewhere", len(report.wrong), most=0),
    ]
