"""How long a test goes on: short in `make test`, long in `make soak`."""

from __future__ import annotations

import os
from typing import Final

SOAK: Final = bool(os.environ.get("CRMKIT_SOAK"))


def soaking(short: int, long: int) -> int:
    """How many kills, rows, seeds or examples to try: `long` with CRMKIT_SOAK=1 in the environment."""
    return long if SOAK else short
