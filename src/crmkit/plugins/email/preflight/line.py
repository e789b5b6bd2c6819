"""What preflight has found, line by line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attrs import frozen

from crmkit.plugin import N_

OK: Final = N_("ok")
WARNING: Final = N_("warning")
ERROR: Final = N_("error")
UNKNOWN: Final = N_("unknown")


def reason_of(error: Exception) -> str:
    """What an error was made with: a text that can be told in any language."""
    return str(error) if not error.args else error.args[0]


@frozen(kw_only=True)
class Line:
    """What one check has found: `level` is ok, warning, error or unknown; `do` is what to do about it."""

    check: str
    level: str
    found: str
    do: str = ""


@frozen(kw_only=True)
class Report:
    """What all checks have found of the mail of `domain`, at an instant (microseconds UTC)."""

    domain: str
    at: int
    lines: Sequence[Line]

    def count(self, level: str) -> int:
        """How many lines have this level."""
        return sum(line.level == level for line in self.lines)
