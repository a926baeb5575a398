"""What a professional does in the admin, and what stays in the books when the operator does it for one."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.utils import timezone

from scheduling.models import Appointment, AuditEntry, Client, Professional, WorkingHours
from tests import cast

pytestmark = pytest.mark.django_db

LIST = "/admin/scheduling/appointment/"


@pytest.fixture
def ana() -> Professional:
    return cast.ana()


@pytest.fixture
def caio(ana: Professional) -> Client:
    return cast.caio(ana)


@pytest.fixture
def browser(ana: Professional) -> Browser:
    browser = Browser(headers={"accept-language": "pt-BR"})
    browser.force_login(cast.login("ana@example.com"))
    return browser


@pytest.fixture
def operator() -> Browser:
    browser = Browser(headers={"accept-language": "pt-BR"})
    browser.force_login(User.objects.create_superuser("operator@example.com"))
    return browser


def profile(ana: Professional, **changes: Any) -> dict[str, Any]:
    """Return the profile's form as the page shows it, with changes."""
    form: dict[str, Any] = {
        "name": ana.name,
        "profession": ana.profession,
        "language": ana.language,
        "timezone": ana.timezone,
        "slot_step_minutes": 30,
        "minimum_notice_minutes": 120,
        "booking_horizon_days": 60,
        "cancellation_cutoff_hours": 24,
        "bot_enabled": "on",
    }
    for prefix, rows in (("services", ana.services), ("working_hours", ana.working_hours), ("time_off", ana.time_off)):
        form |= {f"{prefix}-TOTAL_FORMS": rows.count(), f"{prefix}-INITIAL_FORMS": rows.count()}
    for place, service in enumerate(ana.services.all()):
        fields = ("id", "name", "duration_minutes", "buffer_before_minutes", "buffer_after_minutes", "position")
        form |= {f"services-{place}-{name}": getattr(service, name) for name in fields}
        form |= {f"services-{place}-price": "200,00", f"services-{place}-is_active": "on"}
        form |= {f"services-{place}-professional": ana.pk}
    for place, row in enumerate(ana.working_hours.all()):
        form |= {f"working_hours-{place}-{name}": getattr(row, name) for name in ("id", "weekday")}
        form |= {f"working_hours-{place}-{name}": f"{getattr(row, name):%H:%M}" for name in ("opens_at", "closes_at")}
        form |= {f"working_hours-{place}-professional": ana.pk}
    return form | changes


def page_of(ana: Professional) -> str:
    return f"/admin/scheduling/professional/{ana.pk}/change/"


def errors(response: Any) -> str:
    assert response.status_code == 200
    return str(response.context["errors"])


