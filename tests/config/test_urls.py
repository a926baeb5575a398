"""Whoever opens the bare address lands on something."""

from django.test import Client, override_settings


@override_settings(DEBUG=True, ALLOWED_HOSTS=["localhost"])
def test_trial_leads_to_the_login_with_a_way_to_the_simulator() -> None:
    page = Client(headers={"host": "localhost"}).get("/", follow=True)
    assert 'href="/simulator/"' in page.content.decode()


@override_settings(ALLOWED_HOSTS=["sineta.example"])
def test_anything_else_leads_to_the_login_alone() -> None:
    page = Client(headers={"host": "sineta.example"}).get("/", follow=True)
    assert "/accounts/login/" in page.redirect_chain[0][0]
    assert "simulator" not in page.content.decode()
