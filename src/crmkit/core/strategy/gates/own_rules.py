"""What a rule says of itself: its days, how long it leaves somebody alone, how often it may act at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from crmkit.core.customers.sets import rows_among
from crmkit.core.instants import format_instant
from crmkit.core.strategy.gates.verdict import INACTIVE, NOT_AGAIN, TOO_MANY
from crmkit.core.strategy.proposing import Proposal, why_not_active
from crmkit.core.strategy.schedules import duration

if TYPE_CHECKING:
    import sqlalchemy as sa

    from crmkit.core.kernel import Kernel


def active(kernel: Kernel, _connection: sa.Connection, proposed: Sequence[Proposal], now: int) -> None:
    """Nothing of a rule before its first day, or after its last."""
    for group in _by_origin(proposed).values():
        reason = why_not_active(group[0].rule, kernel, now)
        for each in group if reason else ():
            each.drop(INACTIVE, reason or "")


def not_again(kernel: Kernel, connection: sa.Connection, proposed: Sequence[Proposal], now: int) -> None:
    """Nobody for whom the rule has done something within its `not_again_for`, nor twice at once."""
    for origin, group in _by_origin(proposed).items():
        length = group[0].rule.declared.not_again_for
        if length is None:
            continue
        ids = sorted({each.customer_id for each in group})
        last = _last_done(connection, origin, ids, duration(length).before(now, kernel.tz))
        first: dict[int, str] = {}
        for each in group:
            # What belongs to the same occasion are the rule's other steps.
            at, occasion = last.get(each.customer_id, (None, each.occasion))
            if at is not None and occasion != each.occasion:
                each.drop(NOT_AGAIN, f"done on {format_instant(at, kernel.tz)[:10]}, not again for {length}")
            elif first.setdefault(each.customer_id, each.occasion) != each.occasion:
                each.drop(NOT_AGAIN, f"once is enough for {length}")


def not_too_many(
    _kernel: Kernel, _connection: sa.Connection, proposed: Sequence[Proposal], _now: int
) -> None:
    """A rule that would act more often than it may is held as a whole: something may be wrong with it."""
    for group in _by_origin(proposed).values():
        most = group[0].rule.declared.max_acts
        if most is not None and len(group) > most:
            for each in group:
                each.hold(TOO_MANY, f"{len(group):,} at once, and max_acts is {most:,}")


def _by_origin(proposed: Iterable[Proposal]) -> Mapping[str, list[Proposal]]:
    groups: dict[str, list[Proposal]] = {}
    for each in proposed:
        groups.setdefault(each.rule.origin, []).append(each)
    return groups


def _last_done(
    connection: sa.Connection, origin: str, ids: Sequence[int], since: int
) -> Mapping[int, tuple[int, str]]:
    """(instant, occasion) of the last thing that was done for each of these customers since then, or was
    withheld from them."""
    select = (
        "SELECT customer_id, settled_at, occasion FROM effect "
        "WHERE origin = ? AND settled_at > ? AND state IN ('done', 'withheld') AND customer_id"
    )
    rows = rows_among(connection, select, ids, origin, since, after="ORDER BY settled_at, id")
    return {row[0]: (row[1], row[2]) for row in rows}
