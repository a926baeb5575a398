"""Every model of the admin x every page x who asks. A model that is registered tomorrow is asked as well.

Ana has rows of every kind and so has Bruno, whose texts all hold one word that Ana must never read.
"""

import itertools
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import ForeignKey, Model
from django.test import Client as Browser
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from assistant import keys
from assistant.models import Question, Thread
from intake.models import ContentTemplate, Conversation, InboundMessage, OutboundMessage, Turn
from scheduling.models import Appointment, AuditEntry, Client, Professional, TimeOff
from scheduling.tenancy import Tenanted, professional_of
from tests import cast

pytestmark = pytest.mark.django_db

SECRET = "Zulmira"
OWN = "Aparecida"
MISSING = 2_000_000_000

REGISTRY = dict(sorted(admin.site._registry.items(), key=lambda item: item[0]._meta.label))
TENANTED = [model for model, found in REGISTRY.items() if isinstance(found, Tenanted)]
CLOSED = [model for model, found in REGISTRY.items() if not isinstance(found, Tenanted)]
ROW_PAGES = ("change", "delete", "history")

every_tenanted = pytest.mark.parametrize("model", TENANTED, ids=lambda model: model.__name__)
every_model = pytest.mark.parametrize("model", REGISTRY, ids=lambda model: model.__name__)


def furnish(professional: Professional, word: str) -> None:
    """Give the professional a row of every kind; every text in it holds the word."""
    professional.about = word
    professional.save()
    service = cast.service(professional, f"Sessão {word}", 50, "200.00", position=9)
    client = Client.objects.create(professional=professional, name=f"{word} Alves", notes=word)
    client.addresses.create(professional=professional, address=f"whatsapp:{word}")
    start = timezone.now() - timedelta(days=1)
    appointment = cast.on_record(client, start, service=service, reference=f"R{word}", attendee=word)
    event = appointment.events.create(kind="confirmed", actor="client", data={"note": word})
    TimeOff.objects.create(professional=professional, starts_at=start, ends_at=timezone.now(), reason=word)
    cast.open_on_date(professional, timezone.now().date(), ("20:00", "21:00"))
    conversation = Conversation.objects.create(
        professional=professional, channel="whatsapp", address=f"whatsapp:{word}", profile_name=word, client=client
    )
    turn = Turn.objects.create(conversation=conversation, path="model", model=word, outcome=word)
    InboundMessage.objects.create(conversation=conversation, provider_sid=word, body=word, turn=turn)
    OutboundMessage.objects.create(
        professional=professional,
        conversation=conversation,
        turn=turn,
        event=event,
        medium="whatsapp",
        recipient=word,
        body=word,
        dedupe_key=word,
        status="failed",
        error_code=word,
    )
    thread = Thread.objects.create(professional=professional, title=word)
    Question.objects.create(thread=thread, text=word, answer=word, model=word, outcome=word)
    keys.issue(professional, name=word, user=professional.user)
    AuditEntry.objects.create(professional=professional, kind="client_exported", data={"note": word})


@pytest.fixture
def ana() -> Professional:
    ana = cast.ana()
    furnish(ana, OWN)
    return ana


@pytest.fixture(autouse=True)
def bruno(ana: Professional) -> Professional:
    bruno = cast.bruno(name=f"Bruno {SECRET}")
    furnish(bruno, SECRET)
    ContentTemplate.objects.create(account="AC1", name=SECRET, sid="HX1")
    return bruno


def entered(name: str, **fields: Any) -> Browser:
    login = cast.login(name)
    User.objects.filter(pk=login.pk).update(**fields or {"is_staff": False})
    browser = Browser()
    browser.force_login(login)
    return browser


@pytest.fixture
def browser(ana: Professional) -> Browser:
    return entered("ana@example.com")


@pytest.fixture
def staff() -> Browser:
    return entered("staff@example.com", is_staff=True)


def page(model: type[Model], name: str, *arguments: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=arguments)


def path_of(model: type[Model]) -> str:
    found: Any = REGISTRY[model]
    return str(found.tenant_path)


