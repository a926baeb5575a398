"""Whoever opens the bare address lands on something."""

from django.test import Client as Browser
from django.test import override_settings


def test_trial_leads_to_the_simulator() -> None:
    assert Browser(headers={"host": "localhost"}).get("/").headers["Location"] == "/simulator/"


@override_settings(DEBUG=False, ALLOWED_HOSTS=["sineta.example"])
def test_anything_else_leads_to_the_admin() -> None:
    assert Browser(headers={"host": "sineta.example"}).get("/").headers["Location"] == "/admin/"
