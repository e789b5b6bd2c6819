"""The order of values of whatever kind."""

from __future__ import annotations

import re
from typing import Final

_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def by_size(value: str) -> tuple[bool, float, str]:
    """A key to sort by: numbers by their size, then texts."""
    if _NUMBER.fullmatch(value):
        return False, float(value), ""
    return True, 0.0, value
