"""The admin's pages: their policy, their words, their figures, and what odd input gets."""

import ast
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import unfold
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Model
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation.template import templatize

from intake.models import Conversation, InboundMessage, OutboundMessage
from scheduling import names
from scheduling.models import Appointment, AuditEntry, Professional, TimeOff
from tests import cast
from tests.intake.conversing import say

pytestmark = pytest.mark.django_db

UNFOLD = Path(unfold.__file__).parent
# What people type, paste and attack with; the first two are what a database and an encoder stumble over.
ODD = (
    "\x00",
    "\x00abc",
    "%00",
    "' OR 1=1 --",
    '"; DROP TABLE scheduling_client; --',
    "<script>alert(1)</script>",
    "{{ 7 * 7 }}{% include 'x' %}",
    "%s%d%n",
    "../../etc/passwd",
    "田中さん ﷽ 👩‍👧 Z̷̡a̷l̵g̶o̷",
    "\u202etxet",
    "NaN",
    "-1",
    "99999999999999999999",
    "9" * 5000,
    "0001-01-01",
    "9999-99-99",
    "True",
    "\\",
    "\t\n ",
)


def enter(name: str, **fields: Any) -> Browser:
    login = cast.login(name)
    User.objects.filter(pk=login.pk).update(**fields or {"is_staff": False})
    browser = Browser(headers={"accept-language": "pt-BR"})
    browser.force_login(login)
    return browser


@pytest.fixture
def ana() -> Professional:
    return cast.ana()


@pytest.fixture
def browser(ana: Professional) -> Browser:
    return enter("ana@example.com")


@pytest.fixture
def operator() -> Browser:
    return enter("operator@example.com", is_superuser=True)


@pytest.fixture(params=["professional", "operator"])
def anyone(request: pytest.FixtureRequest, browser: Browser, operator: Browser) -> Browser:
    return browser if request.param == "professional" else operator


def path(model: type[Model], name: str = "changelist", *arguments: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=arguments)


class TestPolicy:
    @pytest.mark.parametrize("where", ["/admin/", "/admin/nowhere/", "/admin/scheduling/client/"])
    @pytest.mark.parametrize("logged_in", [True, False])
    def test_every_page_of_the_admin_has_its_own(self, browser: Browser, where: str, logged_in: bool) -> None:
        response = (browser if logged_in else Browser()).get(where)
        policy = response.headers["Content-Security-Policy"]
        assert "'unsafe-eval'" in policy
        assert "script-src 'self' 'unsafe-eval';" in policy
        assert not re.search(r"https?:|\*", policy)

    def test_no_other_page_has_it(self, browser: Browser) -> None:
        assert "unsafe" not in browser.get("/").headers["Content-Security-Policy"]

    def test_pages_ask_no_other_host_for_anything(self, anyone: Browser) -> None:
        for where in ("/admin/", path(Appointment), path(Professional)):
            sources = re.findall(r'(?:src|<link[^>]*href)="([^"]+)"', anyone.get(where).content.decode())
            assert sources
            assert [one for one in sources if not one.startswith(("/static/", "/admin/"))] == []


