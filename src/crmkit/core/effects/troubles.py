"""What `crm doctor` and `crm status` say about the ledger: what is in doubt, has failed, or waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from crmkit.core.jobs import Finding
from crmkit.core.model.strategy import FAILED, PENDING, UNCONFIRMED

if TYPE_CHECKING:
    from crmkit.core.crm import Crm

_OVERDUE: Final = 3_600_000_000
_WEEK: Final = 7 * 24 * _OVERDUE


def troubles(crm: Crm) -> Mapping[str, int]:
    """How many effects of customers whom the actor sees are unconfirmed, and have failed within a week after
    they were tried."""
    effect = crm.tables.effect
    failed = sa.and_(
        effect.c.state == FAILED, effect.c.attempts > 0, effect.c.settled_at > crm.clock.now() - _WEEK
    )
    chosen = sa.select(effect.c.state, sa.func.count()).where(sa.or_(effect.c.state == UNCONFIRMED, failed))
    chosen = chosen.where(*crm.seen(effect.c.customer_id))
    with crm.reading() as execute:
        counts = {row[0]: row[1] for row in execute(chosen.group_by(effect.c.state))}
    return {state: counts.get(state, 0) for state in (UNCONFIRMED, FAILED)}


def waiting_for_plugins(crm: Crm) -> Mapping[str, int]:
    """How many effects wait for a plugin that is not in use, by the action that it brings."""
    effect = crm.tables.effect
    chosen = sa.select(effect.c.action, sa.func.count()).where(
        effect.c.due_at.is_not(None), effect.c.state == PENDING
    )
    found = Counter[str]()
    with crm.reading() as execute:
        for name, count in execute(chosen.group_by(effect.c.action)):
            action = crm.words.actions.get(name)
            if action is None or action.prepare is None:
                found[name] += count
    return found


def ledger_findings(crm: Crm) -> Iterator[Finding]:
    """What is in doubt, has failed, or waits longer than it should."""
    counts = troubles(crm)
    if count := counts[UNCONFIRMED]:
        yield Finding(
            "warning",
            f"{_effects(count, 'is', 'are')} unconfirmed: nobody knows whether "
            f"{'it has' if count == 1 else 'they have'} arrived",
            "See them: crm effects list --state unconfirmed; then: crm effects resolve EFFECT --as done",
        )
    if count := counts[FAILED]:
        yield Finding(
            "warning",
            f"{_effects(count, 'has', 'have')} failed within a week",
            "See them: crm effects list --state failed; try again: crm effects retry EFFECT",
        )
    for name, count in sorted(waiting_for_plugins(crm).items()):
        yield Finding(
            "warning",
            f"{_effects(count, 'waits', 'wait')} for the plugin that brings the action {name}",
            "Run: crm plugins list",
        )
    for hold in crm.effects.paused():
        named = {"all": "", "channel": f" {hold.name}", "rule": f" --rule {hold.name}"}[hold.kind]
        yield Finding(
            "note", f"{hold.what} is paused, by {hold.actor}".capitalize(),
            f"Let it go on: crm effects resume{named}",
        )  # fmt: skip
    if count := _overdue(crm):
        yield Finding(
            "warning",
            f"{_effects(count, 'has', 'have')} been due for more than an hour",
            "Is crm worker running? Do one pass now: crm worker --once",
        )


def _overdue(crm: Crm) -> int:
    effect = crm.tables.effect
    chosen = sa.select(sa.func.count()).where(
        effect.c.due_at < crm.clock.now() - _OVERDUE, effect.c.state == PENDING,
        *(hold.spares(effect) for hold in crm.effects.paused()),
    )  # fmt: skip
    with crm.reading() as execute:
        return int(execute(chosen).scalar_one())


def _effects(count: int, one: str, many: str) -> str:
    return f"{count:,} effect {one}" if count == 1 else f"{count:,} effects {many}"
