"""The agenda in a browser: week, month and day stay new by themselves, appointments are dragged, gaps are booked."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from urllib.parse import parse_qs

import pytest
from django.conf import settings
from django.test import Client as Door
from django.utils import timezone
from playwright.sync_api import BrowserContext, Locator, Page, Position, Request, Route, expect
from pytest_django.live_server_helper import LiveServer

from scheduling import booking
from scheduling.models import Appointment, AppointmentEvent, Professional, TimeOff
from tests import cast
from tests.browser.conftest import complaining
from tests.browser.screen import at_both_widths, by_day_and_night, until
from tests.browser.test_simulator_access import FOCUSED, complaints

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Status = Appointment.Status
PATHS = ["/", "/agenda/week/", "/agenda/month/"]
every_page = pytest.mark.parametrize("path", PATHS)


@pytest.fixture
def ana() -> Professional:
    return cast.ana()


@pytest.fixture
def tuesday(ana: Professional) -> Appointment:
    """Caio, on a Tuesday to come at ten."""
    return cast.booked(cast.caio(ana), cast.next_weekday(1))


@pytest.fixture
def page(context: BrowserContext, live_server: LiveServer, tuesday: Appointment) -> Iterator[Page]:
    """Ana's browser, logged in."""
    door = Door()
    door.force_login(cast.login("ana@example.com"))
    key = door.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}])
    page = context.new_page()
    with complaining(page) as said:
        yield page
    # htmx complains about a connection that a test has cut.
    assert [one for one in said if not one.startswith(("htmx:afterRequest", "htmx:sendError"))] == []


def open_at(page: Page, live_server: LiveServer, path: str, day: date, *, more: str = "") -> None:
    page.goto(f"{live_server.url}{path}?dia={day}{more}")
    expect(page.locator("#live")).to_be_attached()


def shown(page: Page, appointment: Appointment, path: str) -> Locator:
    """Where an appointment is to be seen: the day's rail, the week's grid or, on a phone, the list."""
    is_phone = (page.viewport_size or {"width": 0})["width"] < 800
    if path == "/":
        return page.locator(f"#a{appointment.pk}")
    return page.locator(f"#w{appointment.pk}" if is_phone else f"#e{appointment.pk}")


def block(page: Page, appointment: Appointment) -> Locator:
    return page.locator(f"#e{appointment.pk}")


# Live


@at_both_widths
@pytest.mark.parametrize("path", ["/", "/agenda/week/"])
def test_booking_appears_without_reloading(
    page: Page, live_server: LiveServer, ana: Professional, tuesday: Appointment, path: str
) -> None:
    day = tuesday.local_start.date()
    open_at(page, live_server, path, day)
    page.evaluate("document.body.dataset.same = 'page'")
    new = cast.booked(cast.dora(ana), tuesday.starts_at + timedelta(hours=4))
    expect(shown(page, new, path)).to_be_visible()
    expect(shown(page, new, path)).to_have_class(re.compile("fresh"))
    expect(shown(page, tuesday, path)).not_to_have_class(re.compile("fresh"))
    expect(page.locator("#news")).to_have_text("A agenda mudou.")
    assert page.evaluate("document.body.dataset.same") == "page"


@at_both_widths
def test_booking_appears_in_the_month(
    page: Page, live_server: LiveServer, ana: Professional, tuesday: Appointment, size: tuple[int, int]
) -> None:
    day = tuesday.local_start.date()
    open_at(page, live_server, "/agenda/month/", day)
    cast.booked(cast.dora(ana), tuesday.starts_at + timedelta(hours=4))
    cell = page.locator(f"#c{day}" if size[0] >= 800 else f"#k{day}")
    expect(cell).to_contain_text("2 horários")


def test_request_joins_those_who_wait(
    page: Page, live_server: LiveServer, ana: Professional, tuesday: Appointment
) -> None:
    open_at(page, live_server, "/", tuesday.local_start.date())
    expect(page.get_by_text("Esperam você")).to_have_count(0)
    expires = timezone.now() + timedelta(hours=9)
    cast.on_record(cast.dora(ana), cast.next_weekday(3), status=Status.PENDING, expires_at=expires)
    expect(page.get_by_text("Esperam você")).to_be_visible()
    expect(page.get_by_role("button", name="Aprovar: Dora Alves")).to_be_visible()


