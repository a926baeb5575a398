"""What a person does at the simulator, and the worker that answers."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from intake import inbox, tasks
from intake.models import InboundMessage

# A machine that is busy with other tests is slow, not wrong.
expect.set_options(timeout=15_000)

WIDTHS = [(1440, 900), (390, 844)]
at_both_widths = pytest.mark.parametrize("size", WIDTHS, ids=["1440px", "390px"])
by_day_and_night = pytest.mark.parametrize("scheme", ["light", "dark"])


def work(page: Page, *, messages: int) -> None:
    """Be the worker: wait until that many messages arrived in all, then answer what is due."""
    arrive(page, messages=messages)
    for conversation_id in inbox.due():
        tasks.reply(conversation_id)
    tasks.deliver()


def arrive(page: Page, *, messages: int) -> None:
    """Wait until that many messages are stored in all."""
    until(page, lambda: InboundMessage.objects.count() >= messages)


def until(page: Page, condition: Callable[[], Any]) -> None:
    """Wait for a condition. Playwright would evaluate it inside the page, and the policy forbids that."""
    for _ in range(600):
        if condition():
            return
        page.wait_for_timeout(25)
    pytest.fail("waited in vain")


def field(page: Page) -> Locator:
    return page.get_by_label("Mensagem", exact=True)


def type_in(page: Page, text: str) -> None:
    field(page).fill(text)
    page.keyboard.press("Enter")


def answers(page: Page) -> Locator:
    return page.locator("#messages .wbox:not(.o)")


def own(page: Page) -> Locator:
    return page.locator("#messages .wb.o")


def tap_first(page: Page) -> None:
    """Take the newest answer's first option: a button, or the first row of its list."""
    newest = answers(page).last
    if newest.locator("[data-list]").count():
        newest.locator("[data-list]").click()
        page.get_by_role("dialog").get_by_role("radio").first.check()
        page.get_by_role("dialog").get_by_role("button", name="Enviar").click()
        expect(page.get_by_role("dialog")).to_be_hidden()
    else:
        newest.locator("[data-option]").first.click()


def attach(page: Page, name: str) -> None:
    """Open the menu behind + and take an entry."""
    page.get_by_role("button", name="Anexar").click()
    page.get_by_role("dialog").get_by_role("button", name=name).click()
