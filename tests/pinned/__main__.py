"""`python -m tests.pinned [--again]` keeps the example plugins as they are at this release."""

from __future__ import annotations

import sys

from tests.pinned import HERE, pin

for copy in pin(again="--again" in sys.argv[1:]):
    print(f"pinned: {copy.relative_to(HERE.parents[1])}")  # noqa: T201 - it is a command
