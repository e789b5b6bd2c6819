"""Money is exact, in a known currency, and read only where it can be read in one way."""

from __future__ import annotations

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit.core.errors import Invalid
from crmkit.core.model.money import (
    LARGEST_AMOUNT,
    SMALLEST_AMOUNT,
    Money,
    currencies,
    format_amount,
    minor_digits,
    parse_amount,
)

amounts = st.integers(SMALLEST_AMOUNT, LARGEST_AMOUNT)
known = st.sampled_from(sorted(currencies()))


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12.50", "EUR", 1250),
        ("12,5", "EUR", 1250),
        ("12", "EUR", 1200),
        (".50", "EUR", 50),
        ("0.05", "EUR", 5),
        ("-12.50", "EUR", -1250),
        ("\u22121 234,50", "PLN", -123450),
        ("+7", "EUR", 700),
        ("1 234,50", "PLN", 123450),
        ("1\u00a0234\u202f567,50", "PLN", 123456750),
        ("1,234.50", "USD", 123450),
        ("1.234,50", "EUR", 123450),
        ("1'234.50", "CHF", 123450),
        ("1’234", "CHF", 123400),
        ("1,234,567", "USD", 123456700),
        ("1.234.567", "EUR", 123456700),
        ("12,34,567.50", "INR", 123456750),
        ("١٢٫٥٠", "EGP", 1250),
        ("۱۲۵", "PKR", 12500),
        ("1234", "JPY", 1234),
        ("1,234", "JPY", 1234),
        ("1.234", "KWD", 1234),
        ("1,5", "KWD", 1500),
        ("1 234.567", "KWD", 1234567),
        ("0,500", "KWD", 500),
        ("1.2345", "CLF", 12345),
        ("92233720368547758.07", "EUR", LARGEST_AMOUNT),
        ("-92233720368547758.08", "EUR", SMALLEST_AMOUNT),
    ],
)
def test_parse_amount(text: str, currency: str, minor: int) -> None:
    """Amounts are read in the spellings of many countries, to the currency's own minor unit."""
    assert parse_amount(text, currency) == minor


@pytest.mark.parametrize(
    ("text", "currency", "hints"),
    [
        ("1,234", "EUR", ("1234.00", "1.23")),
        ("1.234", "EUR", ("1234.00", "1.23")),
        ("-12.500", "USD", ("12500.00", "12.50")),
        ("1,234", "KWD", ("1234.000", "1.234")),
        ("1.234", "JPY", ("1234", "1")),
    ],
)
def test_what_reads_in_two_ways_is_refused(text: str, currency: str, hints: tuple[str, str]) -> None:
    """A lone separator before three digits is never guessed; the hint gives both ways to write it."""
    with pytest.raises(Invalid, match="reads two ways") as refused:
        parse_amount(text, currency)
    assert f"Write {hints[0]} for the thousands, or {hints[1]} for" in refused.value.hint


@pytest.mark.parametrize(
    ("text", "currency", "reason"),
    [
        ("12.345", "JPY", "two ways"),
        ("12.5", "JPY", "JPY has none"),
        ("0.125", "EUR", "3 decimals, and EUR has 2"),
        ("1234.567", "EUR", "3 decimals"),
        ("12.5000", "EUR", "4 decimals"),
        ("1,234.567", "EUR", "3 decimals"),
        ("12.", "EUR", 'What follows its "." is not'),
        ("0.'", "EUR", "not digits alone"),
        ("1.5 0", "EUR", "not digits alone"),
        ("1 2", "EUR", "grouped in threes"),
        ("1,23,4.50", "EUR", "grouped in threes"),
        ("1,234 567", "EUR", "not digits alone"),
        ("", "EUR", "does not read"),
        (".", "EUR", "does not read"),
        ("-", "EUR", "does not read"),
        ("1e3", "EUR", "does not read"),
        ("NaN", "EUR", "does not read"),
        ("12.50 EUR", "EUR", "does not read"),
        ("(5)", "EUR", "does not read"),
        ("--5", "EUR", "does not read"),
        ("²", "EUR", "does not read"),
        ("1" * 200, "EUR", "does not read"),
        ("92233720368547758.08", "EUR", "too large"),
        ("12.50", "EURO", "not a currency"),
        ("12.50", "eur", "not a currency"),
    ],
)
def test_what_is_no_amount_is_refused_with_the_reason(text: str, currency: str, reason: str) -> None:
    """Anything that is not exactly an amount of the currency is refused, with the reason."""
    with pytest.raises(Invalid, match=reason):
        parse_amount(text, currency)


