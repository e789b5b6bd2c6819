"""The gates, asked once more at the hand-over: what they say may have changed since the plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crmkit.core.effects.line import Line
from crmkit.core.strategy import gates

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel


def ask(kernel: Kernel, connection: sa.Connection, lines: Sequence[Line], now: int) -> None:
    """Give those lines an outcome that may not go out, or not yet."""
    gates.present(kernel, connection, lines, now)  # type: ignore[arg-type]
