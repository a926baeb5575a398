"""Odd strings through every form and every search: nothing breaks, and what is kept is what was written."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.test import Client as Browser

from scheduling.models import Professional
from tests.isolation import forms, tenants
from tests.isolation.forms import Form
from tests.isolation.matrix import undone

# Passwords are hashed, and a log-out ends the crawl.
_LEFT_OUT = re.compile(r"logout|password|delete_account")


@dataclass
class Report:
    """How much was tried, and every sentence about what should not have happened."""

    forms: int = 0
    fields: int = 0
    requests: int = 0
    broken: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def push(
    browser: Browser, professional: Professional, *, strings: Iterable[str], start: tuple[str, ...] = ("/",)
) -> Report:
    """Put every string into every text field in turn, the others holding what they held. All is rolled back."""
    report = Report()
    chosen = list(strings)
    _pages, found = forms.crawl(browser, start=start)
    for form in found:
        if _LEFT_OUT.search(form.action):
            continue
        report.forms += 1
        for name in [*form.texts, *form.hidden]:
            report.fields += 1
            for text in chosen:
                with undone():
                    _try(browser, professional, form, name, text, report)
    return report


def _try(browser: Browser, professional: Professional, form: Form, name: str, text: str, report: Report) -> None:
    before = tenants.texts(professional) if form.method == "post" else {}
    response = send(browser, form, name, text)
    report.requests += 1
    where = f"{form.method} {form.action}, {name} = {text[:40]!r}"
    if response.status_code >= 500:
        report.broken.append(f"{where}: {response.status_code}")
        return
    if response.status_code in (301, 302):
        target = urlsplit(response.headers["Location"])
        if target.netloc or not target.path.startswith("/") or target.path.startswith(("//", "/\\")):
            report.wrong.append(f"{where}: sends people to {response.headers['Location'][:80]!r}")
            return
        if form.method == "post":
            report.wrong += [f"{where}: kept as {kept[:60]!r}" for kept in _mangled(professional, before, text)]
        response = browser.get(response.headers["Location"])
        report.requests += 1
        if response.status_code >= 500:
            report.broken.append(f"{where}: {response.status_code} on the page that follows")
    if _is_raw(response, text):
        report.wrong.append(f"{where}: stands unescaped on the page")


def send(browser: Browser, form: Form, name: str, text: str) -> Any:
    """Send the form with that text in that field, as a browser would: lone surrogates never leave one."""
    data = form.data(**{name: text})
    if form.method == "post":
        body = urlencode(data, doseq=True, errors="surrogatepass")
        return browser.post(form.action, body, content_type="application/x-www-form-urlencoded")
    path = urlsplit(form.action).path
    return browser.get(f"{path}?{urlencode(data, doseq=True, errors='surrogatepass')}")


def _is_raw(response: Any, text: str) -> bool:
    """Return whether markup came back as markup."""
    if "<" not in text or len(text.strip()) < 4 or response.streaming:
        return False
    kind = response.headers.get("Content-Type", "")
    return kind.startswith("text/html") and text.strip() in response.content.decode(errors="replace")


def _mangled(professional: Professional, before: dict[Any, str], text: str) -> list[str]:
    """Return what was kept of the text and is neither it nor a tidied form of it."""
    plain = text.replace("\r\n", "\n").strip()
    if len(plain) < 4:
        return []
    allowed = {_tidy(text)}
    changed = [kept for key, kept in tenants.texts(professional).items() if kept and before.get(key) != kept]
    close = [kept for kept in changed if abs(len(kept) - len(plain)) <= 2]
    return [
        kept
        for kept in close
        if _tidy(kept) not in allowed and SequenceMatcher(None, kept[:200], plain[:200]).ratio() > 0.75
    ]


def _tidy(text: str) -> str:
    """Return a text as it may be kept: one kind of line break, no blanks around it, no NUL."""
    return re.sub(r"\r\n?", "\n", re.sub("[\x00\ufffd\ud800-\udfff]", "", text)).strip()
