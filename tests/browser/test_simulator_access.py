"""The simulator for everybody: axe finds nothing, words stand out from what is behind them, keys reach it all."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.screen import answers, at_both_widths, attach, by_day_and_night, type_in, work

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Each visible text with its contrast, where WCAG AA wants more: 4.5, or 3 from 24 px (bold: 18.66 px) on.
# Grounds are mixed from the text up to the first that nothing shines through; the wall is the phone's own.
FAINT = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a], below) => [r, g, b].map((one, i) => one * a + below[i] * (1 - a)).concat(1);
  const ground = (element) => {
    if (!element) return [255, 255, 255, 1];
    const own = rgba(getComputedStyle(element).backgroundColor);
    return own[3] === 1 ? own : over(own, ground(element.parentElement));
  };
  const light = (colour) => {
    const [r, g, b] = colour.map((one) => one / 255).map((one) =>
      one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const faint = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text; (text = texts.nextNode());) {
    const element = text.parentElement;
    if (!text.data.trim() || !element.checkVisibility({ opacityProperty: true })) continue;
    if (element.closest(".vh, .skip, [inert], [disabled], template, noscript, script")) continue;
    const style = getComputedStyle(element);
    const below = ground(element);
    const [a, b] = [light(over(rgba(style.color), below)), light(below)].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize);
    const wanted = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
    if ((a + 0.05) / (b + 0.05) < wanted) faint.push(`${text.data.trim()}: ${((a + 0.05) / (b + 0.05)).toFixed(2)}`);
  }
  return faint;
}"""

SMALL = """() => [...document.querySelectorAll("button, summary, .btn, .chip, input:not([type=radio])")]
  .filter((one) => one.checkVisibility() && !one.closest("[inert], table, .step"))
  .map((one) => [one.textContent.trim() || one.getAttribute("aria-label") || one.id, one.getBoundingClientRect()])
  .filter(([, box]) => box.width < 44 || box.height < 44)
  .map(([name, box]) => `${name}: ${box.width} x ${box.height}`)"""

# What has the focus, and whether it shows; the field's ring is around the field and its +.
FOCUSED = """() => {
  const one = document.activeElement;
  const rings = [one, one.closest(".f") ?? one].map((ringed) => getComputedStyle(ringed).outlineStyle);
  const name = one.id || one.dataset.say || one.getAttribute("aria-label") || one.textContent.trim();
  return one === document.body ? ["", true] : [name, rings.some((ring) => ring !== "none")];
}"""


def complaints(page: Page) -> list[str]:
    """Return what is wrong with what is shown now, once all of it has come."""
    page.wait_for_load_state()
    found = Axe().run(page).response["violations"]
    return [
        *(f"{one['id']}: {[node['target'] for node in one['nodes']]}" for one in found),
        *page.evaluate(FAINT),
        *page.evaluate(SMALL),
    ]


def talk(page: Page) -> None:
    """Have every kind of bubble on the phone."""
    attach(page, "Localização")
    work(page, messages=1)
    attach(page, "Figurinha")
    work(page, messages=2)
    type_in(page, "quanto custa?")
    work(page, messages=3)
    type_in(page, "oi, sou a Lívia Castro, quero marcar")
    work(page, messages=4)
    expect(answers(page)).to_have_count(4)
    answers(page).last.get_by_label("Responder a esta mensagem").press("Enter")


@by_day_and_night
@at_both_widths
def test_nothing_is_in_anybodys_way(page: Page, size: tuple[int, int]) -> None:
    assert complaints(page) == []
    talk(page)
    assert complaints(page) == []
    page.get_by_role("button", name="Anexar").click()
    assert complaints(page) == []
    page.keyboard.press("Escape")
    answers(page).last.locator("[data-list]").click()
    assert complaints(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Gravar áudio").click()
    assert complaints(page) == []
    page.reload()
    if size[0] < 800:
        page.get_by_role("button", name="Trocar de conversa").click()
    page.get_by_text("Escolher cliente").click()
    assert complaints(page) == []
    if size[0] < 800:
        page.get_by_role("button", name="Voltar à conversa").click()
        page.get_by_role("button", name="Bastidores").click()
    page.locator("[data-turn]").nth(1).click()
    page.get_by_text("Chamada e resultado").first.click()
    assert complaints(page) == []


def test_every_control_is_reached_by_tab_and_shows_it(page: Page) -> None:
    talk(page)
    page.evaluate("document.activeElement.blur()")
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        name, has_ring = page.evaluate(FOCUSED)
        assert has_ring, f"{name} has the focus and shows nothing"
        reached.add(name)
    assert {"from", "name", "Oi", "wall", "mensagem", "attach", "record", "Não citar"} <= reached
    assert {"Responder a esta mensagem", "Ver opções", "Recomeçar conversa", "Novo cliente"} <= reached
