"""Days and money as other systems export them."""

from __future__ import annotations

import pytest

from crmkit.core.config.schema import CrsSettings
from crmkit.core.errors import Invalid
from crmkit.core.exchange.written import (
    amount_as_written,
    day_as_written,
    is_month_first,
    moment_as_written,
    money_as_written,
)


@pytest.mark.parametrize(
    ("text", "month_first", "read"),
    [
        ("1.5.2026", None, "2026-05-01"),
        ("1.5.2026 0:00", None, "2026-05-01"),
        ("2026-05-01 00:00:00", None, "2026-05-01"),
        ("01/05/2026", False, "2026-05-01"),
        ("1-5-2026", False, "2026-05-01"),
        ("01/05/2026", True, "2026-01-05"),
        ("2026-05-01 10:00", None, "2026-05-01 10:00"),
        ("2026-05-01 00:00:30", None, "2026-05-01 00:00:30"),
        ("the first of May", True, "the first of May"),
    ],
)
def test_days_of_exports(text: str, month_first: bool | None, read: str) -> None:
    """What is no day stays for the error."""
    assert day_as_written(text, month_first) == read


def test_a_day_that_can_be_two_is_refused() -> None:
    """Nobody guesses whether it is January or May."""
    with pytest.raises(Invalid, match="two days"):
        day_as_written("01/05/2026", None)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("3/14/2026 8:10 PM", "2026-03-14 20:10"),
        ("3/14/2026 12:05:30 am", "2026-03-14 00:05:30"),
        ("3/14/2026, 8:10", "2026-03-14 08:10"),
        ("14.3.2026 8:10", "2026-03-14 08:10"),
        ("2026-03-14 8:10", "2026-03-14 08:10"),
        ("2026-03-14T08:10:00Z", "2026-03-14T08:10:00Z"),
        ("2026-03-14 00:00:00Z", "2026-03-14 00:00:00Z"),
        ("3/14/2026 13:10 PM", "2026-03-14 13:10 PM"),
        ("yesterday", "yesterday"),
    ],
)
def test_moments_of_exports(text: str, read: str) -> None:
    """As sheets of Poland and of the United States show them; what is none stays for the error."""
    assert moment_as_written(text, month_first=True) == read


@pytest.mark.parametrize(
    ("locale", "timezone", "first"),
    [
        ("en_US", "Europe/Warsaw", True),
        ("en-GB", "UTC", False),
        ("pl", "UTC", False),
        ("en", "America/Chicago", True),
        ("en", "Europe/Warsaw", False),
        ("en", "UTC", None),
    ],
)
def test_what_comes_first_is_told_by_the_country(locale: str, timezone: str, first: bool | None) -> None:
    """By that of the locale, else by that of the time zone."""
    assert is_month_first(CrsSettings(name="x", locale=locale, timezone=timezone)) is first


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("12,50", "12,50"),
        ("1\u00a0234,50 zł", "1\u00a0234,50"),
        ("7.40 PLN", "7.40"),
        ("pln 7", "7"),
        ("-3", "-3"),
    ],
)
def test_amounts_are_taken_without_their_currency(text: str, amount: str) -> None:
    """A sheet writes it beside each."""
    assert amount_as_written(text, "PLN") == amount


@pytest.mark.parametrize("text", ["€12,50", "12.50 EUR", "$5"])
def test_an_amount_of_another_currency_is_refused(text: str) -> None:
    """Twelve euros are not twelve zlotys."""
    with pytest.raises(Invalid, match="not in PLN"):
        amount_as_written(text, "PLN")


@pytest.mark.parametrize(
    ("text", "currency", "read"),
    [
        ("$1,200.00", "USD", "1,200.00"),
        ("$1,200.00", "CAD", "1,200.00"),
        ("$1,200.00", "PLN", "1,200.00 USD"),
        ("1 200,00 zł", "PLN", "1 200,00"),
        ("-€5", "EUR", "-5"),
        ("€ -5", "EUR", "-5"),
        ("12.50", "EUR", "12.50"),
    ],
)
def test_money_of_exports(text: str, currency: str, read: str) -> None:
    """A sign is the business's own currency where it may be; another is named, so that it is refused."""
    assert money_as_written(text, currency) == read
