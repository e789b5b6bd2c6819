"""Recipients of campaigns of whom the ledger knows nothing: left out by a gate, not yet due, or erased."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.plugin import N_
from crmkit.plugins.campaign.campaigns.tables import RECIPIENT, RUN

if TYPE_CHECKING:
    from crmkit import Crm

TO_COME: Final = N_("still to come")
ERASED: Final = N_("erased on request")


def unwritten(crm: Crm, campaign: str, *, rehearsed: bool) -> dict[str, int]:
    """How many of all runs, by the gate that left them out, of customers whom the acting person sees."""
    run, recipient = crm.plugins.table(RUN), crm.plugins.table(RECIPIENT)
    effect = crm.tables.effect
    same = sa.and_(
        effect.c.origin == f"campaign:{campaign}", effect.c.occasion == recipient.c.occasion,
        effect.c.customer_id == recipient.c.customer_id, effect.c.rehearsed <= int(rehearsed),
    )  # fmt: skip
    mine = sa.and_(run.c.campaign == campaign, run.c.rehearsed <= int(rehearsed))
    joined = recipient.join(run, run.c.id == recipient.c.run_id)
    why = sa.func.coalesce(recipient.c.gate, sa.literal_column(f"'{TO_COME}'"))
    chosen = (
        sa.select(why.label("why"), sa.func.count().label("number"))
        .select_from(joined.outerjoin(effect, same))
        .where(mine, recipient.c.customer_id.is_not(None), effect.c.id.is_(None))
        .group_by(recipient.c.gate)
        .order_by(recipient.c.gate)
    )
    seen = crm.seen(recipient.c.customer_id)
    with crm.reading() as execute:
        found = {row.why: int(row.number) for row in execute(chosen.where(*seen))}
        erased = 0 if seen else _erased(execute, joined, mine, recipient, effect, campaign)
    return found | ({ERASED: erased} if erased else {})


def _erased(execute: Any, joined: Any, mine: Any, recipient: Any, effect: Any, campaign: str) -> int:
    """Those who were erased before anything was entered for them."""
    gone = sa.select(sa.func.count()).select_from(joined).where(mine, recipient.c.customer_id.is_(None))
    written = sa.select(sa.func.count()).where(
        effect.c.origin == f"campaign:{campaign}", effect.c.customer_id.is_(None)
    )
    return max(0, int(execute(gone).scalar_one()) - int(execute(written).scalar_one()))