class TestOwnProfile:
    def test_it_is_edited_with_services_and_hours(self, browser: Browser, ana: Professional) -> None:
        form = profile(
            ana, profession="Psicanalista", **{"services-0-name": "Consulta", "working_hours-0-opens_at": "08:00"}
        )
        response = browser.post(page_of(ana), form)
        assert response.status_code == 302, errors(response)
        ana.refresh_from_db()
        assert ana.profession == "Psicanalista"
        assert ana.services.filter(name="Consulta", price=200).exists()
        assert ana.working_hours.filter(opens_at="08:00").count() == 1

    def test_what_the_operator_gives_is_neither_shown_nor_taken(self, browser: Browser, ana: Professional) -> None:
        """A6"""
        bruno = cast.bruno()
        forged = {
            "plan": "premium",
            "trial_ends_at_0": "01/12/2030",
            "trial_ends_at_1": "10:00",
            "whatsapp_number": "+5511999990000",
            "requested_number": "+5511999990000",
            "user": bruno.user_id,
            "professional": bruno.pk,
            "is_superuser": "on",
            "is_staff": "on",
        }
        shown = browser.get(page_of(ana)).content.decode()
        assert [name for name in forged if f'name="{name}"' in shown] == []
        before = Professional.objects.values("plan", "trial_ends_at", "whatsapp_number", "requested_number", "user")
        kept = before.get(pk=ana.pk)
        assert browser.post(page_of(ana), profile(ana, **forged)).status_code == 302
        assert before.all().get(pk=ana.pk) == kept
        assert not User.objects.filter(is_superuser=True).exists()

    def test_another_ones_service_in_the_form_is_refused(self, browser: Browser, ana: Professional) -> None:
        """A6, N2: the id of an inline row is asked for its professional too."""
        theirs = cast.bruno().services.all()[0]
        for pk in (theirs.pk, 2_000_000_000):
            form = profile(ana, **{"services-0-id": pk, "services-0-name": "Minha"})
            assert errors(browser.post(page_of(ana), form))
        theirs.refresh_from_db()
        assert theirs.name == "Corte"

    def test_a_professional_neither_makes_nor_deletes_one(self, browser: Browser, ana: Professional) -> None:
        assert browser.get("/admin/scheduling/professional/add/").status_code == 403
        assert browser.post(page_of(ana).replace("change", "delete"), {"post": "yes"}).status_code == 403

    def test_number_is_given_beside_the_one_that_was_asked_for(self, operator: Browser, ana: Professional) -> None:
        Professional.objects.update(requested_number="+5511988887777")
        shown = operator.get(page_of(ana)).content.decode()
        assert 'name="whatsapp_number"' in shown
        assert "+5511988887777" in shown
        assert (
            operator.post(page_of(ana), profile(ana, whatsapp_number="+5511988887777", plan="premium")).status_code
            == 302
        )
        ana.refresh_from_db()
        assert (ana.whatsapp_number, ana.plan) == ("+5511988887777", "premium")

    @pytest.mark.parametrize("who", ["browser", "operator"])
    def test_zone_is_not_changed_past_the_appointments(
        self, who: str, request: pytest.FixtureRequest, ana: Professional
    ) -> None:
        """T13: the settings ask what becomes of the agreed times; here nobody is asked."""
        agreed = cast.booked(cast.caio(ana), cast.next_weekday(1))
        caller: Browser = request.getfixturevalue(who)
        assert caller.post(page_of(ana), profile(ana, timezone="America/Manaus", plan="pro")).status_code == 302
        ana.refresh_from_db()
        assert ana.timezone == agreed.timezone == "America/Sao_Paulo"
        shown = caller.get(page_of(ana)).content.decode()
        assert "America/Sao_Paulo" in shown
        assert "O fuso horário de uma agenda que já existe muda nos ajustes dela" in shown

    def test_zone_of_a_new_one_is_chosen(self, operator: Browser) -> None:
        path = "/admin/scheduling/professional/add/"
        assert 'name="timezone"' in operator.get(path).content.decode()

    def test_time_off_is_typed_on_ones_own_clock(self, browser: Browser, ana: Professional) -> None:
        Professional.objects.update(timezone="America/Manaus")
        form = {"starts_at_0": "01/12/2030", "starts_at_1": "10:00", "ends_at_0": "01/12/2030", "ends_at_1": "11:00"}
        assert browser.post("/admin/scheduling/timeoff/add/", form).status_code == 302
        assert ana.time_off.get().starts_at == cast.at("2030-12-01 10:00", "America/Manaus")


