"""What goes over the wire gzipped, and what has to stay as it is."""

import gzip
import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from config.compression import Compression

SHEET, FONT = "/static/app.css", "/static/fonts/figtree.woff2"


@pytest.fixture
def browser(settings: Settings) -> Client:
    """One that takes gzip, of files as they are in the source."""
    settings.WHITENOISE_AUTOREFRESH = True
    return Client(headers={"Accept-Encoding": "gzip, br"})


def body(response: Any) -> bytes:
    return b"".join(response)


@pytest.mark.django_db
def test_page_is_compressed_for_who_takes_it(browser: Client) -> None:
    page, plain = browser.get("/accounts/login/"), Client().get("/accounts/login/")
    assert (page.headers["Content-Encoding"], "Content-Encoding" in plain.headers) == ("gzip", False)
    assert gzip.decompress(page.content).startswith(b"<!doctype html>")
    assert len(page.content) < len(plain.content) / 2
    assert "Accept-Encoding" in plain.headers["Vary"]


@pytest.mark.django_db
def test_one_page_is_never_twice_as_long(browser: Client) -> None:
    """Its length tells nothing of what is in it (BREACH)."""
    assert len({len(browser.get("/accounts/login/").content) for _ in range(30)}) > 5


def test_stylesheet_is_compressed_and_known_again(browser: Client, settings: Settings) -> None:
    sheet = browser.get(SHEET)
    assert gzip.decompress(body(sheet)) == (settings.BASE_DIR / "static" / "app.css").read_bytes()
    known = {"If-Modified-Since": sheet.headers["Last-Modified"], "If-None-Match": sheet.headers.get("ETag", "")}
    again = browser.get(SHEET, headers={name: value for name, value in known.items() if value})
    assert (again.status_code, body(again)) == (304, b"")


def test_font_is_small_already(browser: Client, settings: Settings) -> None:
    font = browser.get(FONT)
    assert "Content-Encoding" not in font.headers
    assert body(font) == (settings.BASE_DIR / "static" / "fonts" / "figtree.woff2").read_bytes()
    assert browser.get(FONT, headers={"If-None-Match": font.headers["ETag"]}).status_code == 304


def test_range_is_of_the_file_itself(browser: Client, settings: Settings) -> None:
    part = browser.get(SHEET, headers={"Range": "bytes=0-9"})
    assert (part.status_code, "Content-Encoding" in part.headers) == (206, False)
    assert body(part) == (settings.BASE_DIR / "static" / "app.css").read_bytes()[:10]


@pytest.mark.parametrize("kind", ["text/event-stream", "application/json"])
def test_what_is_written_while_it_comes_to_be_is_not_held_back(kind: str) -> None:
    def endless() -> Iterator[bytes]:
        return itertools.repeat(b"data: 1\n\n")

    answer = through(StreamingHttpResponse(endless(), content_type=kind))
    assert "Content-Encoding" not in answer.headers
    assert next(iter(answer)) == b"data: 1\n\n"


@pytest.mark.parametrize("kind", ["text/xml", "application/json"])
def test_word_for_twilio_costs_nothing(kind: str) -> None:
    answer = through(HttpResponse("<Response/>", content_type=kind))
    assert (answer.content, "Content-Encoding" in answer.headers) == (b"<Response/>", False)


def through(answer: Any) -> Any:
    request = RequestFactory(headers={"Accept-Encoding": "gzip"}).get("/")
    return Compression(lambda _request: answer)(request)
