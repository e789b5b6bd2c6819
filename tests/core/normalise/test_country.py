"""The country whose numbers people write without a calling code."""

from __future__ import annotations

import pytest

from crmkit.core.config import CrsSettings
from crmkit.core.country import country_of


@pytest.mark.parametrize(
    ("locale", "timezone", "country"),
    [
        ("pl", "Europe/Warsaw", "PL"),
        ("en", "Asia/Karachi", "PK"),
        ("en_GB", "Europe/Warsaw", "GB"),
        ("pt_BR", "UTC", "BR"),
        ("en", "UTC", None),
    ],
)
def test_the_locale_says_it_else_the_time_zone(locale: str, timezone: str, country: str | None) -> None:
    """Whoever says nothing but where the clocks are set is understood all the same."""
    assert country_of(CrsSettings(name="Shop", locale=locale, timezone=timezone)) == country
