"""In which country a business is: whose numbers people write without a calling code."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crmkit.core.config.schema import CrsSettings


def country_of(crs: CrsSettings) -> str | None:
    """The country that `[crs]` names by its locale, `PL` of `pl_PL`, or by its time zone; None of neither."""
    _, _, territory = crs.locale.replace("-", "_").partition("_")
    return territory.upper() or _countries().get(crs.timezone)


@cache
def _countries() -> dict[str, str]:
    """The country of each time zone, as the tz database has it."""
    from importlib.resources import files

    table = files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return {zone: country for country, _, zone, *_ in rows}
