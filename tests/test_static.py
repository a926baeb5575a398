"""The look: one set of tokens, one sprite of icons, and nothing used that neither holds."""

import re

from django.conf import settings

from intake import trace_words


def test_dark_theme_is_the_same_by_choice_and_by_system() -> None:
    tokens = (settings.BASE_DIR / "static" / "tokens.css").read_text()
    blocks = re.findall(
        r":root(?:\[data-theme=\"dark\"\]|:not\(\[data-theme=\"light\"\]\)) \{(.*?)\}", tokens, re.DOTALL
    )
    by_system, by_choice = (block.split() for block in blocks)
    assert by_system == by_choice


def test_stylesheets_use_only_tokens_that_exist() -> None:
    static = settings.BASE_DIR / "static"
    tokens = set(re.findall(r"(--[\w-]+):", (static / "tokens.css").read_text()))
    for sheet in static.rglob("*.css"):
        own = set(re.findall(r"(--[a-z]):", sheet.read_text()))
        assert set(re.findall(r"var\((--[\w-]+)", sheet.read_text())) <= tokens | own


def test_every_icon_used_is_in_the_sprite() -> None:
    templates = settings.BASE_DIR / "templates"
    known = set(re.findall(r'id="i-([\w-]+)"', (templates / "icons.svg").read_text()))
    pages = "".join(page.read_text() for page in templates.rglob("*.html"))
    used = set(re.findall(r"#i-([\w-]+)\"", pages)) | {icon for icon, _tone in trace_words.LOOKS.values()}
    assert used <= known
