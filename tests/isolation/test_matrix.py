"""Every route x verb x person, generated from the URL resolver: nobody reads or changes what is another's."""

import pytest
from pytest_django import Settings

from tests.isolation import matrix, routes, tenants, world
from tests.isolation.table import ARGUMENTS, TABLE, Access
from tests.isolation.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]


@pytest.fixture
def both(settings: Settings) -> World:
    """As in production: a missing page tells nothing of the code."""
    settings.DEBUG = False
    # Static files as they are, without a folder of collected ones.
    settings.WHITENOISE_AUTOREFRESH = True
    return world.build()


def test_every_route_has_a_row_in_the_table() -> None:
    """N1: a route that nobody has decided about fails the build."""
    unknown = [route.pattern for route in routes.all_routes() if route.access is None]
    lines = "\n".join(f'    "{pattern}": Access.OWN,' for pattern in unknown)
    assert not unknown, f"Say in tests/isolation/table.py who gets what from these routes, for example:\n{lines}"


def test_every_argument_has_a_value(both: World) -> None:
    wanted = {(name, route.pattern) for route in routes.all_routes() for name in route.arguments}
    unknown = [(name, at) for name, at in wanted if name not in {*both.rows, *ARGUMENTS, "object_id"}]
    assert not unknown, f"Name a row of Ana's in world.py, or a value in ARGUMENTS of table.py, for: {unknown}"


def test_table_has_no_row_without_a_route() -> None:
    stale = set(TABLE) - {route.pattern for route in routes.all_routes()}
    assert not stale, f"These routes are gone; take them out of tests/isolation/table.py: {sorted(stale)}"


def test_ana_has_a_row_of_every_kind(both: World) -> None:
    """N1: a new model must be planted, or nobody would notice that its rows leak."""
    kinds = [model for model in tenants.models() if model._meta.app_label in ("scheduling", "intake", "assistant")]
    bare = [
        model._meta.label
        for model in kinds
        if not model._base_manager.filter(**{str(tenants.path(model)): both.ana.pk}).exists()
    ]
    assert not bare, f"Write a row of these kinds in tests/isolation/world.py: {bare}"


# The routes of the admin are many: four tests share them.
KINDS = [
    *(pytest.param(kind, 0, 1, id=kind.name.lower()) for kind in Access if kind is not Access.ADMIN),
    *(pytest.param(Access.ADMIN, part, 4, id=f"admin-{part}") for part in range(4)),
]


@pytest.mark.parametrize(("kind", "part", "parts"), KINDS)
def test_nobody_reads_or_changes_what_is_anothers(both: World, kind: Access, part: int, parts: int) -> None:
    """N1, N10: another's rows are missing ones, and staff without a practice sees none."""
    report = matrix.survey(both, kinds=[kind], share=(part, parts))
    assert report.routes
    assert report.wrong == []


def test_owner_reads_what_the_canaries_stand_for(both: World) -> None:
    """The matrix would prove nothing if the canaries were never shown."""
    owner = matrix.enter(both.ana.user)
    assert matrix.ask(owner, "GET", "/", {}).leaks
