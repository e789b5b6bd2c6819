"""What a reader prefers, by the header `Accept-Language`."""

from __future__ import annotations

import re
from typing import Final

_ONE: Final = re.compile(r"([A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*)(?:\s*;\s*q=([01](?:\.[0-9]{0,3})?))?")
_MOST: Final = 10


def languages_of(header: str) -> tuple[str, ...]:
    """The languages that it names, the best first, such as `en-gb`; what is damaged is passed over."""
    found: list[tuple[float, int, str]] = []
    for part in header[:500].split(",")[:_MOST]:
        one = _ONE.fullmatch(part.strip())
        weight = float(one[2] or 1) if one else 0.0
        if one and weight > 0:
            found.append((-weight, len(found), one[1].lower()))
    return tuple(name for _, _, name in sorted(found))
