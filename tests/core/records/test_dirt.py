"""Days and money as other systems export them."""

from __future__ import annotations

import pytest

from crmkit.core.records.dirt import day_as_written, money_as_written


@pytest.mark.parametrize(
    ("text", "locale", "read"),
    [
        ("1.5.2026", "en", "2026-05-01"),
        ("2026-05-01 00:00:00", "en", "2026-05-01"),
        ("01/05/2026", "pl", "2026-05-01"),
        ("01/05/2026", "en-GB", "2026-05-01"),
        ("01/05/2026", "en_US", "2026-01-05"),
        ("01/05/2026", "en", "01/05/2026"),  # nobody can tell, and it is refused
        ("2026-05-01 10:00", "en", "2026-05-01 10:00"),
    ],
)
def test_days_of_exports(text: str, locale: str, read: str) -> None:
    """What comes first is told by the country; what is no day stays for the error."""
    assert day_as_written(text, locale) == read


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