def rows_of(model: type[Model], professional: Professional) -> Any:
    return model._default_manager.filter(**{path_of(model): professional.pk})


def asked_by(ana: Professional) -> Any:
    request = RequestFactory().get("/admin/")
    assert ana.user is not None
    request.user = ana.user
    return request


def everything(professional: Professional) -> dict[str, list[Any]]:
    """Return all rows of a professional, to be compared later."""
    return {model.__name__: list(rows_of(model, professional).order_by("pk").values()) for model in TENANTED}


@every_tenanted
def test_both_have_rows_of_it(model: type[Model], ana: Professional, bruno: Professional) -> None:
    """Without them the other tests would see nothing leak: a new model gets its rows in `furnish`."""
    assert rows_of(model, ana).exists()
    assert rows_of(model, bruno).exists()


def test_every_model_of_the_product_belongs_to_a_professional_or_to_the_operator() -> None:
    """A model without a professional is closed by the site itself."""
    assert {model.__name__ for model in TENANTED} >= {
        "Appointment",
        "AppointmentEvent",
        "AuditEntry",
        "Client",
        "ClientAddress",
        "Conversation",
        "InboundMessage",
        "OutboundMessage",
        "Professional",
        "Service",
        "TimeOff",
        "Turn",
        "WorkingHours",
    }
    assert {"User", "Group", "ContentTemplate"} <= {model.__name__ for model in CLOSED}


LISTS = ("", "?q=zulmira", "?_popup=1", "?_facets=True", "?all=1", "?o=1.-2", "?p=1", "?_to_field=id&_popup=1")


@every_tenanted
def test_list_and_search_show_own_rows_alone(model: type[Model], browser: Browser, ana: Professional) -> None:
    """N1, N2: lists in every order, their filters' choices and counts, dates, search."""
    for asked in LISTS:
        response = browser.get(page(model, "changelist") + asked)
        assert response.status_code == 200
        assert SECRET not in response.content.decode()
        assert cast.BRUNO_NUMBER not in response.content.decode()
        searched = "q=" in asked and REGISTRY[model].get_search_fields(asked_by(ana))
        own = 0 if searched else rows_of(model, ana).count()
        assert response.context["cl"].result_count == own


@every_tenanted
def test_another_ones_row_is_answered_like_a_missing_one(
    model: type[Model], browser: Browser, bruno: Professional
) -> None:
    """N1, N2: detail by id, delete page, history; read and write."""
    before = everything(bruno)
    theirs = rows_of(model, bruno).first().pk
    for name, ask in itertools.product(ROW_PAGES, (browser.get, browser.post)):
        answers = [ask(page(model, name, pk), {"post": "yes"}) for pk in (theirs, MISSING)]
        assert {answer.status_code for answer in answers} <= {403, 404}
        assert answers[0].status_code == answers[1].status_code
        assert SECRET not in answers[0].content.decode()
    assert everything(bruno) == before


@every_tenanted
def test_own_row_opens_without_another_ones_texts(model: type[Model], browser: Browser, ana: Professional) -> None:
    """N2: choices of fields, inlines, the delete page's list of what goes along, history."""
    for name in ROW_PAGES:
        response = browser.get(page(model, name, rows_of(model, ana).first().pk))
        assert response.status_code in ({200, 403} if name == "delete" else {200})
        assert SECRET not in response.content.decode()
        assert cast.BRUNO_NUMBER not in response.content.decode()


@every_tenanted
def test_new_row_is_offered_nothing_of_others(model: type[Model], browser: Browser) -> None:
    """N2: choices of the empty form, also as a popup."""
    for asked in ("", "?_popup=1", "?professional=2"):
        response = browser.get(page(model, "add") + asked)
        assert response.status_code in {200, 403}
        assert SECRET not in response.content.decode()


