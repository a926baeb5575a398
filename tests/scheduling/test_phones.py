"""The Brazilian ninth digit, and addresses that hold no phone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling import phones

digits = st.integers(0, 9_999_999).map(lambda n: f"{n:07}")
area = st.integers(11, 99).map(str).filter(lambda code: "0" not in code)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("whatsapp:+5511987654321", "+5511987654321"),
        ("whatsapp:+551187654321", "+5511987654321"),
        ("+551187654321", "+5511987654321"),
        ("whatsapp:+551133334444", "+551133334444"),
        ("whatsapp:+5511912345678", "+5511912345678"),
        ("whatsapp:+351912345678", "+351912345678"),
        ("whatsapp:BR.1502AbC", None),
        ("whatsapp:", None),
        ("", None),
        ("simulator:caio", None),
        ("whatsapp:+0511987654321", None),
        ("whatsapp:+55 11 98765-4321", None),
        ("whatsapp:+٥٥١١٩٨٧٦٥٤٣٢١", None),
        ("whatsapp:+5511987654321\n", None),
    ],
)
def test_phone_is_canonical_or_absent(address: str, expected: str | None) -> None:
    assert phones.phone(address) == expected


@pytest.mark.parametrize(
    "address",
    [
        "whatsapp:+551133334444",  # a landline
        "whatsapp:+5511933334444",  # a number issued after the ninth digit came
        "whatsapp:+351912345678",
        "whatsapp:BR.1502",
        "",
    ],
)
def test_an_address_without_another_form_stands_alone(address: str) -> None:
    assert phones.variants(address) == (address,)


@given(area, st.sampled_from("6789"), digits)
def test_both_forms_of_an_old_mobile_know_each_other(code: str, first: str, rest: str) -> None:
    short, long = f"whatsapp:+55{code}{first}{rest}", f"whatsapp:+55{code}9{first}{rest}"
    assert phones.variants(short) == (short, long)
    assert phones.variants(long) == (long, short)
    assert phones.phone(short) == phones.phone(long)


@given(area, st.sampled_from("12345"), digits)
def test_a_landline_is_never_a_mobile(code: str, first: str, rest: str) -> None:
    landline, mobile = f"+55{code}{first}{rest}", f"+55{code}9{first}{rest}"
    assert phones.phone(landline) != phones.phone(mobile)
    assert not set(phones.variants(landline)) & set(phones.variants(mobile))


@given(st.text(max_size=40))
def test_any_text_is_its_own_variant(address: str) -> None:
    assert phones.variants(address)[0] == address


def test_mask_shows_four_characters() -> None:
    assert phones.mask("whatsapp:+5511987654321") == "…4321"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("11 98765-4321", "+5511987654321"),
        ("(11) 8765-4321", "+5511987654321"),
        ("0 11 98765.4321", "+5511987654321"),
        ("5511987654321", "+5511987654321"),
        ("00 351 912 345 678", "+351912345678"),
        ("+1 415 523 8886", "+14155238886"),
        ("11 3123-4567", "+551131234567"),
        ("98765-4321", None),
        ("20 98765-4321", None),
        ("+999 123", None),
        ("+9999999999", None),
        ("+21 000 000 000", None),
        ("", None),
        ("\x00", None),
    ],
)
def test_typed_phone_is_read_as_brazilians_write_it(text: str, number: str | None) -> None:
    assert phones.typed(text) == number


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("11 8765", ("118765", "1198765", "118765")),
        ("+55 (11) 98765-4321", ("5511987654321", "11987654321", "1187654321")),
        ("4321", ("4321",)),
        ("12", ()),
        ("Ana 11", ()),
    ],
)
def test_sought_digits_come_in_both_forms(text: str, forms: tuple[str, ...]) -> None:
    assert phones.sought(text) == forms
