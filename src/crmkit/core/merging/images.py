"""Values of the database as JSON text, exactly: numbers and texts as they are, bytes in hexadecimal, and what
PostgreSQL gives as a date or a time as ISO 8601 has it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, time
from functools import cache
from typing import Any, Final

_BYTES: Final = "$bytes"
_DATES: Final[Mapping[str, type[date] | type[time]]] = {"$datetime": datetime, "$date": date, "$time": time}


def to_text(value: Any) -> str:
    """`value`, or a mapping of columns to values, as JSON text."""
    return _encoder().encode(value)


@cache
def _encoder() -> json.JSONEncoder:
    return json.JSONEncoder(ensure_ascii=False, default=_encoded, separators=(",", ":"))


def from_text(text: str) -> Any:
    """What `to_text` was given."""
    # Most are numbers and short texts, for which the hook costs more than the reading.
    return json.loads(text, object_hook=_decoded) if '{"$' in text else json.loads(text)


def _encoded(value: Any) -> dict[str, str]:
    if isinstance(value, bytes | bytearray | memoryview):
        return {_BYTES: bytes(value).hex()}
    for mark, kind in _DATES.items():
        if isinstance(value, kind):
            return {mark: value.isoformat()}
    raise TypeError(f"{type(value).__name__} cannot be journalled")


def _decoded(value: Mapping[str, Any]) -> Any:
    mark, *more = value or ("",)
    if more or not isinstance(value.get(mark), str):
        return value
    if mark == _BYTES:
        return bytes.fromhex(value[mark])
    return _DATES[mark].fromisoformat(value[mark]) if mark in _DATES else value
