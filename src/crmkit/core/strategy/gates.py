"""Gates: every proposal passes through them in a fixed order, and the first that objects decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from crmkit.core.instants import format_instant
from crmkit.core.model.strategy import ACT, DROPPED, HELD
from crmkit.core.strategy.proposing import Proposal, duration

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel

ARCHIVED: Final = "archived"
RESTRICTED: Final = "restricted"
NOT_AGAIN: Final = "not again yet"
RULES: Final = "another rule"
TOO_MANY: Final = "too many"
Gate = Callable[["Kernel", sa.Connection, Sequence[Proposal], int], None]


def pass_through(kernel: Kernel, connection: sa.Connection, proposed: Sequence[Proposal], now: int) -> None:
    """Ask every gate about what those before it have left."""
    for gate in (present, not_again, arbitrated, not_too_many):
        gate(kernel, connection, [each for each in proposed if each.state == ACT], now)


def ask_again(kernel: Kernel, connection: sa.Connection, proposed: Sequence[Proposal], now: int) -> None:
    """The gates whose answer may have changed between a plan and its application."""
    for gate in (present, not_again):
        gate(kernel, connection, [each for each in proposed if each.state == ACT], now)


def present(kernel: Kernel, connection: sa.Connection, proposed: Sequence[Proposal], now: int) -> None:  # noqa: ARG001 - as every gate
    """Nobody who is archived or restricted."""
    customer = kernel.tables.customer
    chosen = sa.select(customer.c.id, customer.c.archived_at, customer.c.restricted_at).where(
        sa.or_(customer.c.archived_at.is_not(None), customer.c.restricted_at.is_not(None))
    )
    aside = {row[0]: row for row in connection.execute(chosen)} if proposed else {}
    for each in proposed:
        row = aside.get(each.customer_id)
        if row is not None and row.restricted_at is not None:
            _drop(each, RESTRICTED, "restricted: their data is kept and not used")
        elif row is not None:
            _drop(each, ARCHIVED, "archived")


def not_again(kernel: Kernel, connection: sa.Connection, proposed: Sequence[Proposal], now: int) -> None:
    """Nobody whom the rule has done something for within its `not_again_for`."""
    for origin, group in _by_origin(proposed).items():
        declared = group[0].rule.declared
        if declared.not_again_for is None:
            continue
        since = duration(declared.not_again_for).before(now, kernel.tz)
        last = _last_done(kernel, connection, origin, since)
        for each in group:
            # What belongs to the same occasion are the rule's other steps.
            at = last.get(each.customer_id)
            if at is not None and at[1] != each.occasion:
                day = format_instant(at[0], kernel.tz)[:10]
                _drop(each, NOT_AGAIN, f"done on {day}, and not again for {declared.not_again_for}")


def arbitrated(kernel: Kernel, connection: sa.Connection, proposed: Sequence[Proposal], now: int) -> None:  # noqa: ARG001 - as every gate
    """Of acts that decide about the same thing the first one stands, in the order of the rules."""
    taken: dict[tuple[int, str], Proposal] = {}
    for each in proposed:
        claims = each.step.action.claims
        claim = claims(each.params) if claims else None
        if claim is None:
            continue
        first = taken.setdefault((each.customer_id, claim), each)
        if first is not each:
            does = "does the same" if first.params == each.params else f"goes first, and decides {claim}"
            _drop(each, RULES, f'rule "{first.rule.name}" {does}')


def not_too_many(kernel: Kernel, connection: sa.Connection, proposed: Sequence[Proposal], now: int) -> None:  # noqa: ARG001 - as every gate
    """A rule that would act more often than it may is held as a whole: something may be wrong with it."""
    for group in _by_origin(proposed).values():
        most = group[0].rule.declared.max_acts
        if most is not None and len(group) > most:
            for each in group:
                each.state, each.gate = HELD, TOO_MANY
                each.reason = f"{len(group):,} acts, and max_acts is {most:,}"


def _by_origin(proposed: Iterable[Proposal]) -> Mapping[str, list[Proposal]]:
    groups: dict[str, list[Proposal]] = {}
    for each in proposed:
        groups.setdefault(each.rule.origin, []).append(each)
    return groups


def _last_done(
    kernel: Kernel, connection: sa.Connection, origin: str, since: int
) -> Mapping[int, tuple[int, str]]:
    """(instant, occasion) of the last thing that was done for each customer since then."""
    effect = kernel.tables.effect
    chosen = (
        sa.select(effect.c.customer_id, effect.c.settled_at, effect.c.occasion)
        .where(effect.c.origin == origin, effect.c.settled_at > since, effect.c.state == "done")
        .order_by(effect.c.settled_at, effect.c.id)
    )
    return {row[0]: (row[1], row[2]) for row in connection.execute(chosen)}


def _drop(proposal: Proposal, gate: str, reason: str) -> None:
    proposal.state, proposal.gate, proposal.reason = DROPPED, gate, reason
