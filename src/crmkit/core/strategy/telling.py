"""Telling the sources of rules which turns were not taken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from crmkit.core.model.rule_source import LeftOut
from crmkit.core.model.strategy import DROPPED
from crmkit.core.strategy.sourced import source_of

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.rule_source import RuleSource
    from crmkit.core.store.unit import Transaction
    from crmkit.core.strategy.proposing import Proposal


def tell_sources(kernel: Kernel, tx: Transaction, proposed: Iterable[Proposal]) -> None:
    """Tell each source what gates have left out of its rules, inside this unit of work."""
    told: dict[str, list[LeftOut]] = {}
    for each in proposed:
        if each.state == DROPPED and each.rule.is_sourced:
            told.setdefault(each.rule.name.partition(":")[0], []).append(_left_out(each))
    for turns in told.values():
        source = source_of(kernel, turns[0].rule)
        if source is not None and source.left_out is not None:
            _tell(kernel, tx, source, turns)


def _left_out(proposal: Proposal) -> LeftOut:
    return LeftOut(
        rule=proposal.rule.name, step=proposal.step.id, occasion=proposal.occasion,
        customer_id=proposal.customer_id, gate=proposal.gate or "", reason=proposal.reason or "",
    )  # fmt: skip


def _tell(kernel: Kernel, tx: Transaction, source: RuleSource, turns: Sequence[LeftOut]) -> None:
    assert source.left_out is not None
    with kernel.acting_in(tx, kernel.house) as (crm, own):
        source.left_out(turns, crm, own)
