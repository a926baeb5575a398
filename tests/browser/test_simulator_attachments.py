"""Voice notes, pictures and the rest, from the phone's own buttons to the row."""

import base64

import pytest
from playwright.sync_api import BrowserContext, FilePayload, Page, expect

from intake import simulator_media
from intake.models import InboundMessage
from tests.browser.screen import answers, at_both_widths, attach, field, own, type_in, until, work

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PICTURE: FilePayload = {"name": "foto.png", "mimeType": "image/png", "buffer": PIXEL}


def choose(page: Page, name: str, file: FilePayload) -> None:
    with page.expect_file_chooser() as chooser:
        attach(page, name)
    chooser.value.set_files(file)


@at_both_widths
def test_recorded_voice_note_arrives_and_can_be_heard(page: Page) -> None:
    page.get_by_role("button", name="Gravar áudio").click()
    expect(page.get_by_text("Gravando")).to_be_visible()
    expect(page.locator("#recorded")).to_have_text("0:01")
    page.get_by_role("button", name="Enviar gravação").click()
    work(page, messages=1)
    expect(answers(page)).to_have_count(1)
    message = InboundMessage.objects.get()
    assert (message.kind, message.media[0]["type"]) == ("audio", "audio/webm")
    until(page, lambda: page.evaluate("document.querySelector('.wb audio')?.readyState > 0"))
    expect(field(page)).to_be_focused()


def test_discarded_recording_sends_nothing(page: Page) -> None:
    page.get_by_role("button", name="Gravar áudio").click()
    page.get_by_role("button", name="Descartar gravação").click()
    expect(page.get_by_role("button", name="Gravar áudio")).to_be_focused()
    page.get_by_role("button", name="Gravar áudio").click()
    expect(page.get_by_role("button", name="Enviar gravação")).to_be_focused()
    page.keyboard.press("Escape")
    expect(field(page)).to_be_visible()
    expect(own(page)).to_have_count(0)
    assert list(simulator_media.folder().iterdir()) == []


def test_browser_without_a_microphone_says_so(page: Page, context: BrowserContext) -> None:
    context.clear_permissions()
    page.get_by_role("button", name="Gravar áudio").click()
    expect(page.get_by_role("alert")).to_contain_text("microfone")
    page.get_by_role("button", name="Fechar").click()
    expect(page.get_by_role("alert")).to_be_hidden()


@pytest.mark.parametrize(
    ("name", "kind"), [("Figurinha", "sticker"), ("Contato", "contact"), ("Localização", "location")]
)
def test_sample_is_sent_with_one_tap(page: Page, name: str, kind: str) -> None:
    """W4: nothing to read in it, and answered all the same."""
    attach(page, name)
    work(page, messages=1)
    expect(answers(page)).to_have_count(1)
    expect(page.locator(f".with-{kind}")).to_have_count(1)


@at_both_widths
def test_picture_goes_with_the_words_in_the_field(page: Page) -> None:
    field(page).fill("serve este?")
    choose(page, "Foto", PICTURE)
    work(page, messages=1)
    message = InboundMessage.objects.get()
    assert (message.body, message.media[0]["type"]) == ("serve este?", "image/png")
    expect(page.locator(".wb img")).to_have_js_property("naturalWidth", 1)
    expect(page.locator(".with-image")).to_contain_text("serve este?")
    expect(field(page)).to_have_value("")


def test_document_goes_by_its_name_and_leaves_the_words(page: Page) -> None:
    field(page).fill("ainda escrevendo")
    choose(page, "Documento", {"name": "guia.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"})
    work(page, messages=1)
    expect(page.get_by_role("link", name="guia.pdf")).to_be_visible()
    expect(field(page)).to_have_value("ainda escrevendo")


def test_file_that_whatsapp_would_not_take_is_refused_with_words(page: Page) -> None:
    choose(page, "Foto", {"name": "a.svg", "mimeType": "image/svg+xml", "buffer": b"<svg/>"})
    expect(own(page)).to_contain_text("O WhatsApp leva JPG")
    page.get_by_role("button", name="Descartar").click()
    expect(own(page)).to_have_count(0)
    type_in(page, "oi")
    work(page, messages=1)
    expect(answers(page)).to_have_count(1)


def test_file_that_is_too_large_is_not_even_sent(page: Page) -> None:
    page.evaluate("Object.defineProperty(File.prototype, 'size', { get: () => 17 * 1024 * 1024 })")
    choose(page, "Foto", PICTURE)
    expect(page.get_by_role("alert")).to_contain_text("16 MB")
    expect(own(page)).to_have_count(0)


def test_menu_is_left_by_keyboard(page: Page) -> None:
    page.get_by_role("button", name="Anexar").press("Enter")
    expect(page.get_by_role("dialog").get_by_role("button", name="Áudio")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("button", name="Anexar")).to_be_focused()