class TestHours:
    def add(self, browser: Browser, **changes: Any) -> Any:
        form = {"weekday": 0, "opens_at": "11:00", "closes_at": "12:30"}
        return browser.post("/admin/scheduling/workinghours/add/", form | changes)

    @pytest.mark.parametrize(
        ("typed", "field", "told"),
        [
            ({}, "opens_at", "Use 12:00 ou mais tarde: o intervalo anterior termina às 12:00."),
            ({"opens_at": "07:00", "closes_at": "09:30"}, "closes_at", "Use 09:00 ou mais cedo"),
            ({"opens_at": "12:30", "closes_at": "00:00"}, "closes_at", "Use 13:00 ou mais cedo"),
        ],
    )
    def test_overlapping_ones_are_explained_next_to_the_field(
        self, browser: Browser, typed: dict[str, str], field: str, told: str
    ) -> None:
        response = self.add(browser, **typed)
        assert response.status_code == 200
        assert told in str(response.context["adminform"].form.errors[field])

    def test_after_an_interval_until_midnight_nothing_begins(self, browser: Browser, ana: Professional) -> None:
        cast.open_on(ana, [6], ("18:00", "00:00"))
        assert "até o fim do dia" in errors(self.add(browser, weekday=6, opens_at="20:00", closes_at="21:00"))

    @pytest.mark.parametrize(
        "typed",
        [{"opens_at": "12:00", "closes_at": "13:00"}, {"weekday": 6}, {"opens_at": "18:00", "closes_at": "00:00"}],
    )
    def test_others_are_taken(self, browser: Browser, typed: dict[str, Any]) -> None:
        assert self.add(browser, **typed).status_code == 302

    def test_another_ones_hours_are_in_nobodys_way(self, browser: Browser) -> None:
        """N2"""
        cast.open_on(cast.bruno(), [6], ("08:00", "20:00"))
        assert self.add(browser, weekday=6).status_code == 302

    def test_a_week_that_runs_into_itself_is_not_saved(self, browser: Browser, ana: Professional) -> None:
        response = browser.post(page_of(ana), profile(ana, **{"working_hours-0-closes_at": "14:00"}))
        assert "Use 14:00 ou mais tarde" in errors(response)
        assert not ana.working_hours.filter(closes_at="14:00").exists()

    @pytest.mark.parametrize(
        "typed", [{"weekday": 9}, {"opens_at": "25:00"}, {"date": "31/02/2027"}, {"closes_at": "10:00"}]
    )
    def test_what_is_wrong_is_said(self, browser: Browser, typed: dict[str, Any]) -> None:
        assert errors(self.add(browser, **typed))


def test_a_second_service_of_one_name_is_explained(browser: Browser, ana: Professional) -> None:
    """I2: the constraint knows whose row it is, although the form does not ask."""
    form = {
        "name": "Sessão individual",
        "duration_minutes": 30,
        "price": "10,50",
        "position": 0,
        "buffer_before_minutes": 0,
        "buffer_after_minutes": 0,
    }
    assert errors(browser.post("/admin/scheduling/service/add/", form))
    assert browser.post("/admin/scheduling/service/add/", form | {"name": "Outra"}).status_code == 302
    assert str(ana.services.get(name="Outra").price) == "10.50"


class TestAppointments:
    @pytest.fixture
    def request_(self, caio: Client) -> Appointment:
        Professional.objects.update(requires_approval=True)
        return cast.booked(Client.objects.get(pk=caio.pk), cast.next_weekday(1))

    def test_a_professional_approves(self, browser: Browser, request_: Appointment) -> None:
        browser.post(LIST, {"action": "approve", "_selected_action": [request_.pk]})
        request_.refresh_from_db()
        event = request_.events.last()
        assert event is not None
        assert (request_.status, event.user) == ("confirmed", request_.professional.user)

    def test_a_cancelled_one_does_not_come_back_over_another(self, browser: Browser, caio: Client) -> None:
        """D7: no page of the admin writes a status, and the constraint holds for whoever would."""
        start = timezone.now() - timedelta(hours=3)
        gone, stands = cast.on_record(caio, start, status="cancelled"), cast.on_record(caio, start)
        for action in ("approve", "mark_completed", "mark_no_show"):
            response = browser.post(LIST, {"action": action, "_selected_action": [gone.pk]})
            assert next(str(one) for one in get_messages(response.wsgi_request)).startswith(gone.reference)
        assert browser.post(f"{LIST}{gone.pk}/change/", {"status": "confirmed"}).status_code == 403
        with pytest.raises(IntegrityError), transaction.atomic():
            Appointment.objects.filter(pk=gone.pk).update(status="confirmed")
        gone.refresh_from_db()
        stands.refresh_from_db()
        assert (gone.status, stands.status) == ("cancelled", "confirmed")

    def test_clients_are_not_deleted_here(self, browser: Browser, caio: Client) -> None:
        assert browser.post(f"/admin/scheduling/client/{caio.pk}/delete/", {"post": "yes"}).status_code == 403
        browser.post(
            "/admin/scheduling/client/", {"action": "delete_selected", "_selected_action": [caio.pk], "post": 1}
        )
        assert Client.objects.filter(pk=caio.pk).exists()


