"""Whoever opens the bare address lands on something."""

from django.test import RequestFactory, override_settings

from config.urls import home


@override_settings(DEBUG=True, ALLOWED_HOSTS=["localhost"])
def test_trial_leads_to_the_simulator() -> None:
    request = RequestFactory(headers={"host": "localhost"}).get("/")
    assert home(request).headers["Location"] == "/simulator/"


@override_settings(DEBUG=False, ALLOWED_HOSTS=["sineta.example"])
def test_anything_else_leads_to_the_admin() -> None:
    request = RequestFactory(headers={"host": "sineta.example"}).get("/")
    assert home(request).headers["Location"] == "/admin/"
