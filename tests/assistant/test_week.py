"""The week: how it is laid out, and its page."""

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client as Browser
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from assistant.agenda import week as weeks
from assistant.agenda.week import Week
from scheduling import booking
from scheduling.models import Appointment, AppointmentEvent, Professional, Service, TimeOff
from scheduling.selectors import Calendar
from tests import cast
from tests.assistant import paper

MONDAY = date(2026, 11, 16)
Status = Appointment.Status


def lay_out(
    *rows: Appointment,
    zone: str = "America/Sao_Paulo",
    calendar: Calendar | None = None,
    first: date = MONDAY,
    called_off: tuple[Appointment, ...] = (),
) -> Week:
    with translation.override("pt-br"):
        return weeks.lay_out(
            paper.professional(zone),
            first,
            rows,
            calendar=calendar or paper.calendar(zone, (9, 12), (13, 18)),
            now=cast.MONDAY_MORNING,
            called_off=called_off,
            shows_cancelled=bool(called_off),
        )


def test_days_share_one_scale_of_hours() -> None:
    week = lay_out(paper.appointment("2026-11-17 07:30"), paper.appointment("2026-11-20 19:00"))
    assert (week.hours[0], week.hours[-1]) == ((1, "07:00"), (157, "20:00"))
    assert {day.rows for day in week.days} == {156}
    assert week.days[1].cards[0].place.row == 7


@pytest.mark.parametrize(("minutes", "scale", "rows"), [(50, "coarse", 10), (30, "fine", 6), (15, "fine", 3)])
def test_short_services_get_higher_rows(minutes: int, scale: str, rows: int) -> None:
    week = lay_out(paper.appointment("2026-11-17 10:00", minutes))
    assert (week.scale, week.days[1].cards[0].place.rows) == (scale, rows)


def test_service_of_five_minutes_can_be_read() -> None:
    """Each is drawn two rows high, and those that follow at once stand beside it."""
    week = lay_out(paper.appointment("2026-11-17 10:00", 5), paper.appointment("2026-11-17 10:05", 5))
    assert week.scale == "finest"
    assert [(card.place.rows, card.place.lane, card.place.lanes) for card in week.days[1].cards] == [
        (2, 1, 2),
        (2, 2, 2),
    ]


def test_night_of_twelve_hours_stands_on_both_days_and_counts_once() -> None:
    """T11: each part on its own local day, whatever the day is in UTC."""
    week = lay_out(paper.appointment("2026-11-17 20:00", 720))
    before, after = week.days[1].cards[0], week.days[2].cards[0]
    assert (before.place.row, before.place.rows, before.clock) == (241, 48, "20:00")
    assert (after.place.row, after.place.rows, after.until) == (1, 96, "08:00")
    assert after.is_rest
    assert not after.is_movable
    assert (week.count, week.totals) == (1, ["1 confirmado"])


def test_night_from_the_sunday_before_reaches_into_the_week() -> None:
    week = lay_out(paper.appointment("2026-11-15 22:00", 240))
    assert [card.is_rest for card in week.days[0].cards] == [True]
    assert week.count == 0


def test_cancelled_ones_stand_beside_what_took_their_place() -> None:
    gone = paper.appointment("2026-11-17 10:00", status="cancelled")
    week = lay_out(paper.appointment("2026-11-17 10:00"), called_off=(gone,))
    assert [card.place.lanes for card in week.days[1].cards] == [2, 2]
    assert (week.count, week.totals) == (1, ["1 confirmado", "1 cancelado"])


def test_weekend_without_anything_is_narrow() -> None:
    calendar = paper.calendar("America/Sao_Paulo", (9, 12), weekdays=(0, 1, 2, 3, 4))
    assert lay_out(calendar=calendar).narrow == ["sat", "sun"]
    assert lay_out(paper.appointment("2026-11-21 10:00"), calendar=calendar).narrow == ["sun"]


@pytest.mark.parametrize(
    ("zone", "day", "skipped"),
    [
        ("America/New_York", date(2026, 3, 8), "02:00–03:00"),
        ("Europe/Lisbon", date(2026, 3, 29), "01:00–02:00"),
        ("Atlantic/Azores", date(2026, 3, 29), "00:00–01:00"),
    ],
)
def test_hour_that_does_not_exist_is_closed_and_not_free(zone: str, day: date, skipped: str) -> None:
    """T4, T5, T6, T7: no ghost hour is drawn as free."""
    with time_machine.travel("2026-03-01T12:00:00Z"), translation.override("pt-br"):
        week = weeks.lay_out(
            paper.professional(zone),
            weeks.monday(day),
            [],
            calendar=paper.calendar(zone, (0, 24)),
            now=cast.at("2026-03-01 12:00", zone),
        )
    sunday = week.days[6]
    assert [(part.hours, part.word) for part in sunday.closed] == [(skipped, "Mudança de horário")]
    start, _, end = skipped.partition("–")
    assert not any(gap.since < end and gap.until > start for gap in sunday.gaps)
    assert all(not any(part.why == "skipped" for part in other.closed) for other in week.days[:6])