@given(amounts, known)
def test_formatted_amounts_read_back(minor: int, currency: str) -> None:
    """Every amount that can be kept is written so that it reads back as itself."""
    assert parse_amount(format_amount(minor, currency), currency) == minor


@given(amounts, known, st.sampled_from([(" ", ","), (",", "."), (".", ","), ("'", ".")]))
def test_grouped_amounts_read_back(minor: int, currency: str, marks: tuple[str, str]) -> None:
    """Grouping never changes the amount; where it leaves two readings it is refused."""
    group, point = marks
    whole, _, decimals = format_amount(minor, currency).partition(".")
    grouped = f"{int(whole):,}".replace(",", group)
    sign = "-" if minor < 0 and not grouped.startswith("-") else ""
    text = sign + grouped + (point + decimals if decimals else "")
    is_lone_mark = sum(char in ".," for char in text) == 1
    if is_lone_mark and len(decimals or grouped.rpartition(group)[2]) == 3:
        with contextlib.suppress(Invalid):  # the mark may be either; where the currency settles it, rightly
            assert parse_amount(text, currency) == minor
    else:
        assert parse_amount(text, currency) == minor


@given(st.text("0123456789., '-+", max_size=24) | st.text(max_size=12), known)
def test_any_text_is_an_amount_or_refused(text: str, currency: str) -> None:
    """No text makes anything but an amount in range or `Invalid`."""
    with contextlib.suppress(Invalid):
        assert SMALLEST_AMOUNT <= parse_amount(text, currency) <= LARGEST_AMOUNT


@given(amounts, known)
def test_money_of_a_decimal_is_exact(minor: int, currency: str) -> None:
    """A `Decimal` gives the same money as its text, and no digit is rounded away."""
    text = format_amount(minor, currency)
    assert Money.of(Decimal(text), currency) == Money.of(text, currency) == Money(minor, currency)
    assert str(Money(minor, currency)) == f"{text} {currency}"


@pytest.mark.parametrize(
    "amount",
    [
        Decimal("0.001"),
        Decimal("NaN"),
        Decimal("Infinity"),
        Decimal("1e30"),
        Decimal("1e-999"),
        1.5,
        True,
        None,
    ],
)
def test_inexact_amounts_are_refused(amount: object) -> None:
    """Fractions of a minor unit, floats and what is no number never become money."""
    with pytest.raises(Invalid):
        Money.of(amount, "EUR")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("minor", "currency"),
    [(2**63, "EUR"), (-(2**63) - 1, "EUR"), (1, "XXX"), (1, ""), (1.0, "EUR"), (True, "EUR")],
)
def test_impossible_money_is_refused(minor: int, currency: str) -> None:
    """Money has a known currency and whole minor units within 64 bits."""
    with pytest.raises(Invalid):
        Money(minor, currency)


def test_whole_numbers_are_major_units() -> None:
    """A plain integer given to `Money.of` counts major units."""
    assert Money.of(12, "EUR").minor == 1200
    assert Money.of(12, "JPY").minor == 12
    assert Money.of(Decimal("1E+3"), "EUR").minor == 100_000


def test_minor_digits() -> None:
    """Each currency has its own number of decimals."""
    assert [minor_digits(code) for code in ("EUR", "JPY", "KWD", "CLF")] == [2, 0, 3, 4]
    assert all(len(code) == 3 and code.isupper() for code in currencies())
