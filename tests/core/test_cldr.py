"""What CLDR says of numbers, money and days, against Babel's copy of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from babel.dates import format_date, format_skeleton
from babel.numbers import format_currency, format_decimal, format_percent

from crmkit.core.cldr import (
    figures,
    written_day,
    written_direction,
    written_full_day,
    written_money,
    written_month,
    written_sum,
)
from crmkit.core.language import speaking
from crmkit.core.model.money import Money

YEAR = [date(2026, 1, 1) + timedelta(days=each) for each in range(365)]


@pytest.mark.parametrize("language", ["pl", "ur"])
def test_days_and_months_are_cldr_s(language: str) -> None:
    """Within a sentence, with the day of the week, and a month by itself: on each day of a year."""
    with speaking(language):
        assert [
            each
            for each in YEAR
            if written_day(each) != format_date(each, "long", locale=language)
            or written_full_day(each) != format_date(each, "full", locale=language)
            or written_month(each) != format_skeleton("yMMMM", each, locale=language)
        ] == []


@pytest.mark.parametrize("language", ["pl", "ur"])
def test_numbers_are_cldr_s(language: str) -> None:
    """Decimal signs, groups, percent; four digits stand together in Polish, which Babel does not know."""
    with speaking(language):
        for value in (0.5, -6.25, 999.5, 12345.5, 1234567.25):
            assert figures(f"{value:,}") == format_decimal(value, locale=language)
        assert figures(f"{0.952:.1%}") == format_percent(0.952, "#,##0.0%", locale=language)
    with speaking("pl"):
        assert figures("1,234.50") == "1234,50"


def test_money_has_its_code_where_the_language_puts_a_currency() -> None:
    """Behind the amount in Polish, before it in Urdu; in English as ever."""
    with speaking("pl"):
        assert written_sum("12,345.60", "XTS") == format_currency(12345.6, "XTS", locale="pl")
    with speaking("ur"):
        found = written_money(Money(1234560, "PLN"))
        assert found.replace("\u00a0", "") == format_currency(12345.6, "PLN", "¤¤#0.00", locale="ur")
    assert written_money(Money(650, "PLN")) == "6.50 PLN"


def test_english_writes_as_it_is_typed() -> None:
    """Nothing changes for whoever speaks English."""
    day = date(2026, 11, 16)
    said = (written_day(day), written_full_day(day), written_month(day), figures("1,234.5"))
    assert said == ("2026-11-16", "Monday, 2026-11-16", "2026-11", "1,234.5")
    with speaking("ur"):
        assert written_direction() == "rtl"
    assert written_direction() == "ltr"