@every_tenanted
def test_foreign_keys_can_be_set_to_own_rows_alone(model: type[Model], ana: Professional) -> None:
    """N2: dropdowns, raw ids and what a form accepts all come from this set."""
    request = asked_by(ana)
    instances = [REGISTRY[model], *REGISTRY[model].get_inline_instances(request)]
    for one in instances:
        for field in one.model._meta.get_fields():
            if isinstance(field, ForeignKey):
                found: Any = one.get_field_queryset(None, field, request)
                owners = {professional_of(row, path=path_of(found.model)) for row in found}
                assert owners <= {ana.pk}


@every_model
def test_autocomplete_offers_own_rows_alone(model: type[Model], browser: Browser) -> None:
    """N2"""
    for field in (field for field in model._meta.get_fields() if isinstance(field, ForeignKey)):
        asked = {
            "app_label": model._meta.app_label,
            "model_name": str(model._meta.model_name),
            "field_name": field.name,
        }
        for term in ("", SECRET, "\x00", "'"):
            response = browser.get("/admin/autocomplete/", {**asked, "term": term})
            assert response.status_code in {200, 403}
            assert SECRET not in response.content.decode()


LEAKS = (
    "professional__id__exact",
    "professional",
    "professional_id",
    "professional__name__startswith",
    "professional__user__password__startswith",
    "client__id__exact",
    "client__professional__id__exact",
    "service__id__exact",
    "service__professional__plan",
    "conversation__professional__id__exact",
    "conversation__id__exact",
    "appointment__professional__id__exact",
    "user__password__startswith",
    "user__id__exact",
    "user",
    "plan__exact",
    "whatsapp_number__startswith",
    "id__exact",
    "pk__in",
)


@every_tenanted
def test_questions_in_the_address_reach_nothing_of_others(
    model: type[Model], browser: Browser, ana: Professional, bruno: Professional
) -> None:
    """N1, N2: filters and other lookups by hand: another one's id, one's own and none get the same answer."""
    for lookup in LEAKS:
        values = (bruno.pk, ana.pk, MISSING) if lookup.startswith("professional") else (bruno.pk, MISSING)
        answers = [browser.get(page(model, "changelist"), {lookup: value}) for value in values]
        assert {answer.status_code for answer in answers} <= {200, 302, 400}
        assert len({answer.status_code for answer in answers}) == 1
        assert SECRET not in answers[0].content.decode()


@every_tenanted
def test_actions_with_forged_ids_change_nothing(model: type[Model], browser: Browser, bruno: Professional) -> None:
    """N2, I2: every bulk action there is, those that a professional is not offered as well."""
    found: Any = REGISTRY[model]
    theirs = list(rows_of(model, bruno).values_list("pk", flat=True))
    before = everything(bruno)
    chosen = (theirs, [MISSING, 10**30], ["\x00", "abc", "-1", "1 OR 1=1", ""])
    for action, ids in itertools.product({"delete_selected", *found.actions}, chosen):
        form = {"action": action, "_selected_action": ids, "post": "yes", "reason": "x"}
        response = browser.post(page(model, "changelist"), form)
        assert response.status_code in {200, 302}
        assert SECRET not in response.content.decode()
    assert everything(bruno) == before


@every_tenanted
def test_new_row_is_ones_own_whoever_is_posted(
    model: type[Model], browser: Browser, ana: Professional, bruno: Professional
) -> None:
    """A6, N1: another one's id, or a plan, in the form of a new row or of an own one is not read."""
    before = everything(bruno)
    forged = {"professional": bruno.pk, "user": 1, "plan": "premium", "is_superuser": "on", "is_staff": "on"}
    for url in (page(model, "add"), page(model, "change", rows_of(model, ana).first().pk)):
        assert browser.post(url, {**forged, **VALID.get(model.__name__, {})}).status_code in {200, 302, 403}
    assert everything(bruno) == before
    assert not User.objects.filter(is_superuser=True).exists()


