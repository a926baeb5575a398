"""Every sentence that code says to people is in the Portuguese catalogue, and its compiled form is up to date."""

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

ROOT = Path(settings.BASE_DIR)
FOLDER = ROOT / "locale" / "pt_BR" / "LC_MESSAGES"
CODE = ("config", "assistant", "intake", "scheduling", "language")
NAMES = {"_", "gettext", "gettext_lazy"}


def catalogue(path: Path = FOLDER / "django.mo") -> dict[str, str]:
    with path.open("rb") as compiled:
        entries: dict[object, str] = GNUTranslations(compiled)._catalog  # type: ignore[attr-defined]
    return {key: text for key, text in entries.items() if isinstance(key, str) and key}


def sentences() -> Iterator[tuple[str, str]]:
    """Yield file and msgid of every translated constant, those inside f-strings too."""
    for path in sorted(path for folder in CODE for path in (ROOT / folder).rglob("*.py")):
        if "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(text)), *_]) if name in NAMES:
                    yield str(path.relative_to(ROOT)), text


def placeholders(text: str) -> list[str]:
    return sorted(re.findall(r"%\(\w+\)[sd]", text))


def test_every_sentence_is_translated() -> None:
    known = catalogue()

    assert [(path, text) for path, text in sentences() if not known.get(text)] == []


@pytest.mark.parametrize(("english", "portuguese"), catalogue().items())
def test_translation_keeps_every_placeholder(english: str, portuguese: str) -> None:
    assert placeholders(portuguese) == placeholders(english)


def test_nothing_is_fuzzy() -> None:
    """Only the header may carry the mark: msgfmt leaves fuzzy entries out."""
    entries = (FOLDER / "django.po").read_text().split("\n\n")

    assert [entry for entry in entries[1:] if "#, fuzzy" in entry] == []


def test_header_names_nobody() -> None:
    header = (FOLDER / "django.po").read_text().split("\n\n")[0]

    assert not re.search(r"Last-Translator|Language-Team|@|\d{4}-\d{2}-\d{2}", header)


@pytest.mark.skipif(shutil.which("msgfmt") is None, reason="no gettext on this machine")
def test_compiled_catalogue_is_up_to_date(tmp_path: Path) -> None:
    compiled = tmp_path / "django.mo"
    command: list[str | Path] = ["msgfmt", "--check-format", "-o", compiled, FOLDER / "django.po"]
    subprocess.run(command, check=True)  # noqa: S603 - a command of our own

    assert catalogue(compiled) == catalogue()


def test_portuguese_is_written_in_portuguese() -> None:
    """A sentence that was copied instead of translated is longer than a name that both languages share."""
    same = [text for text, portuguese in catalogue().items() if text == portuguese]

    assert [text for text in same if len(text.strip(string.punctuation).split()) > 2] == []
