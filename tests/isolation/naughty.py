"""Odd strings through every form and every search: nothing breaks, and what is kept is what was written."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.test import Client as Browser

from scheduling.models import Professional
from tests.isolation import forms, tenants
from tests.isolation.forms import Form
from tests.isolation.matrix import undone
from tests.isolation.strings import worst

# Passwords are hashed, and a log-out ends the crawl.
_LEFT_OUT = re.compile(r"logout|password|delete_account")
# The trial writes its channel and its address into its rows, and one of the odd strings is such an address.
_OF_THE_TRIAL = re.compile(r"trial(:\d+)?")


@dataclass
class Report:
    """How much was tried, and every sentence about what should not have happened."""

    forms: int = 0
    fields: int = 0
    requests: int = 0
    broken: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def push(
    browser: Browser, professional: Professional, *, strings: Sequence[str], start: tuple[str, ...] = ("/",)
) -> Report:
    """Send every string through every form, and the worst of them through each of its fields.

    A form's free texts are filled together, each with another string; everything else holds what it held. All is
    rolled back.
    """
    report = Report()
    _pages, found = forms.crawl(browser, start=start)
    before = tenants.texts(professional)
    for form in found:
        if _LEFT_OUT.search(form.action):
            continue
        report.forms += 1
        report.fields += len([*form.texts, *form.hidden])
        for changed in _fillings(form, strings):
            with undone():
                _try(browser, professional, form, changed, before, report)
    return report


def _fillings(form: Form, strings: Sequence[str]) -> Iterator[dict[str, str]]:
    """Yield what to change in a form: the free texts together, then each other field alone."""
    free = form.free
    for start in range(0, len(strings), len(free)) if free else ():
        yield {name: strings[(start + place) % len(strings)] for place, name in enumerate(free)}
    for start in range(len(worst())) if len(free) > 1 else ():
        yield {name: worst()[(start + place) % len(worst())] for place, name in enumerate(free)}
    for name in [*form.texts, *form.hidden]:
        if name not in form.free:
            yield from ({name: text} for text in worst())


def _try(
    browser: Browser,
    professional: Professional,
    form: Form,
    changed: dict[str, str],
    before: dict[Any, str],
    report: Report,
) -> None:
    response = send(browser, form, changed)
    report.requests += 1
    shown = ", ".join(f"{name} = {text[:40]!r}" for name, text in changed.items())
    where = f"{form.method} {form.action}, {shown}"
    if response.status_code >= 500:
        report.broken.append(f"{where}: {response.status_code}")
        return
    if response.status_code in (301, 302):
        target = urlsplit(response.headers["Location"])
        if target.netloc or not target.path.startswith("/") or target.path.startswith(("//", "/\\")):
            report.wrong.append(f"{where}: sends people to {response.headers['Location'][:80]!r}")
            return
        if form.method == "post":
            after = tenants.texts(professional)
            kept = mangled(before, after, changed.values())
            report.wrong += [f"{where}: kept as {one[:60]!r}" for one in kept]
        response = browser.get(response.headers["Location"])
        report.requests += 1
        if response.status_code >= 500:
            report.broken.append(f"{where}: {response.status_code} on the page that follows")
    if any(_is_raw(response, text) for text in changed.values()):
        report.wrong.append(f"{where}: stands unescaped on the page")


def send(browser: Browser, form: Form, changed: dict[str, str]) -> Any:
    """Send the form with those fields changed; a lone surrogate goes out as the bytes that no browser sends."""
    body = urlencode(form.data(**changed), doseq=True, errors="surrogatepass")
    if form.method == "post":
        return browser.post(form.action, body, content_type="application/x-www-form-urlencoded")
    return browser.get(f"{urlsplit(form.action).path}?{body}")


def _is_raw(response: Any, text: str) -> bool:
    """Return whether markup came back as markup."""
    if "<" not in text or len(text.strip()) < 4 or response.streaming:
        return False
    kind = response.headers.get("Content-Type", "")
    return kind.startswith("text/html") and text.strip() in response.content.decode(errors="replace")


def mangled(before: dict[Any, str], after: dict[Any, str], texts: Iterable[str]) -> list[str]:
    """Return what was kept that is close to one of the texts and is neither one of them nor a tidied form of it."""
    plain = {_tidy(text) for text in texts}
    changed = [kept for key, kept in after.items() if kept and before.get(key) != kept]
    changed = [kept for kept in changed if not _OF_THE_TRIAL.fullmatch(kept)]
    strange = [kept for kept in changed if not {_tidy(kept), kept} & (plain | {_in_line(text) for text in plain})]
    return [kept for kept in strange if any(_is_close(kept, text) for text in plain if len(text) >= 4)]


def _is_close(kept: str, text: str) -> bool:
    return abs(len(kept) - len(text)) <= 2 and SequenceMatcher(None, kept[:200], text[:200]).ratio() > 0.75


def _in_line(text: str) -> str:
    """Return a text as a field of one line keeps it."""
    return " ".join(text.split())


def _tidy(text: str) -> str:
    """Return a text as it may be kept: one kind of line break, no blanks around it, no NUL."""
    return re.sub(r"\r\n?", "\n", re.sub("[\x00\ufffd\ud800-\udfff]", "", text)).strip()
