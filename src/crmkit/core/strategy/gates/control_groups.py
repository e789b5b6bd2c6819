"""Control groups: what is withheld by chance, so that it shows what the others gain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crmkit.core.model.strategy import CONTROL, GLOBAL
from crmkit.core.strategy.gates.verdict import CONTROL_GROUP

if TYPE_CHECKING:
    import sqlalchemy as sa

    from crmkit.core.kernel import Kernel
    from crmkit.core.strategy.proposing import Proposal


def withheld(kernel: Kernel, _connection: sa.Connection, proposed: Sequence[Proposal], _now: int) -> None:
    """Nothing for those who are in a control group; what they would have had takes its place all the same."""
    for each in proposed:
        reason = why_withheld(kernel, each.arm)
        if reason is not None:
            each.withhold(CONTROL_GROUP, reason)


def why_withheld(kernel: Kernel, arm: str | None) -> str | None:
    """Why somebody of that group is left alone; None where they are not."""
    if arm == CONTROL:
        return "in the control group, which is left alone to compare with"
    if arm == GLOBAL:
        return f"in the group that all rules leave alone until {kernel.config.control.until}"
    return None
