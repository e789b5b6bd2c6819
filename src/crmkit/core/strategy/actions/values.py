"""What parameters of actions may be, for their classes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any


def as_table(value: Any) -> Mapping[str, Any]:
    """A table of plain values. Dates become text, as they are in the ledger. Raises `TypeError`."""
    if not isinstance(value, Mapping):
        raise TypeError('a table is wanted, such as { key = "value" }')
    return {str(key): _plain(each) for key, each in value.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date | dt.time):  # a datetime is a date
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value
