"""Phone numbers become E.164, exactly as the library reads them."""

from __future__ import annotations

import random
from functools import cache

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneNumber, PhoneNumberFormat

from crmkit.core.errors import Invalid
from crmkit.core.normalise import PhoneNormaliser

KINDS = (
    0,
    1,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
    10,
)  # the library's numbers for fixed line, mobile, toll free and the rest


def by_library(text: str, region: str | None) -> str | None:
    """E.164 by the library alone; None where it finds no valid number."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    plain = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return f"{plain};ext={number.extension}" if number.extension else plain


def by_normaliser(normaliser: PhoneNormaliser, text: str) -> str | None:
    """The normaliser's answer; None where it refuses."""
    try:
        return normaliser.normalise(text)
    except Invalid:
        return None


@cache
def examples() -> tuple[PhoneNumber, ...]:
    """One valid number of each kind for every region and every calling code without a region."""
    found = [
        phonenumbers.example_number_for_type(region, kind)
        for region in sorted(phonenumbers.SUPPORTED_REGIONS)
        for kind in KINDS
    ]
    found += [
        phonenumbers.example_number_for_non_geo_entity(code)
        for code in sorted(phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS)
    ]
    return tuple(number for number in found if number is not None)


def spelled(number: PhoneNumber, chance: random.Random) -> str:
    """One of the ways in which people write an international number."""
    style = chance.choice([PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.E164])
    text = phonenumbers.format_number(number, style)
    if chance.random() < 0.3:
        text = text.replace(" ", chance.choice(["-", ".", "/", "  ", " (0)", ") ("]))
    if chance.random() < 0.2:
        text = text.replace("+", "00")
    return text + chance.choice(["", "", "", "", " x12", ";ext=7", " ", "\u00a0"])


def mutated(text: str, chance: random.Random) -> str:
    """`text` with one or two characters dropped, changed, doubled or swapped."""
    characters = list(text)
    for _ in range(chance.randint(0, 2)):
        place = chance.randrange(len(characters))
        characters[place] = chance.choice(
            ["", characters[place] * 2, *"0123456789", "+", "0" + characters[place], "٣", "x", "#"]
        )
        characters = characters or ["0"]
    return "".join(characters)


@pytest.mark.parametrize("region", ["PL", "US", None])
def test_short_path_agrees_with_library_on_every_region(region: str | None) -> None:
    """Example numbers of all regions and kinds, in many spellings and with slips, read as by the library."""
    chance = random.Random(f"{region}")
    normaliser = PhoneNormaliser(region)
    for number in examples():
        for _ in range(2):
            text = mutated(spelled(number, chance), chance)
            assert by_normaliser(normaliser, text) == by_library(text, region), text


def test_examples_of_every_region_are_accepted() -> None:
    """No region's own example is refused, and the result is the number in E.164."""
    normaliser = PhoneNormaliser()
    for number in examples():
        plain = phonenumbers.format_number(number, PhoneNumberFormat.E164)
        if phonenumbers.is_valid_number(number):
            assert by_normaliser(normaliser, plain) == by_library(plain, None)


@settings(deadline=None)  # the first number of a calling code compiles its patterns
@given(st.text("+0123456789 -()./x#;٣", max_size=22) | st.text(max_size=20))
def test_any_text_agrees_with_library(text: str) -> None:
    """Any text is accepted or refused as the library does, and nothing but `Invalid` is raised."""
    assert by_normaliser(PhoneNormaliser("GB"), text) == by_library(text, "GB")


@settings(deadline=None)  # the first number of a calling code compiles its patterns
@given(st.from_regex(r"(\+|00)(1|7|20|39|44|48|54|92|800|1268)[0-9]{4,12}", fullmatch=True))
def test_digits_after_a_calling_code_agree_with_library(text: str) -> None:
    """Calling codes with shared, Italian, Argentine and no regions are judged as the library judges them."""
    assert by_normaliser(PhoneNormaliser("PL"), text) == by_library(text, "PL")


@pytest.mark.parametrize(
    "written",
    [
        "+48221234567",
        "+48 22 123-45-67",
        "0048 (22) 123 45 67",
        "22 123 45 67",
        "tel:+48-22-123-45-67",
        "٢٢١٢٣٤٥٦٧",
    ],
)
def test_spellings_of_one_number_are_one_key(written: str) -> None:
    """However one number is written in its country, its key is the same."""
    assert PhoneNormaliser("pl").normalise(written) == "+48221234567"


@pytest.mark.parametrize("written", ["+48221234567 x12", "+48221234567;ext=12", "22 123 45 67 ext. 12"])
def test_extension_is_kept(written: str) -> None:
    """A number with an extension stays distinct from the number without."""
    assert PhoneNormaliser("PL").normalise(written) == "+48221234567;ext=12"


@pytest.mark.parametrize(
    ("written", "region", "reason"),
    [
        ("22 123 45 67", None, "no calling code, and nothing says of which country"),
        ("+48 22", "PL", "too few digits"),
        ("+48 22 123 45 67 89", "PL", "too many digits"),
        ("+48 00 123 45 67", "PL", "No number of .48"),
        ("+999 123 456 789", "PL", "calling code does not exist"),
        ("ask Anna", "PL", "does not read as a phone number"),
        ("", "PL", "does not read as a phone number"),
        ("1" * 300, "PL", "too many digits"),
    ],
)
def test_refusal_gives_the_reason(written: str, region: str | None, reason: str) -> None:
    """The message quotes the number and says what is wrong with it."""
    with pytest.raises(Invalid, match=f"is not a usable phone number.*{reason}"):
        PhoneNormaliser(region).normalise(written)


def test_unknown_default_region_is_named() -> None:
    """A default region that does not exist is reported as such, not as a bad number."""
    with pytest.raises(Invalid, match='"XX" is not a region'):
        PhoneNormaliser("xx").normalise("22 123 45 67")
