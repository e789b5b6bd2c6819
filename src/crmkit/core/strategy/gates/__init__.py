"""Gates: every proposal passes through them in a fixed order, and the first that objects decides.

A reason is a sentence of its own: whoever reads it need not know the gate's name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Final

from crmkit.core.strategy.gates.answers import not_answered_too_often
from crmkit.core.strategy.gates.arbitration import arbitrated
from crmkit.core.strategy.gates.control_groups import withheld
from crmkit.core.strategy.gates.own_rules import active, not_again, not_too_many
from crmkit.core.strategy.gates.present import present
from crmkit.core.strategy.gates.reaching import may_reach
from crmkit.core.strategy.gates.reviewed import reviewed
from crmkit.core.strategy.gates.verdict import (
    ANSWERED,
    ARCHIVED,
    CONSENT,
    CONTROL_GROUP,
    LIMITS,
    NOT_AGAIN,
    PLUGIN,
    QUIET_HOURS,
    REACHABLE,
    RESTRICTED,
    RULES,
    SUPPRESSION,
)
from crmkit.core.strategy.proposing import Proposal

if TYPE_CHECKING:
    import sqlalchemy as sa

    from crmkit.core.kernel import Kernel

Gate = Callable[["Kernel", "sa.Connection", Sequence[Proposal], int], None]
# Decide, one after the other, whether somebody may be reached and what is done for them.
_FROM_CONTACT: Final[tuple[Gate, ...]] = (may_reach, arbitrated, reviewed)
# The gates that decide about single customers, by their names, in the order in which they are asked.
ORDER: Final = (
    RESTRICTED, ARCHIVED, NOT_AGAIN, ANSWERED, CONSENT, SUPPRESSION, REACHABLE, LIMITS, QUIET_HOURS, RULES,
    PLUGIN, CONTROL_GROUP,
)  # fmt: skip


def pass_through(
    kernel: Kernel,
    connection: sa.Connection,
    proposed: Sequence[Proposal],
    now: int,
    *,
    is_whole: bool = True,
) -> None:
    """Ask every gate about what those before it have left. Where this is not all that the rules propose
    (`is_whole`), the gate that counts it is not asked."""
    _ask((present, not_again, not_answered_too_often), kernel, connection, proposed, now)
    judged = proposed
    while judged:
        _ask(_FROM_CONTACT, kernel, connection, judged, now)
        judged = _given_back(judged)
        for each in judged:
            each.reopen()
    # Last of those that decide about single acts, so that both groups have passed the same gates; before
    # the one that holds a whole rule, which both groups wait for then.
    _ask((withheld, not_too_many) if is_whole else (withheld,), kernel, connection, proposed, now)


def ask_again(kernel: Kernel, connection: sa.Connection, proposed: Sequence[Proposal], now: int) -> None:
    """The gates whose answer may have changed between a plan and its application."""
    _ask((active, present, not_again, not_answered_too_often, may_reach), kernel, connection, proposed, now)


def _ask(
    gates: Iterable[Gate],
    kernel: Kernel,
    connection: sa.Connection,
    proposed: Sequence[Proposal],
    now: int,
) -> None:
    for gate in gates:
        left = [each for each in proposed if each.stands]
        if left:
            gate(kernel, connection, left, now)


def _given_back(judged: Sequence[Proposal]) -> list[Proposal]:
    """What has to be decided anew, because a slot of contact was taken for an act that came to nothing.

    That is everything that stands, or was one contact too many, for those customers. Each time less is left.
    """
    spent = {each.customer_id for each in judged if each.gate == LIMITS}
    freed = {each.customer_id for each in judged if each.gate in (RULES, PLUGIN) and each.contact is not None}
    both = spent & freed
    return [each for each in judged if each.customer_id in both and (each.stands or each.gate == LIMITS)]
