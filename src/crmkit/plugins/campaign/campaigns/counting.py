"""What has become of a run's audience, from its recipients and the ledger."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.plugin import N_
from crmkit.plugins.campaign.campaigns.model import CANCELLED, Counts, Run
from crmkit.plugins.campaign.campaigns.runs import Execute
from crmkit.plugins.campaign.campaigns.tables import RECIPIENT

if TYPE_CHECKING:
    from crmkit import Crm

_STEP: Final = "1"
ERASED: Final = N_("erased on request")
# What the ledger says, as one of six; what is not here still waits.
_MEANS: Final = {
    "done": "sent", "failed": "failed", "unconfirmed": "unconfirmed", "skipped": "skipped",
    "undone": "skipped", "withheld": "withheld",
}  # fmt: skip


def counts_of(crm: Crm, execute: Execute, run: Run) -> Counts:
    """Each recipient counts once: by the ledger where it knows them, else by the gate that left them out,
    else as waiting. Of those who were erased the ledger still knows how many it has reached."""
    found: Counter[str] = Counter()
    why: Counter[str] = Counter()
    audience = 0
    for means, reason, number in _standing(crm, execute, run):
        audience += number
        found[means] += number
        if means == "skipped":
            why[reason] += number
    erased = _erased(crm, execute, run)
    audience += erased
    for means, number in _reached_before(crm, execute, run) if erased else ():
        found[means] += number
        erased -= number
    found["skipped"] += erased
    why[ERASED] += erased
    return Counts(audience=audience, skipped_for=dict((+why).most_common()), **found)


def ledger_of(crm: Crm, run: Run) -> tuple[sa.FromClause, sa.FromClause, sa.ColumnElement[bool]]:
    """(the recipients, the ledger, the condition by which a line of it is a recipient's in this run)."""
    recipient, effect = crm.plugins.table(RECIPIENT), crm.tables.effect
    same = sa.and_(
        effect.c.origin == run.rule, effect.c.step == _STEP, effect.c.occasion == recipient.c.occasion,
        effect.c.customer_id == recipient.c.customer_id, effect.c.rehearsed <= int(run.rehearsed),
    )  # fmt: skip
    return recipient, effect, same


def is_waiting(crm: Crm, execute: Execute, run: Run) -> bool:
    """Whether anybody's message is still to come."""
    recipient, effect, same = ledger_of(crm, run)
    untaken = sa.and_(effect.c.id.is_(None), recipient.c.gate.is_(None))
    waits = sa.or_(untaken, effect.c.state.not_in(list(_MEANS)))
    chosen = (
        sa.select(recipient.c.id)
        .select_from(recipient.outerjoin(effect, same))
        .where(recipient.c.run_id == run.id, recipient.c.customer_id.is_not(None), waits)
    )
    return execute(chosen.limit(1)).first() is not None


def _standing(crm: Crm, execute: Execute, run: Run) -> Any:
    """(what it means, why where skipped, how many) of those who are on record."""
    recipient, effect, same = ledger_of(crm, run)
    unprepared = sa.and_(effect.c.state == "failed", effect.c.attempts == 0)
    state = sa.case((unprepared, "skipped"), else_=effect.c.state).label("state")
    reason = sa.case((state == "skipped", effect.c.reason), else_=None).label("reason")
    chosen = (
        sa.select(state, reason, recipient.c.gate, sa.func.count())
        .select_from(recipient.outerjoin(effect, same))
        .where(recipient.c.run_id == run.id, recipient.c.customer_id.is_not(None))
        .group_by(sa.literal_column("1"), sa.literal_column("2"), recipient.c.gate)
    )
    for state_, reason_, gate, number in execute(chosen):
        if state_ is None:
            # A merge that was undone after the run was cancelled brings somebody back who waited then.
            left_out = gate or (CANCELLED if run.state == CANCELLED else "")
            yield "skipped" if left_out else "waiting", left_out, number
        else:
            yield _MEANS.get(state_, "waiting"), reason_ or state_, number


def _erased(crm: Crm, execute: Execute, run: Run) -> int:
    recipient = crm.plugins.table(RECIPIENT)
    chosen = sa.select(sa.func.count()).where(recipient.c.run_id == run.id, recipient.c.customer_id.is_(None))
    return int(execute(chosen).scalar_one())


def _reached_before(crm: Crm, execute: Execute, run: Run) -> Any:
    """(what it means, how many) of the ledger's lines of those who were erased since."""
    recipient, effect = crm.plugins.table(RECIPIENT), crm.tables.effect
    theirs = sa.select(recipient.c.occasion).where(
        recipient.c.run_id == run.id, recipient.c.customer_id.is_(None)
    )
    unprepared = sa.and_(effect.c.state == "failed", effect.c.attempts == 0)
    state = sa.case((unprepared, "skipped"), else_=effect.c.state)
    chosen = (
        sa.select(state, sa.func.count())
        .where(
            effect.c.origin == run.rule, effect.c.step == _STEP, effect.c.customer_id.is_(None),
            effect.c.occasion.in_(theirs), effect.c.rehearsed <= int(run.rehearsed),
        )
        .group_by(sa.literal_column("1"))
    )  # fmt: skip
    for state_, number in execute(chosen):
        means = _MEANS.get(state_, "waiting")
        if means != "skipped":
            yield means, number
