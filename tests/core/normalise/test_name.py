"""Names are put together and taken apart without losing anything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit.core.normalise import display_name, listed_name, split_name


@pytest.mark.parametrize(
    ("text", "given_name", "family"),
    [
        ("Anna Kowalska", "Anna", "Kowalska"),
        ("Anna Maria Kowalska", "Anna Maria", "Kowalska"),
        ("Kowalska, Anna Maria", "Anna Maria", "Kowalska"),
        ("van der Berg, Jan", "Jan", "van der Berg"),
        ("Kowalska, Anna, PhD", "Anna, PhD", "Kowalska"),
        ("Anna", "Anna", ""),
        ("  Anna   Kowalska ", "Anna", "Kowalska"),
        ("Kowalska,", "Kowalska,", ""),
        ("", "", ""),
        ("محمد علی", "محمد", "علی"),
    ],
)
def test_split_name(text: str, given_name: str, family: str) -> None:
    """The last word is the family name, unless a comma says which words are."""
    assert split_name(text) == (given_name, family)


@given(st.text())
def test_splitting_loses_no_letter(text: str) -> None:
    """Every character but white space and the parting comma is in one of the two parts."""
    kept = sorted("".join(split_name(text)).replace(" ", ""))
    whole = sorted("".join(text.split()))
    assert kept == whole or sorted([*kept, ","]) == whole


@given(st.lists(st.text("abŁé-'", min_size=1), min_size=1, max_size=4), st.text("xyżó", min_size=1))
def test_the_listed_form_splits_into_its_parts(given_names: list[str], family: str) -> None:
    """What the sorted form joins, splitting takes apart again."""
    assert split_name(listed_name(" ".join(given_names), family)) == (" ".join(given_names), family)


def test_display_name() -> None:
    """Parts stand in speaking order, empty ones leave no gap, and an organisation's name stands alone."""
    assert display_name("Anna", "Kowalska") == "Anna Kowalska"
    assert display_name("Anna", "Kowalska", prefix="Dr", suffix="PhD") == "Dr Anna Kowalska PhD"
    assert display_name("", " Kowalska ") == "Kowalska"
    assert display_name("Anna", organization="Młyn  sp. z o.o.") == "Młyn sp. z o.o."
    assert display_name() == ""
