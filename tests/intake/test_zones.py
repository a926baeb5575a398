"""A client whose clock differs is told whose time it is. Monday, 16 November 2026, 09:00 in São Paulo."""

import pytest

from scheduling import phones
from scheduling.models import Professional
from tests.intake.conversing import say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]

MANAUS, LISBON, SAO_PAULO = "whatsapp:+5592987654321", "whatsapp:+351912345678", "whatsapp:+5511987654321"
NOTE = "Os horários são de São Paulo."


def test_area_code_tells_the_zone() -> None:
    assert phones.zones(MANAUS) == ("America/Manaus",)
    assert "Europe/Lisbon" in phones.zones(LISBON)
    assert phones.zones("whatsapp:BR.1502837465019283") == ()


@pytest.mark.parametrize("address", [MANAUS, LISBON])
def test_offers_question_and_receipt_name_the_zone_when_clocks_differ(ana: Professional, address: str) -> None:
    """T10"""
    assert NOTE in say(ana, "tem quinta à tarde?", address=address)
    assert NOTE in say(ana, "quinta às 15h", "Caio Martins", address=address)
    assert NOTE in say(ana, "sim", address=address)


def test_zone_is_not_named_where_clocks_agree(ana: Professional) -> None:
    """T10"""
    said = [say(ana, line, address=SAO_PAULO) for line in ("tem quinta?", "quinta às 15h", "Caio Martins", "sim")]

    assert "Marcado" in said[-1]
    assert NOTE not in "".join(said)
