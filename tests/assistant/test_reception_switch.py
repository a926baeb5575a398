"""The switch goes back to the page that had it, and to nothing else."""

import pytest
from django.test import Client as Browser

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("back", ["a:b", "today:x", "\x00", "https://evil.example/", "//evil.example", "x y", ""])
def test_anything_but_a_path_of_ours_leads_to_the_day(browser: Browser, back: str) -> None:
    """I2: a made-up way back is neither an error nor a way out."""
    answer = browser.post("/reception/", {"on": "1", "next": back})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_path_of_ours_is_gone_back_to(browser: Browser) -> None:
    answer = browser.post("/reception/", {"on": "0", "next": "/try/?turn=1"})
    assert answer.headers["Location"] == "/try/?turn=1"
