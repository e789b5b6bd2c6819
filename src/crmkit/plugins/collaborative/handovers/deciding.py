"""What always holds of handovers, whoever saves them: who may do what, and the times that follow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from crmkit.plugin import decisions
from crmkit.plugins.collaborative.handovers.abouts import Abouts
from crmkit.plugins.collaborative.handovers.beginning import begun
from crmkit.plugins.collaborative.handovers.going_on import gone_on
from crmkit.plugins.collaborative.handovers.staff import Staff
from crmkit.plugins.collaborative.handovers.terms import Terms

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Record, RecordDraft, Refusal, Replace, Transaction
    from crmkit.plugins.collaborative.settings import Settings


def decide(
    drafts: Sequence[RecordDraft],
    records: Mapping[int, Record],
    crm: Crm,
    tx: Transaction,
    settings: Settings,
) -> Iterator[Replace | Refusal]:
    """Every draft with what follows from it; refused where it says what cannot be, or nobody may."""
    customers = {each.customer for each in drafts if isinstance(each.customer, int)}
    customers |= {each.customer_id for each in records.values()}
    terms = Terms(crm=crm, settings=settings.handovers, at=tx.at, staff=Staff(crm, customers))
    abouts = Abouts(crm, drafts)

    def completed(draft: RecordDraft, before: Record | None) -> RecordDraft:
        customer = before.customer_id if before is not None else draft.customer
        if not isinstance(customer, int):
            return draft  # nobody is found, and the core says so
        abouts.require(draft.fields.get("about"), customer)
        return begun(draft, customer, terms) if before is None else gone_on(draft, before, terms)

    return decisions(drafts, records, completed)