class TestWords:
    def english(self) -> Iterator[str]:
        """Yield every sentence of unfold's own, from the code and the templates of its parts that are installed."""
        files = [one for one in UNFOLD.rglob("*") if "contrib" not in one.parts or "filters" in one.parts]
        for source in (one for one in files if one.suffix == ".py"):
            for node in ast.walk(ast.parse(source.read_text())):
                match node:
                    case ast.Call(func=ast.Name(id="_" | "gettext" | "gettext_lazy"), args=[ast.Constant(str(text))]):
                        yield text
        for page in (one for one in files if one.suffix == ".html"):
            written = page.read_text()
            said = re.findall(r"""gettext\(u?(['"])(.*?)\1[,)]""", templatize(written))
            said += re.findall(r"""\b_\((['"])(.*?)\1\)""", written)
            yield from (text for _quote, text in said)

    @pytest.mark.parametrize("language", ["pt-br", "es"])
    def test_unfold_speaks_the_languages_of_the_product(self, language: str) -> None:
        """It ships no translation of its own: all of what its pages can say is in our catalogues."""
        same = {"Link"} if language == "pt-br" else {"General", "No"}
        with translation.override(language):
            left = {text for text in self.english() if not self.is_told(text.replace("\\n", "\n"))}
        assert left - same == set()

    def is_told(self, text: str) -> bool:
        """Return whether a sentence is translated, as one of its own or as one of two forms."""
        return translation.gettext(text) != text or translation.ngettext(text, text, 1) != text

    @pytest.mark.parametrize("language", ["pt-br", "es"])
    def test_models_and_fields_have_names(self, language: str) -> None:
        same = {"ID", "link", "links", "plan"}
        left = set()
        ours = ("scheduling", "intake", "assistant")
        for model in (model for name in ours for model in apps.get_app_config(name).get_models()):
            named = [model._meta.verbose_name, model._meta.verbose_name_plural]
            for one in [*named, *(field.verbose_name for field in names.fields(model))]:
                with translation.override("en"):
                    english = str(one)
                with translation.override(language):
                    left |= {english} & {str(one)}
        assert left <= same

    def test_pages_hold_none_of_unfolds_english(self, browser: Browser, ana: Professional) -> None:
        service = ana.services.all()[0]
        client = cast.caio(ana)
        pages = [
            "/admin/",
            path(Appointment),
            path(type(service), "add"),
            path(type(service), "change", service.pk),
            path(type(service), "delete", service.pk),
            path(type(service), "history", service.pk),
            path(type(client), "change", client.pk),
            path(Professional, "change", ana.pk),
        ]
        long_ones = {text for text in self.english() if len(text) > 4}
        for where in pages:
            self.assert_portuguese(browser.get(where), long_ones)

    def assert_portuguese(self, response: Any, english: set[str]) -> None:
        assert response.status_code == 200
        page = response.content.decode()
        texts = {text.strip() for text in re.findall(r">([^<>]+)<", page)}
        texts |= set(re.findall(r'(?:title|placeholder|aria-label|alt)="([^"]+)"', page))
        assert (texts & english) - {"General", "Link", "Total"} == set()
        assert 'lang="pt-br"' in page

    def test_professional_reads_the_own_language_whatever_the_browser_says(self, browser: Browser) -> None:
        Professional.objects.update(language="es")
        assert "Citas" in browser.get("/admin/").content.decode()


class TestOverview:
    def figures(self, browser: Browser) -> dict[str, tuple[str, int]]:
        """Return each tile's figure and the number of rows of the list that it opens."""
        tiles = browser.get("/admin/").context["tiles"]
        return {tile.label: (tile.figure, browser.get(tile.url).context["cl"].result_count) for tile in tiles}

    def test_each_figure_opens_as_many_rows(self, browser: Browser, operator: Browser, ana: Professional) -> None:
        caio, now = cast.caio(ana), timezone.now()
        noon = now.astimezone(ana.zone).replace(hour=12, minute=0, second=0, microsecond=0)
        cast.on_record(caio, noon)
        cast.on_record(caio, noon + timedelta(hours=2), status="cancelled")
        expires = now + timedelta(hours=2)
        cast.on_record(caio, now + timedelta(days=3), status="pending", expires_at=expires)
        cast.on_record(caio, now + timedelta(days=4), status="pending", expires_at=now - timedelta(minutes=1))
        month = noon.replace(day=1, hour=6)
        for hour, status in enumerate(("completed", "completed", "completed", "no_show")):
            cast.on_record(caio, month + timedelta(hours=hour), status=status)
        until = {"human_until": now + timedelta(hours=1), "channel": "whatsapp", "professional": ana}
        Conversation.objects.create(address="a", human_reason="asked", **until)
        Conversation.objects.create(address="b", **until)
        today = "5" if noon.day == 1 else "1"
        own = {"Hoje": (today, int(today)), "Pedidos": ("1", 1), "Taxa de no-show": ("25,0%", 1), "Conversas": ("1", 1)}
        assert self.figures(browser) == own
        assert self.figures(operator) == {**own, "Sem resposta": ("0", 0), "Não entregues": ("0", 0)}

    def test_dead_letters_are_the_operators(self, operator: Browser, ana: Professional) -> None:
        """O3"""
        say(ana, "oi")
        InboundMessage.objects.update(status="dead")
        OutboundMessage.objects.update(status="failed")
        found = self.figures(operator)
        assert found["Sem resposta"] == ("1", 1)
        assert found["Não entregues"] == ("1", 1)

    def test_another_ones_rows_are_not_counted(self, browser: Browser) -> None:
        """N1, N2"""
        cast.on_record(cast.caio(cast.bruno()), timezone.now(), status="no_show")
        assert {tile.figure for tile in browser.get("/admin/").context["tiles"]} == {"0", "–"}

    def test_it_takes_few_queries(self, browser: Browser, django_assert_max_num_queries: Any) -> None:
        with django_assert_max_num_queries(12):
            browser.get("/admin/")


LISTS = [
    model for model in admin.site._registry if model._meta.app_label in ("scheduling", "intake", "assistant", "auth")
]


