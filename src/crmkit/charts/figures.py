"""Values of a chart: as a person reads them, and as numbers on a scale."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from crmkit.core.cldr import figures, written_sum
from crmkit.core.errors import Invalid
from crmkit.core.language import ENGLISH, spoken
from crmkit.core.model.money import format_amount, minor_digits
from crmkit.core.normalise.text import quoted, shown_safely
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.model.chart import Axis, Chart

_THOUSANDS: Final = re.compile(r"(?<=\d)(?=(\d{3})+$)")
_DAY: Final = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")


def shown(axis: Axis, value: Any, currency: str = "") -> str:
    """A value as a person reads it: `1,234`, `12.5 %`, `1,234.50 EUR`, `2026-05-01`; "" for None.

    Money without its currency, where none is given, is shown as it is.
    """
    if value is None:
        return ""
    if axis.measure == "percent":
        share = f"{value * 100:,.1f}"
        return f"{share} %" if spoken() == ENGLISH else f"{figures(share)}%"
    if axis.measure == "money" and currency:
        whole, point, part = format_amount(round(value), currency).partition(".")
        return written_sum(f"{_THOUSANDS.sub(',', whole)}{point}{part}", currency)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return shown_safely(" ".join(str(value).split()))
    return figures(f"{int(value):,}" if value == int(value) else f"{value:,.2f}")


def number(chart: Chart, axis: Axis, value: Any) -> float | None:
    """The value on its scale: money in major units; None for a gap, and for what is not finite.

    Raises `Invalid` for what is no number.
    """
    if value is None:
        return None
    try:
        found = float(value)
    except (TypeError, ValueError):
        raise Invalid(
            phrase(
                'The chart "{name}" needs numbers in its column "{column}", not {value}',
                name=chart.name,
                column=axis.column,
                value=quoted(value),
            )
        ) from None
    if not math.isfinite(found):
        return None
    return found / 10 ** minor_digits(chart.currency) if axis.measure == "money" and chart.currency else found


def column(row: Mapping[str, Any], chart: Chart, name: str) -> Any:
    """The row's value in the column. Raises `Invalid` where the rows do not have it."""
    try:
        return row[name]
    except KeyError:
        raise Invalid(
            phrase(
                'The chart "{name}" has no column {column} in its rows', name=chart.name, column=quoted(name)
            ),
            hint=phrase("They have: {names}", names=", ".join(map(str, row))),
        ) from None


def label(axis: Axis, value: Any, currency: str = "") -> str:
    """What stands at a category's place; never empty."""
    return shown(axis, value, currency) or "(none)"


def milliseconds(texts: Iterable[str]) -> dict[str, int] | None:
    """Each year, month or day of ISO text as milliseconds UTC; None where one of them is something else."""
    found = {}
    for text in texts:
        if not _DAY.fullmatch(text):
            return None
        year, month, day = (int(part) for part in [*text.split("-"), "1", "1"][:3])
        try:
            found[text] = int(datetime(year, month, day, tzinfo=UTC).timestamp() * 1000)
        except ValueError:
            return None
    return found


def title_of(chart: Chart, axis: Axis) -> str:
    """The axis's title with the currency of its amounts."""
    return f"{axis.title} ({chart.currency})" if axis.measure == "money" and chart.currency else axis.title
