"""Text from the command line into values: `key=value`, dates, amounts, fields."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, tzinfo
from typing import TYPE_CHECKING, Any

import click

from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.crm import Crm


def pairs(texts: Iterable[str], option: str = "--set") -> dict[str, str]:
    """`key=value` texts as a mapping; the first `=` parts them. Raises `click.UsageError`."""
    from crmkit.core.normalise.text import quoted

    found: dict[str, str] = {}
    for text in texts:
        key, mark, value = text.partition("=")
        if not mark or not key.strip():
            raise click.UsageError(
                phrase("{option} {text} does not read as key=value.", option=option, text=quoted(text))
            )
        found[key.strip()] = value.strip()
    return found


def instant(crm: Crm, text: str | None) -> int | None:
    """When something happened or will, in the business's time zone."""
    from crmkit.core.instants import parse_instant

    return None if text is None else parse_instant(text, tz(crm), crm.clock.now())


def until(crm: Crm, text: str | None) -> int | None:
    """The end of a period: a bare day is meant as a whole."""
    from crmkit.core.instants import day_bounds, parse_date, parse_instant

    if text is None:
        return None
    try:
        day = parse_date(text, today(crm))
    except ValueError:
        return parse_instant(text, tz(crm), crm.clock.now())
    return day_bounds(day, tz(crm))[1]


def tz(crm: Crm) -> tzinfo:
    """The business's time zone."""
    from crmkit.core.instants import zone

    return zone(crm.config.crs.timezone)


def today(crm: Crm) -> date:
    """Today's date in the business's time zone."""
    from crmkit.core.instants import local_date

    return local_date(crm.clock.now(), tz(crm))


def shown_instant(crm: Crm, at: int | None) -> str:
    """An instant as a person reads it, in the business's time zone: `2026-05-01 10:00`; empty for None."""
    from crmkit.core.instants import format_instant

    return "" if at is None else format_instant(at, tz(crm))


def shown_end(crm: Crm, at: int | None) -> str:
    """The end of a period as a person reads it: a day that is meant as a whole, or the time; else empty."""
    shown = shown_instant(crm, at)
    return shown_instant(crm, at - 1)[:10] if at is not None and shown.endswith("00:00") else shown


def amount(crm: Crm, text: str | None, currency: str | None) -> int | None:
    """An amount in minor units of `currency`, the business's own when None."""
    from crmkit.core.model.money import parse_amount

    return None if text is None else parse_amount(text, currency or crm.config.crs.currency)


def fields(crm: Crm, texts: Iterable[str]) -> dict[str, Any]:
    """`name=value` texts by the stored names of fields; an empty value clears the field."""
    return {crm.words.fields[name].name: text or None for name, text in pairs(texts).items()}