# What a database, a number and a date stumble over.
HARD = ("\x00", "99999999999999999999", "abc")


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model.__name__)
def test_odd_questions_break_no_list(
    model: type[Model], browser: Browser, operator: Browser, ana: Professional
) -> None:
    """I2: every filter, order, page, dates and popups."""
    say(ana, "oi")
    found: Any = admin.site._registry[model]
    filters = [one[0] if isinstance(one, tuple) else getattr(one, "parameter_name", one) for one in found.list_filter]
    asked = {"o", "p", "e", "all", "_popup", "_to_field", "_facets", *filters}
    asked |= {f"{name}__{end}" for name in filters for end in ("exact", "isnull")}
    if found.date_hierarchy:
        asked |= {f"{found.date_hierarchy}__{part}" for part in ("year", "month", "day", "gte")}
    # The operator may ask everything that a professional may.
    answers = {
        (name, HARD[place % 3]): operator.get(path(model), {name: HARD[place % 3]}).status_code
        for place, name in enumerate(sorted(asked))
    }
    assert {pair: status for pair, status in answers.items() if status not in (200, 302, 400)} == {}
    for name in sorted(asked)[::4]:
        assert browser.get(path(model), {name: "\x00"}).status_code in (200, 302, 400, 403)


@pytest.mark.parametrize("text", ODD)
def test_odd_words_break_no_search(text: str, browser: Browser, ana: Professional) -> None:
    """I2"""
    say(ana, "oi")
    for model in (Appointment, Conversation, TimeOff):
        assert browser.get(path(model), {"q": text}).status_code == 200


@pytest.mark.parametrize("moment", ["year", "month", "day"])
def test_a_date_beyond_the_clock_opens_the_whole_list(moment: str, browser: Browser) -> None:
    """I2: Django itself answers such a year with an error of the server."""
    answer = browser.get(path(TimeOff), {"starts_at__year": "9" * 20, f"starts_at__{moment}": "9" * 20})
    assert answer.status_code == 302
    assert browser.get(answer.headers["Location"]).status_code == 200


@pytest.mark.parametrize("text", ODD)
def test_odd_terms_break_no_other_search(text: str, browser: Browser) -> None:
    """I2"""
    for asked in ({"s": text}, {"s": "a", "page": text}, {"s": text, "extended": "1"}):
        assert browser.get("/admin/search/", asked).status_code == 200
    source = {"app_label": "scheduling", "model_name": "appointment", "field_name": "client"}
    assert browser.get("/admin/autocomplete/", {**source, "term": text}).status_code == 200
    assert browser.get("/admin/autocomplete/", {**source, "page": text}).status_code in (200, 404)
    for name in source:
        assert browser.get("/admin/autocomplete/", {**source, name: text}).status_code == 403


@pytest.mark.parametrize("text", ODD)
def test_odd_ids_are_no_rows(text: str, browser: Browser) -> None:
    """I2, N1"""
    for name in ("change", "delete", "history"):
        assert browser.get(f"/admin/scheduling/timeoff/{quote(text, safe='')}/{name}/").status_code == 404


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_are_refused_or_shown_as_they_are(text: str, browser: Browser, ana: Professional) -> None:
    """I2"""
    day = {"starts_at_0": "01/12/2030", "starts_at_1": "10:00", "ends_at_0": "01/12/2030", "ends_at_1": "11:00"}
    response = browser.post(path(TimeOff, "add"), {**day, "reason": text})
    assert response.status_code in (200, 302)
    if response.status_code == 302:
        assert ana.time_off.get().reason == text.strip()
        assert "<script>alert" not in browser.get(path(TimeOff)).content.decode()
    for name in day:
        assert browser.post(path(TimeOff, "add"), {**day, name: text}).status_code == 200


def test_audit_lists_nothing_for_a_login_without_rows(ana: Professional) -> None:
    """N10, N11"""
    AuditEntry.objects.create(professional=ana, kind="client_exported")
    assert enter("staff@example.com", is_staff=True).get(path(AuditEntry)).status_code == 403


def test_name_that_is_taken_is_said_and_nothing_is_saved(browser: Browser, ana: Professional) -> None:
    """D7, I2: the form does not show the professional, so only the database knows of the other one."""
    service = ana.services.all()[0]
    fields = {"name": service.name, "duration_minutes": 50, "price": "200", "position": 0}
    more = {"buffer_before_minutes": 0, "buffer_after_minutes": 0, "is_active": "on"}
    page = browser.post(path(type(service), "add"), fields | more, follow=True)
    assert page.status_code == 200
    assert ana.services.filter(name=service.name).count() == 1
    assert re.search("Já existe|já existe", page.content.decode())
