"""Odd strings in every field that can be found: no answer of 500, and nothing comes back as markup."""

from urllib.parse import urlencode

import pytest
from django.test import Client as Browser

from scheduling.models import Professional
from tests.isolation import forms, matrix, naughty, strings, tenants, world
from tests.isolation.forms import Form
from tests.isolation.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]


# Where a professional may begin, beside what the first page leads to.
STARTS = ("/", "/admin/")


@pytest.fixture
def both() -> World:
    return world.build()


@pytest.fixture
def anas(both: World) -> Browser:
    return matrix.enter(both.ana.user)


def test_worst_odd_strings_break_no_form(both: World, anas: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """I2: the worst of them through every form and search; `make bench` takes all of them."""
    monkeypatch.setattr("intake.trial.MESSAGES_PER_HOUR", 10**6)
    report = naughty.push(anas, both.ana, strings=strings.worst())
    assert report.forms
    assert report.broken == []
    assert report.wrong == []


def test_odd_strings_break_no_form_of_strangers(both: World) -> None:
    """I2: whoever is not logged in meets the same care."""
    stranger = matrix.enter(None)
    report = naughty.push(stranger, both.ana, strings=strings.worst(), start=("/accounts/login/",))
    assert report.forms
    assert report.broken == []
    assert report.wrong == []


def test_there_are_many_odd_strings() -> None:
    assert len(strings.everything()) >= 250


def test_every_form_of_anas_sent_by_bruno_changes_nothing_of_hers(both: World, anas: Browser) -> None:
    """N1: the very forms that Ana is shown, with her rows' ids in them, sent with another's login."""
    _pages, found = forms.crawl(anas, start=STARTS)
    assert found
    bruno = matrix.enter(both.bruno.user)
    before = tenants.state(both.ana)
    for form in found:
        for pressed in _presses(form):
            with matrix.undone():
                bruno = matrix.enter(both.bruno.user)
                response = bruno.generic(
                    form.method.upper(), form.action, pressed, content_type="application/x-www-form-urlencoded"
                )
                assert response.status_code < 500, form
                assert tenants.state(both.ana) == before, form
                assert list(tenants.strangers()) == [], form


def test_every_form_of_brunos_refuses_anas_rows(both: World) -> None:
    """N1: hidden fields and choices with a forged id never tie a row of Bruno's to one of Ana's."""
    _pages, found = forms.crawl(matrix.enter(both.bruno.user), start=STARTS)
    before = tenants.state(both.ana)
    ids = sorted({str(value) for value in both.rows.values()})
    for form in found:
        for name in form.keys:
            for forged in ids:
                with matrix.undone():
                    response = naughty.send(matrix.enter(both.bruno.user), form, {name: forged})
                    assert response.status_code < 500, (form, name, forged)
                    assert tenants.state(both.ana) == before, (form, name, forged)
                    assert list(tenants.strangers()) == [], (form, name, forged)


def _presses(form: Form) -> list[str]:
    """Return the form's body once for each button that sends it."""
    buttons = [one for one in form.fields if one.kind == "button"]
    bodies = [form.data()] + [form.data(**{one.name: one.value}) for one in buttons]
    return [urlencode(body, doseq=True) for body in bodies]


def test_crawl_finds_the_forms_of_a_page(anas: Browser) -> None:
    _pages, found = forms.crawl(anas, start=STARTS)
    wanted = {"/try/say/": {"body", "starter"}, "/agenda/0/mark/": {"status", "dia"}, "/reception/": {"on", "next"}}
    for action, names in wanted.items():
        assert any(names <= {one.name for one in form.fields} for form in found if forms.shape(form.action) == action)


def test_text_that_is_kept_otherwise_is_noticed(both: World) -> None:
    """The harness itself: a cut or changed text does not pass for the one that was written."""
    before = tenants.texts(both.ana)
    Professional.objects.filter(pk=both.ana.pk).update(about="<b>Um texto que mudou</c>")
    after = tenants.texts(both.ana)
    assert naughty.mangled(before, after, ["<b>Um texto que mudou</b>"]) == ["<b>Um texto que mudou</c>"]
    assert naughty.mangled(before, after, [" <b>Um texto que mudou</c>\r\n"]) == []