class TestAudit:
    def lines(self) -> list[tuple[str, int, str]]:
        rows = AuditEntry.objects.filter(kind="acted_for").order_by("pk")
        return [(row.data["model"], row.data["id"], row.data["action"]) for row in rows]

    def test_what_the_operator_adds_changes_and_deletes_is_noted(self, operator: Browser, ana: Professional) -> None:
        """N11"""
        form = {"professional": ana.pk, "weekday": 6, "opens_at": "09:00", "closes_at": "10:00"}
        operator.post("/admin/scheduling/workinghours/add/", form)
        row = WorkingHours.objects.get(weekday=6)
        operator.post(f"/admin/scheduling/workinghours/{row.pk}/change/", form | {"closes_at": "11:00"})
        operator.post(f"/admin/scheduling/workinghours/{row.pk}/delete/", {"post": "yes"})
        name = "scheduling.workinghours"
        assert self.lines() == [(name, row.pk, "add"), (name, row.pk, "change"), (name, row.pk, "delete")]
        entry = AuditEntry.objects.first()
        assert entry is not None
        assert (entry.professional, entry.user) == (ana, User.objects.get(is_superuser=True))

    def test_every_row_of_a_bulk_action_is_noted(self, operator: Browser, caio: Client) -> None:
        """N11"""
        hours = [timezone.now() - timedelta(hours=hour) for hour in (30, 40)]
        rows = [cast.on_record(caio, start) for start in hours]
        operator.post(LIST, {"action": "mark_no_show", "_selected_action": [row.pk for row in rows]})
        assert sorted(self.lines()) == [("scheduling.appointment", row.pk, "mark_no_show") for row in rows]

    def test_every_row_that_is_deleted_in_bulk_is_noted(self, operator: Browser, ana: Professional) -> None:
        """N11"""
        ids = list(ana.services.values_list("pk", flat=True))
        form = {"action": "delete_selected", "_selected_action": ids, "post": "yes"}
        operator.post("/admin/scheduling/service/", form)
        assert sorted(self.lines()) == [("scheduling.service", pk, "delete") for pk in sorted(ids)]

    def test_what_was_refused_is_not(self, operator: Browser, caio: Client) -> None:
        row = cast.booked(caio, cast.next_weekday(1))
        operator.post(LIST, {"action": "mark_completed", "_selected_action": [row.pk]})
        assert self.lines() == []

    def test_it_holds_no_names(self, operator: Browser, caio: Client) -> None:
        """N11"""
        operator.post(
            f"/admin/scheduling/client/{caio.pk}/change/",
            {"name": "Caio Silva", "addresses-TOTAL_FORMS": 0, "addresses-INITIAL_FORMS": 0},
        )
        entry = AuditEntry.objects.get()
        assert entry.data == {"model": "scheduling.client", "id": caio.pk, "action": "change"}

    def test_professional_reads_it_and_leaves_no_line(self, browser: Browser, operator: Browser, caio: Client) -> None:
        """N11"""
        row = cast.on_record(caio, timezone.now() - timedelta(hours=30))
        operator.post(LIST, {"action": "mark_no_show", "_selected_action": [row.pk]})
        browser.post(LIST, {"action": "mark_completed", "_selected_action": [row.pk]})
        assert len(self.lines()) == 1
        response = browser.get("/admin/scheduling/auditentry/")
        assert response.context["cl"].result_count == 1
        assert "operator@example.com" not in response.content.decode()

    def test_nobody_edits_it(self, browser: Browser, operator: Browser, ana: Professional) -> None:
        """N11"""
        entry = AuditEntry.objects.create(professional=ana, kind="client_exported")
        for who in (browser, operator):
            for page in ("add/", f"{entry.pk}/change/", f"{entry.pk}/delete/"):
                assert who.post(f"/admin/scheduling/auditentry/{page}", {"post": "yes"}).status_code == 403
        assert AuditEntry.objects.get() == entry