def test_focus_scroll_and_folds_are_kept(
    page: Page, live_server: LiveServer, ana: Professional, tuesday: Appointment
) -> None:
    expires = {"expires_at": timezone.now() + timedelta(hours=9)}
    cast.on_record(cast.dora(ana), cast.next_weekday(3), status=Status.PENDING, **expires)
    page.set_viewport_size({"width": 1440, "height": 500})
    open_at(page, live_server, "/", tuesday.local_start.date())
    page.locator("#asks summary").click()
    page.locator(f"#p{tuesday.pk}").focus()
    page.evaluate("scrollTo(0, 200)")
    new = cast.booked(cast.dora(ana), tuesday.starts_at + timedelta(hours=4))
    expect(shown(page, new, "/")).to_be_attached()
    assert page.evaluate("document.activeElement.id") == f"p{tuesday.pk}"
    assert page.evaluate("scrollY") == 200
    assert page.locator("#asks").get_attribute("open") is None


@every_page
def test_lost_connection_is_said_and_found_again(
    page: Page, live_server: LiveServer, tuesday: Appointment, path: str
) -> None:
    open_at(page, live_server, path, tuesday.local_start.date())
    page.route("**/*v=*", lambda route: route.abort())
    expect(page.locator("#stale")).to_be_visible()
    page.unroute_all()
    expect(page.locator("#stale")).to_be_hidden()


def test_who_was_logged_out_meanwhile_sees_the_log_in(
    page: Page, live_server: LiveServer, context: BrowserContext, tuesday: Appointment
) -> None:
    open_at(page, live_server, "/agenda/week/", tuesday.local_start.date())
    context.clear_cookies()
    expect(page).to_have_url(re.compile("/accounts/login/"))
    expect(page.get_by_label("Senha", exact=True)).to_be_visible()


# Dragging


@pytest.fixture
def moves(page: Page) -> list[Request]:
    """What is sent to move an appointment; answered as the form's page answers, by going back."""
    sent: list[Request] = []

    def answer(route: Route) -> None:
        sent.append(route.request)
        fields = parse_qs(route.request.post_data or "")
        route.fulfill(status=302, headers={"Location": fields["next"][0]})

    page.route("**/agenda/*/move/", answer)
    return sent


def drag(page: Page, appointment: Appointment, *, days: int = 0, minutes: int = 0) -> None:
    """Drag by whole columns and minutes, and hold."""
    box = block(page, appointment).bounding_box()
    columns = [one.bounding_box() for one in page.locator(".col[data-day]").all()]
    lines = page.locator(".lines").first.bounding_box()
    assert box
    assert lines
    assert columns[0]
    assert columns[1]
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 12, y + 4)
    across = (columns[1]["x"] - columns[0]["x"]) * days
    page.mouse.move(x + across, y + lines["height"] / 540 * minutes, steps=6)


def test_appointment_is_dragged_to_another_day_and_time(
    page: Page, live_server: LiveServer, tuesday: Appointment, moves: list[Request]
) -> None:
    day = tuesday.local_start.date()
    open_at(page, live_server, "/agenda/week/", day)
    drag(page, tuesday, days=2, minutes=247)
    expect(block(page, tuesday).locator(".hm")).to_have_text("14:00")
    page.mouse.up()
    until(page, lambda: moves)
    newest = AppointmentEvent.objects.filter(appointment=tuesday).latest("pk")
    fields = parse_qs(moves[0].post_data or "")
    assert moves[0].url.endswith(f"/agenda/{tuesday.pk}/move/")
    assert fields.pop("csrfmiddlewaretoken")[0]
    assert fields == {
        "date": [str(day + timedelta(days=2))],
        "time": ["14:00"],
        "version": [str(newest.pk)],
        "next": [f"/agenda/week/?dia={day}"],
    }
    expect(page).to_have_url(f"{live_server.url}/agenda/week/?dia={day}")


