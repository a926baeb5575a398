"""Every sentence that code says to people is in both catalogues, and their compiled forms are up to date.

English needs none: its sentences are the ids.
"""

import ast
import re
import shutil
import string
import subprocess
from collections.abc import Iterator
from gettext import GNUTranslations
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation.template import templatize

from intake import people, phrases

ROOT = Path(settings.BASE_DIR)
CODE = ("config", "assistant", "intake", "scheduling", "language")
NAMES = {"_", "gettext", "gettext_lazy", "ngettext"}
LANGUAGES = ("pt_BR", "es")

every_language = pytest.mark.parametrize("language", LANGUAGES)


def folder(language: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES"


def compiled_entries(path: Path) -> list[tuple[str, str]]:
    """Return pairs of msgid and text; each form of a plural stands beside its singular msgid."""
    with path.open("rb") as compiled:
        entries: dict[str | tuple[str, int], str] = GNUTranslations(compiled)._catalog  # type: ignore[attr-defined]
    return [(key if isinstance(key, str) else key[0], text) for key, text in entries.items() if key]


def entries(language: str) -> list[tuple[str, str]]:
    return compiled_entries(folder(language) / "django.mo")


def sentences() -> Iterator[tuple[str, str]]:
    """Yield file and msgid of every translated constant, those inside f-strings and templates too."""
    for path in sorted(path for folder in CODE for path in (ROOT / folder).rglob("*.py")):
        if "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(text)), *_]) if name in NAMES:
                    yield str(path.relative_to(ROOT)), text
    for page in sorted((ROOT / "templates").rglob("*.html")):
        for _quote, text in re.findall(r"""gettext\(u?(['"])(.*?)\1[,)]""", templatize(page.read_text())):
            yield str(page.relative_to(ROOT)), text


def shape(text: str) -> tuple[list[str], int]:
    """Return what a translation must not change: the placeholders and the number of lines."""
    return sorted(re.findall(r"%\(\w+\)[sd]", text)), text.count("\n")


@every_language
def test_every_sentence_is_translated(language: str) -> None:
    known = {english for english, text in entries(language) if text}

    assert [(path, text) for path, text in sentences() if text not in known] == []


@pytest.mark.parametrize(
    ("language", "english", "text"), [(language, *entry) for language in LANGUAGES for entry in entries(language)]
)
def test_translation_keeps_placeholders_and_lines(language: str, english: str, text: str) -> None:
    assert shape(text) == shape(english)


@every_language
def test_nothing_is_fuzzy(language: str) -> None:
    """Only the header may carry the mark: msgfmt leaves fuzzy entries out."""
    blocks = (folder(language) / "django.po").read_text().split("\n\n")

    assert [block for block in blocks[1:] if "#, fuzzy" in block] == []


@every_language
def test_header_names_nobody(language: str) -> None:
    header = (folder(language) / "django.po").read_text().split("\n\n")[0]

    assert f"Language: {language}" in header
    assert not re.search(r"Last-Translator|Language-Team|@|\d{4}-\d{2}-\d{2}", header)


@every_language
@pytest.mark.skipif(shutil.which("msgfmt") is None, reason="no gettext on this machine")
def test_compiled_catalogue_is_up_to_date(tmp_path: Path, language: str) -> None:
    compiled = tmp_path / "django.mo"
    command: list[str | Path] = ["msgfmt", "--check-format", "-o", compiled, folder(language) / "django.po"]
    subprocess.run(command, check=True)  # noqa: S603 - a command of our own

    assert compiled_entries(compiled) == entries(language)


@every_language
def test_nothing_is_left_in_english(language: str) -> None:
    """A sentence that was copied instead of translated is longer than a name that both languages share."""
    same = [text for english, text in entries(language) if english == text]

    assert [text for text in same if len(text.strip(string.punctuation).split()) > 2] == []


def understood(word: str) -> bool:
    """Return whether a word that clients are told to write does something."""
    return (
        phrases.yes_or_no(word) is not None
        or phrases.wants_a_person(word)
        or phrases.wants_the_reception(word)
        or phrases.wants_to_undo(word)
        or people.refuses_phone(word)
    )


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_words_that_clients_are_told_to_write_are_understood(language: str) -> None:
    """Only such words stand between asterisks."""
    texts = [text for _path, text in sentences()] if language == "en" else [text for _id, text in entries(language)]
    told = {word for text in texts for word in re.findall(r"\*(\w+)\*", text)}

    assert len(told) >= 5
    assert [word for word in told if not understood(word)] == []