VALID: dict[str, dict[str, Any]] = {
    "Service": {
        "name": "Nova",
        "duration_minutes": 30,
        "price": "10,00",
        "position": 0,
        "buffer_before_minutes": 0,
        "buffer_after_minutes": 0,
    },
    "WorkingHours": {"weekday": 6, "opens_at": "09:00", "closes_at": "10:00"},
    "TimeOff": {
        "starts_at_0": "01/12/2030",
        "starts_at_1": "10:00",
        "ends_at_0": "01/12/2030",
        "ends_at_1": "11:00",
    },
    "Client": {"name": "Nova", "addresses-TOTAL_FORMS": 0, "addresses-INITIAL_FORMS": 0},
}


@pytest.mark.parametrize("name", VALID)
def test_such_a_form_does_make_a_row_of_ones_own(name: str, browser: Browser, ana: Professional) -> None:
    """A6: the forms of the test before this one are good ones."""
    model = apps.get_model("scheduling", name)
    before = rows_of(model, ana).count()
    response = browser.post(page(model, "add"), {**VALID[name], "professional": MISSING})
    assert response.status_code == 302, response.context["errors"]
    assert rows_of(model, ana).count() == before + 1


@every_model
def test_nobody_enters_without_a_login(model: type[Model]) -> None:
    """N2"""
    row = model._default_manager.first()
    paths = [page(model, "changelist"), page(model, "add")]
    paths += [page(model, name, row.pk if row else 1) for name in ROW_PAGES]
    for path in paths:
        for ask in (Browser().get, Browser().post):
            response = ask(path)
            assert response.status_code == 302
            assert "login" in response.headers["Location"]


@every_model
def test_staff_without_a_professional_sees_no_rows(model: type[Model], staff: Browser) -> None:
    """N10"""
    row = model._default_manager.first()
    paths = [page(model, "changelist"), page(model, "add")]
    paths += [page(model, name, row.pk if row else 1) for name in ROW_PAGES]
    for path in paths:
        for ask in (staff.get, staff.post):
            response = ask(path)
            assert response.status_code in {403, 404}
            assert SECRET not in response.content.decode()
            assert OWN not in response.content.decode()


def test_staff_without_a_professional_is_told_why_nothing_is_there(staff: Browser) -> None:
    """N10: no lists and no figures."""
    response = staff.get("/admin/")
    assert (response.status_code, response.context["tiles"], response.context["app_list"]) == (200, [], [])


def test_permission_rows_open_nothing(staff: Browser) -> None:
    """N10: what Django's own permissions grant knows no tenants, and is not asked."""
    from django.contrib.auth.models import Permission

    User.objects.get(username="staff@example.com").user_permissions.set(Permission.objects.all())
    assert staff.get(page(Appointment, "changelist")).status_code == 403
    assert staff.get(page(User, "changelist")).status_code == 403


@pytest.mark.parametrize("model", CLOSED, ids=lambda model: model.__name__)
def test_what_is_the_operators_is_closed_to_a_professional(model: type[Model], browser: Browser) -> None:
    """N2: logins, groups, the provider's account and whatever says nothing about its professional."""
    row = model._default_manager.first()
    paths = [page(model, "changelist"), page(model, "add")]
    paths += [page(model, name, row.pk if row else 1) for name in ROW_PAGES]
    for path in paths:
        for ask in (browser.get, browser.post):
            assert ask(path).status_code in {403, 404}
    assert page(model, "changelist") not in browser.get("/admin/").content.decode()


@every_model
def test_operator_sees_everything(model: type[Model], bruno: Professional) -> None:
    operator = entered("operator@example.com", is_superuser=True)
    response = operator.get(page(model, "changelist"))
    assert response.status_code == 200
    assert response.context["cl"].result_count == model._default_manager.count()


def test_retired_login_sees_nothing(browser: Browser) -> None:
    """N10"""
    User.objects.filter(username="ana@example.com").update(is_active=False)
    assert browser.get(page(Appointment, "changelist")).status_code == 302


def test_a_rows_type_and_id_lead_nowhere(browser: Browser) -> None:
    """N1: Django's redirect from any row of any type to its page asks nobody for permission."""
    assert browser.get("/admin/r/1/1/").status_code == 404
