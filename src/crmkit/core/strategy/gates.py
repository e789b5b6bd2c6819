"""Gates: every proposal passes through them in a fixed order, and the first that objects decides.

A reason is a sentence of its own: whoever reads it need not know the gate's name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from crmkit.core.customers.sets import rows_among
from crmkit.core.instants import format_instant
from crmkit.core.model.strategy import ACT
from crmkit.core.strategy.proposing import Proposal, why_not_active
from crmkit.core.strategy.schedules import duration

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel

INACTIVE: Final = "not active"
ARCHIVED: Final = "archived"
RESTRICTED: Final = "restricted"
NOT_AGAIN: Final = "not again yet"
RULES: Final = "another rule"
TOO_MANY: Final = "too many"
Gate = Callable[["Kernel", sa.Connection, Sequence[Proposal], int], None]


def pass_through(kernel: Kernel, connection: sa.Connection, proposed: Sequence[Proposal], now: int) -> None:
    """Ask every gate about what those before it have left."""
    _ask((present, not_again, arbitrated, not_too_many), kernel, connection, proposed, now)


def ask_again(kernel: Kernel, connection: sa.Connection, proposed: Sequence[Proposal], now: int) -> None:
    """The gates whose answer may have changed between a plan and its application."""
    _ask((active, present, not_again), kernel, connection, proposed, now)


def _ask(
    gates: Iterable[Gate],
    kernel: Kernel,
    connection: sa.Connection,
    proposed: Sequence[Proposal],
    now: int,
) -> None:
    for gate in gates:
        left = [each for each in proposed if each.state == ACT]
        if left:
            gate(kernel, connection, left, now)


def active(kernel: Kernel, _connection: sa.Connection, proposed: Sequence[Proposal], now: int) -> None:
    """Nothing of a rule before its first day, or after its last."""
    for group in _by_origin(proposed).values():
        reason = why_not_active(group[0].rule, kernel, now)
        for each in group if reason else ():
            each.drop(INACTIVE, reason or "")


def present(_kernel: Kernel, connection: sa.Connection, proposed: Sequence[Proposal], _now: int) -> None:
    """Nobody who is archived or restricted."""
    select = (
        "SELECT id, restricted_at FROM customer "
        "WHERE (archived_at IS NOT NULL OR restricted_at IS NOT NULL) AND id"
    )
    ids = sorted({each.customer_id for each in proposed})
    aside = {row[0]: row[1] is not None for row in rows_among(connection, select, ids)}
    for each in proposed:
        is_restricted = aside.get(each.customer_id)
        if is_restricted:
            each.drop(RESTRICTED, "restricted: what is kept of them must not be used")
        elif is_restricted is not None:
            each.drop(ARCHIVED, "archived")


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


def arbitrated(_kernel: Kernel, _connection: sa.Connection, proposed: Sequence[Proposal], _now: int) -> None:
    """Of acts that decide about the same thing the first one stands, in the order of the rules."""
    taken: dict[tuple[int, str], Proposal] = {}
    for each in proposed:
        claims = each.step.action.claims
        claim = claims(each.params) if claims else None
        if claim is None:
            continue
        first = taken.setdefault((each.customer_id, claim), each)
        if first is not each:
            is_same = (first.step.action.name, first.params) == (each.step.action.name, each.params)
            does = "does the same" if is_same else f"goes first, and decides {claim}"
            each.drop(RULES, f'the rule "{first.rule.name}" {does}')


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
    """(instant, occasion) of the last thing that was done for each of these customers since then."""
    select = (
        "SELECT customer_id, settled_at, occasion FROM effect "
        "WHERE origin = ? AND settled_at > ? AND state = 'done' AND customer_id"
    )
    rows = rows_among(connection, select, ids, origin, since, after="ORDER BY settled_at, id")
    return {row[0]: (row[1], row[2]) for row in rows}