def test_drag_moves_the_appointment_and_can_be_undone(
    page: Page, live_server: LiveServer, tuesday: Appointment
) -> None:
    before, day = tuesday.starts_at, tuesday.local_start.date()
    open_at(page, live_server, "/agenda/week/", day)
    column = page.locator(f'.col[data-day="{day + timedelta(days=2)}"]')
    drag(page, tuesday, days=2, minutes=240)
    with page.expect_navigation():
        page.mouse.up()
    expect(column.locator(f"#e{tuesday.pk} .hm")).to_have_text("14:00")
    tuesday.refresh_from_db()
    assert tuesday.starts_at == before + timedelta(days=2, hours=4)
    page.get_by_role("button", name="Desfazer").click()
    expect(page.locator(f'.col[data-day="{day}"] #e{tuesday.pk} .hm')).to_have_text("10:00")
    tuesday.refresh_from_db()
    assert tuesday.starts_at == before


@pytest.mark.parametrize("how", ["escape", "back"])
def test_drag_can_be_given_up(
    page: Page, live_server: LiveServer, tuesday: Appointment, moves: list[Request], how: str
) -> None:
    open_at(page, live_server, "/agenda/week/", tuesday.local_start.date())
    before = block(page, tuesday).bounding_box()
    assert before
    drag(page, tuesday, days=1, minutes=120)
    if how == "escape":
        page.keyboard.press("Escape")
    else:
        page.mouse.move(before["x"] + 20, before["y"] + 20, steps=3)
    page.mouse.up()
    expect(block(page, tuesday).locator(".hm")).to_have_text("10:00")
    until(page, lambda: block(page, tuesday).bounding_box() == before)
    page.wait_for_timeout(300)
    assert moves == []
    assert "/agenda/week/" in page.url


def test_open_drag_is_not_pulled_from_under_the_hand(
    page: Page, live_server: LiveServer, ana: Professional, tuesday: Appointment, moves: list[Request]
) -> None:
    open_at(page, live_server, "/agenda/week/", tuesday.local_start.date())
    drag(page, tuesday, minutes=60)
    new = cast.booked(cast.dora(ana), tuesday.starts_at + timedelta(hours=4))
    page.wait_for_timeout(6000)
    expect(block(page, tuesday)).to_have_class(re.compile("is-dragged"))
    expect(block(page, new)).to_have_count(0)
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(block(page, new)).to_be_visible()
    assert moves == []


@pytest.mark.parametrize("size", [(390, 844)], ids=["390px"])
def test_nothing_is_dragged_on_a_phone(
    page: Page, live_server: LiveServer, tuesday: Appointment, moves: list[Request]
) -> None:
    open_at(page, live_server, "/agenda/week/", tuesday.local_start.date())
    expect(block(page, tuesday)).to_be_hidden()
    expect(page.locator(f"#w{tuesday.pk}")).to_have_attribute("href", f"/agenda/{tuesday.pk}/")
    assert moves == []


def follow(page: Page, path: str, click: Callable[[], None]) -> str:
    """Return where a click leads, without needing the page that stands there."""
    seen: list[str] = []

    def answer(route: Route) -> None:
        seen.append(route.request.url)
        route.fulfill(status=200, body="there")

    page.route(path, answer)
    click()
    until(page, lambda: seen)
    return seen[0]


def test_click_into_free_time_books_at_the_step_under_the_pointer(
    page: Page, live_server: LiveServer, tuesday: Appointment
) -> None:
    day = tuesday.local_start.date()
    open_at(page, live_server, "/agenda/week/", day)
    gap = page.locator(f'[id="g{day}T13:00"]')
    box = gap.bounding_box()
    assert box
    place: Position = {"x": 20, "y": box["height"] * (2 * 60 + 40) / 300}
    gap.hover(position=place)
    expect(gap.locator("span")).to_have_text("15:30")
    led = follow(page, "**/agenda/new/**", lambda: gap.click(position=place))
    assert led.endswith(f"/agenda/new/?start={day}T15:30")


