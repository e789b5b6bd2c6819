"""A relationship in a cell: whom it is with, and since and until when."""

from __future__ import annotations

import re
from datetime import date
from typing import Final, NamedTuple

from crmkit.core.errors import Invalid
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase

_DAY: Final = r"\d{4}-\d\d-\d\d"
_DATED: Final = re.compile(rf"(.*?)(?: since ({_DAY}))?(?: until ({_DAY}))?", re.DOTALL)


class SaidTie(NamedTuple):
    """What a row says of a relationship: its kind, a reference to the other customer, and ISO dates."""

    kind: str
    other: str
    since: str | None = None
    until: str | None = None


def tie_text(other: str, since: str | None, until: str | None) -> str:
    """A relationship as it stands in a cell: `shop:12 since 2020-01-01`."""
    return other + (f" since {since}" if since else "") + (f" until {until}" if until else "")


def is_dated(text: str) -> bool:
    """Whether a reference would be taken for one with dates."""
    return " since " in text or " until " in text


def read_tie(kind: str, text: str) -> SaidTie:
    """The relationship that `tie_text` wrote. Raises `Invalid` for a day that there is not."""
    found = _DATED.fullmatch(text)
    assert found is not None
    other, since, until = found.groups()
    for day in (since, until):
        try:
            date.fromisoformat(day or "2000-01-01")
        except ValueError:
            raise Invalid(phrase("{text}: there is no day {day}", text=quoted(text), day=day)) from None
    return SaidTie(kind, other, since, until)
