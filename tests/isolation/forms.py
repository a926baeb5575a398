"""Every form and search box of the product, found by following the links of its pages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.test import Client as Browser

MOST_PAGES = 250
# Leaving is no page, and files for download hold no form.
_SKIPPED = re.compile(r"^/(static|accounts/logout|api|simulator)\b|logout|\.(json|csv|zip|ics|svg|css|js)$")
_TEXTS = {"text", "search", "email", "tel", "url", "password", "number", "date", "time", "datetime-local", "month"}
_DOCUMENTS = "text/html"


@dataclass
class Field:
    """One control: its name, its kind, and what it holds when nobody has touched it."""

    name: str
    kind: str
    value: str = ""
    required: bool = False
    # Sent only when chosen or pressed.
    is_optional: bool = False

    @property
    def is_text(self) -> bool:
        return self.kind in _TEXTS or self.kind == "textarea"

    @property
    def filled(self) -> str:
        """Return a value that a careful person might enter."""
        if self.value or not self.required:
            return self.value
        tomorrow = (date.today() + timedelta(days=1)).isoformat()  # noqa: DTZ011 - any day will do
        examples = {
            "email": "caio@example.com",
            "tel": "+5511987654321",
            "number": "30",
            "date": tomorrow,
            "time": "10:00",
            "datetime-local": f"{tomorrow}T10:00",
            "url": "https://example.com/",
        }
        return examples.get(self.kind, "Texto")


@dataclass
class Form:
    """One form: where it stands, where it goes, and its controls in order."""

    page: str
    action: str
    method: str
    id: str = ""
    fields: list[Field] = field(default_factory=list)

    @property
    def mark(self) -> tuple[str, str, tuple[str, ...]]:
        """Forms that differ only in whose row they are about are one."""
        return shape(self.action), self.method, tuple(sorted({one.name for one in self.fields}))

    def data(self, **changed: str) -> dict[str, list[str]]:
        """Return what a browser would send, with some fields changed."""
        sent: dict[str, list[str]] = {}
        for one in self.fields:
            if one.name in changed:
                sent[one.name] = [changed[one.name]]
            elif not one.is_optional:
                sent.setdefault(one.name, []).append(one.filled)
        return sent

    @property
    def texts(self) -> list[str]:
        return list(dict.fromkeys(one.name for one in self.fields if one.is_text))

    @property
    def free(self) -> list[str]:
        """The fields that take any words."""
        kinds = ("text", "search", "textarea")
        return list(dict.fromkeys(one.name for one in self.fields if one.kind in kinds))

    @property
    def keys(self) -> list[str]:
        """The fields that hold, or may hold, the id of a row; how many rows a table of forms has is none."""
        held = (one.name for one in self.fields if one.value.isdigit() and not one.is_text and one.name != "on")
        return [name for name in dict.fromkeys(held) if not name.endswith("_FORMS")]

    @property
    def hidden(self) -> list[str]:
        kept = ("csrfmiddlewaretoken",)
        return list(dict.fromkeys(one.name for one in self.fields if one.kind == "hidden" and one.name not in kept))


def shape(url: str) -> str:
    """Return a URL without what names a row or a day: /clients/12/ -> /clients/0/.

    The lists of the admin link every filter with every other; what they are asked is `test_admin_isolation`'s matter.
    """
    parts = urlsplit(url)
    names = ",".join(sorted({one.partition("=")[0] for one in parts.query.split("&") if one}))
    if parts.path.startswith("/admin/"):
        names = ""
    return re.sub(r"\d+", "0", parts.path) + (f"?{names}" if names else "")


class _Reader(HTMLParser):
    """Collects forms, links and the paths that htmx asks for."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.page, self.forms, self.links = page, list[Form](), list[str]()
        self._open: Form | None = None
        self._loose: list[tuple[str, Field]] = []
        self._area: Field | None = None
        self._select: tuple[Form | None, Field] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self.links += [told[name] for name in ("hx-get",) if name in told]
        if tag == "a" and "href" in told:
            self.links.append(told["href"])
        elif tag == "form":
            target = told.get("action") or self.page
            self._open = Form(self.page, self._url(target), told.get("method", "get").lower(), told.get("id", ""))
            self.forms.append(self._open)
        elif tag in ("input", "textarea", "select", "button") and told.get("name"):
            self._control(tag, told)
        elif tag == "option" and self._select and ("selected" in told or not self._select[1].value):
            self._select[1].value = told.get("value", "")
        if tag != "form" and told.get("name") and "hx-get" in told:
            loose = Form(self.page, self._url(told["hx-get"]), "get")
            loose.fields.append(Field(told["name"], told.get("type", "text")))
            self.forms.append(loose)

    def _control(self, tag: str, told: dict[str, str]) -> None:
        kind = tag if tag != "input" else told.get("type", "text").lower()
        pressed = tag == "button" or kind in ("submit", "image", "button", "file")
        chosen = kind in ("checkbox", "radio") and "checked" not in told
        one = Field(told["name"], kind, told.get("value", ""), "required" in told, pressed or chosen)
        if "form" in told:
            self._loose.append((told["form"], one))
        elif self._open is not None:
            self._open.fields.append(one)
        if tag == "textarea":
            self._area = one
        if tag == "select":
            self._select = (self._open, one)

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area.value += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None

    def close(self) -> None:
        super().close()
        by_id = {form.id: form for form in self.forms if form.id}
        for name, one in self._loose:
            if name in by_id:
                by_id[name].fields.append(one)

    def _url(self, target: str) -> str:
        return urljoin(self.page, target)


def crawl(browser: Browser, *, start: tuple[str, ...] = ("/",)) -> tuple[list[str], list[Form]]:
    """Follow every link to a page of the product once for each shape; return the pages and their forms."""
    waiting, seen = list(start), {shape(one) for one in start}
    pages: list[str] = []
    forms: dict[Any, Form] = {}
    while waiting and len(pages) < MOST_PAGES:
        page = waiting.pop(0)
        response: Any = browser.get(page)
        if response.status_code in (301, 302):
            found = [response.headers["Location"]]
        elif response.status_code == 200 and response.headers.get("Content-Type", "").startswith(_DOCUMENTS):
            pages.append(page)
            reader = _Reader(page)
            reader.feed(response.content.decode(errors="replace"))
            reader.close()
            found = reader.links
            for form in reader.forms:
                forms.setdefault(form.mark, form)
        else:
            continue
        for url in _inside(page, found):
            if shape(url) not in seen:
                seen.add(shape(url))
                waiting.append(url)
    return pages, list(forms.values())


def _inside(page: str, links: list[str]) -> Iterator[str]:
    for link in links:
        parts = urlsplit(urljoin(page, link))
        if parts.netloc or parts.scheme or _SKIPPED.search(parts.path):
            continue
        yield parts.path + (f"?{parts.query}" if parts.query else "")