def test_free_time_is_reached_by_keys(page: Page, live_server: LiveServer, tuesday: Appointment) -> None:
    day = tuesday.local_start.date()
    open_at(page, live_server, "/agenda/week/", day)
    page.locator(f'[id="g{day}T13:00"]').focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    name, has_ring = page.evaluate(FOCUSED)
    assert (name, has_ring) == (f"g{day}T13:00", True)
    led = follow(page, "**/agenda/new/**", lambda: page.keyboard.press("Enter"))
    assert led.endswith(f"/agenda/new/?start={day}T13:00")


@at_both_widths
@pytest.mark.parametrize("path", ["/", "/agenda/week/"])
def test_appointment_leads_to_its_page(page: Page, live_server: LiveServer, tuesday: Appointment, path: str) -> None:
    open_at(page, live_server, path, tuesday.local_start.date())
    led = follow(page, f"**/agenda/{tuesday.pk}/", lambda: shown(page, tuesday, path).click())
    assert led == f"{live_server.url}/agenda/{tuesday.pk}/"


@at_both_widths
def test_cancelled_ones_are_shown_by_a_switch(page: Page, live_server: LiveServer, tuesday: Appointment) -> None:
    booking.cancel(tuesday, actor=booking.SYSTEM)
    open_at(page, live_server, "/agenda/week/", tuesday.local_start.date())
    expect(shown(page, tuesday, "/agenda/week/")).to_have_count(0)
    page.get_by_role("switch", name="Mostrar cancelados").click()
    expect(shown(page, tuesday, "/agenda/week/")).to_contain_text("Cancelado")
    page.get_by_role("switch", name="Mostrar cancelados").click()
    expect(shown(page, tuesday, "/agenda/week/")).to_have_count(0)


@at_both_widths
def test_week_is_walked_through(page: Page, live_server: LiveServer, tuesday: Appointment) -> None:
    day = tuesday.local_start.date()
    open_at(page, live_server, "/agenda/week/", day)
    page.get_by_role("link", name="Semana seguinte").click()
    expect(page).to_have_url(re.compile(f"dia={day + timedelta(days=6)}"))
    page.get_by_role("link", name="Mês", exact=True).click()
    expect(page).to_have_url(re.compile("/agenda/month/"))
    page.get_by_role("link", name="Dia", exact=True).click()
    expect(page).to_have_url(re.compile(r"/\?dia="))
    page.get_by_role("link", name="Semana", exact=True).click()
    page.get_by_role("link", name="Hoje", exact=True).click()
    expect(page).to_have_url(f"{live_server.url}/agenda/week/")


# For everybody


@by_day_and_night
@at_both_widths
@every_page
def test_nothing_is_in_anybodys_way(
    page: Page, live_server: LiveServer, tuesday: Appointment, path: str, size: tuple[int, int]
) -> None:
    everything(tuesday)
    open_at(page, live_server, path, tuesday.local_start.date(), more="&cancelados=1")
    assert complaints(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def everything(tuesday: Appointment) -> None:
    """Have something of every kind on one day: all statuses, short ones, long names, time off, a night."""
    ana, start = tuesday.professional, tuesday.starts_at
    ana.observes_holidays = True
    ana.save()
    dora = cast.dora(ana)
    dora.name = "Maria Aparecida dos Santos Albuquerque Cavalcanti"
    dora.save()
    expires = {"expires_at": timezone.now() + timedelta(minutes=9)}
    cast.on_record(dora, start + timedelta(hours=1), status=Status.PENDING, **expires)
    cast.on_record(dora, start + timedelta(hours=3), status=Status.HELD, **expires)
    cast.on_record(dora, start + timedelta(hours=4), status=Status.CANCELLED)
    cast.on_record(dora, start + timedelta(hours=4, minutes=15), ends_at=start + timedelta(hours=4, minutes=25))
    cast.on_record(dora, start + timedelta(hours=5), status=Status.NO_SHOW)
    cast.on_record(dora, start + timedelta(hours=6), status=Status.COMPLETED)
    cast.on_record(dora, start + timedelta(hours=12), ends_at=start + timedelta(hours=20))
    off = start + timedelta(days=1)
    TimeOff.objects.create(professional=ana, starts_at=off, ends_at=off + timedelta(hours=1), reason="Dentista " * 9)
