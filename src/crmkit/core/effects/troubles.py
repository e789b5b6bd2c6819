"""What `crm doctor` and `crm status` say about the ledger: what is in doubt, has failed, or waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from crmkit.core.effects.holding import ALL, CHANNEL, RULE
from crmkit.core.jobs import Finding
from crmkit.core.language import N_
from crmkit.core.model.strategy import FAILED, PENDING, UNCONFIRMED
from crmkit.core.phrase import nphrase, phrase

if TYPE_CHECKING:
    from crmkit.core.crm import Crm

_OVERDUE: Final = 3_600_000_000
_WEEK: Final = 7 * 24 * _OVERDUE
_PAUSED: Final = {
    ALL: N_("Everything is paused, by {actor}"),
    CHANNEL: N_("The channel {name} is paused, by {actor}"),
    RULE: N_("The rule {name} is paused, by {actor}"),
}


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
            nphrase(
                "{count} effect is unconfirmed: nobody knows whether it has arrived",
                "{count} effects are unconfirmed: nobody knows whether they have arrived",
                count,
            ),
            "See them: crm effects list --state unconfirmed; then: crm effects resolve EFFECT --as done",
        )
    if count := counts[FAILED]:
        yield Finding(
            "warning",
            nphrase(
                "{count} effect has failed within a week", "{count} effects have failed within a week", count
            ),
            "See them: crm effects list --state failed; try again: crm effects retry EFFECT",
        )
    for name, count in sorted(waiting_for_plugins(crm).items()):
        yield Finding(
            "warning",
            nphrase(
                "{count} effect waits for the plugin that brings the action {name}",
                "{count} effects wait for the plugin that brings the action {name}",
                count,
                name=name,
            ),
            "Run: crm plugins list",
        )
    for hold in crm.effects.paused():
        named = {ALL: "", CHANNEL: f" {hold.name}", RULE: f" --rule {hold.name}"}[hold.kind]
        yield Finding(
            "note",
            phrase(_PAUSED[hold.kind], name=hold.name, actor=hold.actor),
            phrase("Let it go on: crm effects resume{named}", named=named),
        )
    if count := _overdue(crm):
        yield Finding(
            "warning",
            nphrase(
                "{count} effect has been due for more than an hour",
                "{count} effects have been due for more than an hour",
                count,
            ),
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
