"""Values of the database as JSON text, exactly: numbers and texts as they are, bytes in hexadecimal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

_BYTES: Final = "$bytes"


def to_text(value: Any) -> str:
    """`value`, or a mapping of columns to values, as JSON text."""
    return _encoder().encode(value)


@cache
def _encoder() -> json.JSONEncoder:
    return json.JSONEncoder(ensure_ascii=False, default=_encoded, separators=(",", ":"))


def from_text(text: str) -> Any:
    """What `to_text` was given."""
    # Most are numbers and short texts, for which the hook costs more than the reading.
    return json.loads(text, object_hook=_decoded) if _BYTES in text else json.loads(text)


def _encoded(value: Any) -> dict[str, str]:
    if isinstance(value, bytes | bytearray | memoryview):
        return {_BYTES: bytes(value).hex()}
    raise TypeError(f"{type(value).__name__} cannot be journalled")


def _decoded(value: Mapping[str, Any]) -> Any:
    return bytes.fromhex(value[_BYTES]) if set(value) == {_BYTES} else value
