"""Words are found and sorted whatever their accents and capitals."""

import pytest

from scheduling import search
from scheduling.models import Client
from tests import cast


@pytest.mark.django_db
def test_names_are_found_and_sorted_without_their_accents() -> None:
    ana = cast.ana()
    for name in ("Zé", "Ágata", "Ana", "Abel", "Łukasz", "Ço"):
        Client.objects.create(professional=ana, name=name)
    people = Client.objects.annotate(plain=search.plain("name"))
    found = people.order_by("plain").values_list("name", flat=True)
    assert list(found) == ["Abel", "Ágata", "Ana", "Ço", "Łukasz", "Zé"]
    assert people.get(plain__contains=search.fold("AGÁ")).name == "Ágata"


def test_every_accented_letter_has_a_plain_one() -> None:
    assert search.fold("ÁÉÍÓÚ ção Ørsted \x00") == "aeiou cao orsted "
