"""Days and moments as pages write them."""

from datetime import date, timedelta

import pytest
from django.utils import timezone, translation

from assistant import dates
from intake import wording
from scheduling.models import Professional
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("language", "when", "words"),
    [
        ("pt-br", "2026-12-05 15:00", "sáb, 05/12, às 15:00"),
        ("pt-br", "2026-12-01 16:30", "ter, 01/12, às 16:30"),
        ("pt-br", "2027-01-04 09:00", "seg, 04/01/2027, às 09:00"),
        ("en", "2026-12-05 15:00", "Sat, 5 Dec, at 15:00"),
        ("es", "2026-12-05 15:00", "sáb, 05/12 a las 15:00"),
    ],
)
def test_moment_is_written_in_one_way(ana: Professional, language: str, when: str, words: str) -> None:
    with translation.override(language):
        assert dates.moment(cast.at(when), ana, now=cast.at("2026-11-28 10:00")) == words


def test_short_saturday_has_its_accent() -> None:
    with translation.override("pt-br"):
        assert wording.short_day(date(2026, 11, 28), today=date(2026, 11, 30)) == "sáb, 28/11"


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "0 min"), (59, "59 min"), (60, "1 h"), (24 * 60, "1 dia"), (49 * 60, "2 dias")]
)
def test_time_that_passed_is_short(minutes: int, words: str) -> None:
    now = timezone.now()
    with translation.override("pt-br"):
        assert dates.ago(now - timedelta(minutes=minutes), now=now) == words