def test_hour_that_comes_twice_has_room_for_both() -> None:
    """T4, T7: 01:15 before and after the clocks go back stand side by side."""
    zone = "America/New_York"
    week = lay_out(
        paper.appointment("2026-11-01 01:15", 30, zone=zone),
        paper.appointment("2026-11-01 01:15", 30, zone=zone, fold=1),
        zone=zone,
        first=date(2026, 10, 26),
    )
    assert [(card.clock, card.place.lane) for card in week.days[6].cards] == [("01:15", 1), ("01:15", 2)]


def test_week_without_hours_and_appointments_has_no_rows() -> None:
    assert lay_out(calendar=paper.calendar()).hours == []


# The page


@pytest.fixture
def tuesday(ana: Professional) -> Appointment:
    """Caio, next Tuesday at ten."""
    return cast.booked(cast.caio(ana), cast.next_weekday(1))


def text(browser: Browser, **query: str) -> str:
    return browser.get("/agenda/week/", query).content.decode()


def on(appointment: Appointment) -> str:
    return str(appointment.local_start.date())


@pytest.mark.django_db
class TestPage:
    def test_appointments_lead_to_their_pages(self, browser: Browser, tuesday: Appointment) -> None:
        page = text(browser, dia=on(tuesday))
        assert f'id="e{tuesday.pk}" href="/agenda/{tuesday.pk}/"' in page
        assert "1 confirmado" in page
        assert "style=" not in page

    def test_what_can_be_moved_carries_its_newest_event(self, browser: Browser, tuesday: Appointment) -> None:
        newest = AppointmentEvent.objects.filter(appointment=tuesday).latest("pk")
        page = text(browser, dia=on(tuesday))
        assert f'data-move="/agenda/{tuesday.pk}/move/" data-version="{newest.pk}"' in page

    def test_past_and_held_ones_stay_where_they_are(self, browser: Browser, ana: Professional) -> None:
        past = cast.on_record(cast.caio(ana), cast.next_weekday(1) - timedelta(days=21))
        cast.held(cast.dora(ana), cast.next_weekday(1))
        assert "data-move" not in text(browser, dia=on(past))
        assert "data-move" not in text(browser, dia=str(cast.next_weekday(1).date()))

    def test_week_shows_its_own_appointments_alone(self, browser: Browser, tuesday: Appointment) -> None:
        """N1: another professional's rows are nowhere."""
        dora = cast.dora(cast.bruno())
        cast.on_record(dora, tuesday.starts_at)
        cast.on_record(dora, tuesday.starts_at, status=Status.CANCELLED)
        TimeOff.objects.create(
            professional=dora.professional,
            starts_at=tuesday.starts_at,
            ends_at=tuesday.starts_at + timedelta(days=1),
            reason="Dentista",
        )
        page = text(browser, dia=on(tuesday), cancelados="1")
        assert "Dentista" not in page
        assert "Caio Martins" in page
        assert "Dora Alves" not in page

    def test_cancelled_ones_are_counted_and_shown_when_asked_for(self, browser: Browser, tuesday: Appointment) -> None:
        booking.cancel(tuesday, actor=booking.SYSTEM)
        hidden, shown = text(browser, dia=on(tuesday)), text(browser, dia=on(tuesday), cancelados="1")
        assert "1 cancelado" in hidden
        assert "Caio Martins" not in hidden
        assert "Caio Martins" in shown
        assert 'aria-checked="true"' in shown

    def test_trial_appointments_are_nowhere(self, browser: Browser, ana: Professional) -> None:
        trial = cast.on_record(cast.caio(ana), cast.next_weekday(1), is_trial=True)
        assert "Caio Martins" not in text(browser, dia=on(trial), cancelados="1")

    def test_free_time_leads_to_a_new_appointment(self, browser: Browser, tuesday: Appointment) -> None:
        day = on(tuesday)
        page = text(browser, dia=day)
        assert f'href="/agenda/new/?start={day}T10:50"' in page
        assert "Livre das 10:50 às 12:00: marcar" in page

    def test_closed_time_says_why(self, browser: Browser, ana: Professional) -> None:
        ana.observes_holidays = True
        ana.save()
        start = cast.at("2026-12-22 14:00")
        TimeOff.objects.create(professional=ana, starts_at=start, ends_at=start + timedelta(hours=2), reason="Dentista")
        page = text(browser, dia="2026-12-21")
        for words in ("Intervalo", "Folga<br>Dentista", "Feriado<br>Natal", "14:00–16:00 · Folga · Dentista"):
            assert words in page

    def test_time_off_is_listed_once_and_leads_to_where_it_is_changed(
        self, browser: Browser, tuesday: Appointment
    ) -> None:
        day = on(tuesday)
        off = TimeOff.objects.create(
            professional=tuesday.professional,
            starts_at=cast.at(f"{day} 00:00"),
            ends_at=cast.at(f"{day} 23:59"),
            reason="Congresso",
        )
        page = text(browser, dia=day)
        assert page.count("09:00–18:00 · Folga · Congresso") == 1
        back = f"?next=%2Fagenda%2Fweek%2F%3Fdia%3D{day}"
        # Before and after the appointment, after lunch, and once in the list.
        assert page.count(f'href="/agenda/block/{off.pk}/{back}"') == 4

    def test_hours_are_those_of_the_professional_abroad(self, browser: Browser, ana: Professional) -> None:
        """T11: the server's zone and the practice's are not the same."""
        ana.timezone = "Asia/Tokyo"
        ana.save()
        late = cast.on_record(cast.caio(ana), cast.at("2026-12-22 23:30", "Asia/Tokyo"))
        page = text(browser, dia="2026-12-21")
        assert f'id="e{late.pk}"' in page
        assert '<span class="hm">23:30</span>' in page
        assert '<span class="hm num">23:30</span>' in browser.get("/", {"dia": "2026-12-22"}).content.decode()

    @pytest.mark.parametrize(
        "typed",
        ["", "ontem", "2026-02-30", "0001-01-01", "9999-12-31", "\x00", "\ud800", "2026-11-20'--", "𝟚𝟘𝟚𝟞-11-20"],
    )
    @pytest.mark.parametrize("path", ["/", "/agenda/week/", "/agenda/month/"])
    def test_day_that_is_none_is_today(self, browser: Browser, path: str, typed: str) -> None:
        """I2: whatever stands in the URL, the page is today's."""
        query = {"dia": typed.encode("utf-8", "surrogatepass"), "cancelados": typed.encode("utf-8", "surrogatepass")}
        answer = browser.get(path, query)
        assert answer.status_code == 200
        assert 'id="nav-today" href="' in answer.content.decode()
        assert 'aria-current="date"' in answer.content.decode()

    @pytest.mark.parametrize("day", ["2000-01-01", "2100-12-31"])
    @pytest.mark.parametrize("path", ["/", "/agenda/week/", "/agenda/month/"])
    def test_first_and_last_day_of_the_calendar_can_be_shown(self, browser: Browser, path: str, day: str) -> None:
        assert browser.get(path, {"dia": day}).status_code == 200

    def test_names_are_escaped(self, browser: Browser, tuesday: Appointment) -> None:
        """I2: names, services and reasons are text wherever they stand."""
        nasty = "<script>alert(1)</script>"
        for row, field in ((tuesday.client, "name"), (tuesday.service, "name")):
            setattr(row, field, nasty)
            row.save()
        start = tuesday.starts_at + timedelta(hours=3)
        TimeOff.objects.create(
            professional=tuesday.professional, starts_at=start, ends_at=start + timedelta(hours=1), reason=nasty
        )
        assert "<script>alert" not in text(browser, dia=on(tuesday))
        assert "<script>alert" not in browser.get("/", {"dia": on(tuesday)}).content.decode()

    def test_week_without_hours_says_what_to_do(self, browser: Browser, ana: Professional) -> None:
        ana.working_hours.all().delete()
        page = text(browser)
        assert "Nenhum horário de atendimento nesta semana" in page
        assert 'href="/settings/"' in page

    def test_stranger_is_asked_to_log_in(self) -> None:
        for path in ("/agenda/week/", "/agenda/month/"):
            assert Browser().get(path).headers["Location"] == f"/accounts/login/?next={path}"

    @pytest.mark.parametrize(("language", "title"), [("pt-br", "21 a 27 de dezembro"), ("es", "21 al 27 de diciembre")])
    def test_title_is_in_the_professionals_language(
        self, browser: Browser, ana: Professional, language: str, title: str
    ) -> None:
        ana.language = language
        ana.save()
        with time_machine.travel("2026-12-01T12:00:00Z"):
            browser.force_login(cast.login("ana@example.com"))
            assert f"<h1>{title}</h1>" in text(browser, dia="2026-12-25")

    def test_full_week_takes_at_most_twelve_queries_and_150_kilobytes(
        self, browser: Browser, ana: Professional, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        short = Service.objects.create(professional=ana, name="Retorno", duration_minutes=30, price=50)
        first = cast.next_weekday(0, "09:00")
        for day in range(5):
            for number in range(16):
                starts_at = first + timedelta(days=day, minutes=30 * number)
                cast.on_record(cast.caio(ana), starts_at, service=short)
        with django_assert_max_num_queries(12):
            page = browser.get("/agenda/week/", {"dia": str(first.date())}).content
        assert page.count(b'class="blk') == 80
        assert len(page) < 150_000
