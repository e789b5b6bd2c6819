"""Why a customer gets a campaign, or does not: the gates in their order, and the one that decided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit.plugin import N_, phrase
from crmkit.plugins.campaign.audiences.audiences import Audiences
from crmkit.plugins.campaign.campaigns.counting import ledger_of
from crmkit.plugins.campaign.campaigns.model import CANCELLED, Asked, Campaign, Run, Why
from crmkit.plugins.campaign.campaigns.timing import untimed

if TYPE_CHECKING:
    from crmkit import Crm

_PASSED, _DECIDED, _NOT_ASKED = N_("passed"), N_("decided"), N_("not asked")
_SKIPPED, _WAITING, _OUTSIDE = N_("skipped"), N_("waiting"), N_("not in the audience")
_STATES = {
    "done": N_("sent"), "failed": N_("failed"), "unconfirmed": N_("unconfirmed: it may have arrived"),
    "skipped": _SKIPPED, "undone": N_("taken back"), "withheld": N_("withheld"),
    "pending": N_("waiting in the ledger"), "claimed": N_("on its way"), "handing_over": N_("on its way"),
}  # fmt: skip


def why(crm: Crm, campaign: Campaign, customer_id: int) -> Why:
    """From the newest run where they are in it, else what the gates would say at this moment."""
    run = campaign.run
    if run is not None:
        row = _recipient(crm, run, customer_id)
        if row is not None:
            return _decided(crm, campaign, run, customer_id, row)
        if run.is_open and run.kind == "once":
            said = N_("not among those for whom it was confirmed")
            return _asked(crm, campaign, customer_id, said, said_of=run.said)
    return _asked(crm, campaign, customer_id, "")


def _recipient(crm: Crm, run: Run, customer_id: int) -> Any:
    """The newest of their turns in the run, with what the ledger says of it."""
    recipient, effect, same = ledger_of(crm, run)
    chosen = (
        sa.select(
            recipient.c.due_at, recipient.c.gate, recipient.c.reason.label("said"), effect.c.state,
            effect.c.reason, effect.c.arm, effect.c.due_at.label("waits_until"),
            sa.func.coalesce(effect.c.settled_at, effect.c.created_at).label("at"),
        )
        .select_from(recipient.outerjoin(effect, same))
        .where(recipient.c.run_id == run.id, recipient.c.customer_id == customer_id)
        .order_by(recipient.c.id.desc())
        .limit(1)
    )  # fmt: skip
    with crm.reading() as execute:
        return execute(chosen).first()


def _decided(crm: Crm, campaign: Campaign, run: Run, customer_id: int, row: Any) -> Why:
    draft = crm.strategy.draft(run.rule, run.said)
    if row.state is not None:
        withheld = "control group" if row.state == "withheld" else None
        state = _STATES.get(row.state, row.state)
        waits = row.state in ("pending", "claimed", "handing_over")
        return Why(
            campaign=campaign.name, customer_id=customer_id, run=run.number, state=state, arm=row.arm,
            reason=row.reason or "", at=row.waits_until if waits else row.at, is_now=False,
            gates=tuple(_gates(draft.gates, withheld, row.reason or "")),
        )  # fmt: skip
    gate = row.gate or (CANCELLED if run.state == CANCELLED else None)
    if gate is not None:
        return Why(
            campaign=campaign.name, customer_id=customer_id, run=run.number, state=_SKIPPED,
            reason=row.said or "", is_now=False, gates=tuple(_gates(draft.gates, gate, row.said or "")),
        )  # fmt: skip
    return _asked(crm, campaign, customer_id, _WAITING, said_of=run.said, due_at=row.due_at)


def _asked(
    crm: Crm,
    campaign: Campaign,
    customer_id: int,
    state: str,
    *,
    said_of: Any = None,
    due_at: int | None = None,
) -> Why:
    """What the gates would say at this moment."""
    run, file = campaign.run, campaign.file
    said = said_of if said_of is not None else file.rule() if file else run.said if run else {}
    draft = crm.strategy.draft(f"campaign:{campaign.name}", untimed(said))
    if not state and file is not None and file.has_audience:
        condition = Audiences(crm).condition(file.audience)
        if not crm.predicates.holds(condition, customer_id):
            return Why(
                campaign=campaign.name, customer_id=customer_id, state=_OUTSIDE,
                reason=phrase("is not among: {condition}", condition=condition),
                gates=tuple(_gates(draft.gates, "", "")),
            )  # fmt: skip
    found = draft.foresee([(customer_id, "why")])[0]
    # Whoever was not there when it was confirmed gets nothing, whatever the gates would say.
    would = (
        N_("would be sent")
        if found.reaches
        else N_("would be withheld")
        if found.state == "withheld"
        else N_("would be left out")
    )
    return Why(
        campaign=campaign.name, customer_id=customer_id, state=state or would, reason=found.reason or "",
        at=due_at or found.until, arm=found.arm, run=run.number if run and state == _WAITING else None,
        gates=tuple(_gates(draft.gates, found.gate, found.reason or "")),
    )  # fmt: skip


def _gates(order: Sequence[str], decided: str | None, reason: str) -> Iterator[Asked]:
    """Each gate: those before the one that decided have passed, those after it were not asked; where an
    unnamed one decided, none was."""
    if decided is not None and decided not in order:
        if decided:
            yield Asked(gate=decided, answer=_DECIDED, reason=reason)
        yield from (Asked(gate=gate, answer=_NOT_ASKED) for gate in order)
        return
    answer = _PASSED
    for gate in order:
        if gate == decided:
            yield Asked(gate=gate, answer=_DECIDED, reason=reason)
            answer = _NOT_ASKED
        else:
            yield Asked(gate=gate, answer=answer)
