"""What parameters of actions may be, for their classes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any


def as_table(name: str) -> Callable[[Any], Mapping[str, Any]]:
    """A converter for a table of plain values. Dates become text, as they are in the ledger."""

    def convert(value: Any) -> Mapping[str, Any]:
        if not isinstance(value, Mapping):
            raise TypeError(f"{name} is a table, such as {{ key = \"value\" }}")
        return {str(key): _plain(each) for key, each in value.items()}

    return convert


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date | dt.time):  # a datetime is a date
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value
