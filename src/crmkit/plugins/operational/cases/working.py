"""What the worker does for cases: it tells when they are overdue, closes them, and routes new ones."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crmkit.plugin import N_, InteractionDraft, RecordDraft
from crmkit.plugins.operational.cases.clock import CLOSED, RESOLVED, RESPONSE, overdue_by
from crmkit.plugins.operational.cases.model import Case, case_columns, case_of
from crmkit.plugins.operational.cases.record_type import CASE, CaseOverdue
from crmkit.plugins.operational.cases.routing import BATCH, Router

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.operational.settings import Settings

_log = logging.getLogger("crmkit.cases")


def watch(crm: Crm) -> bool:
    """Look at the cases whose clock wants it by now, 10,000 at a time; whether there are more.

    Each is written with the version that was seen: one that was answered a moment ago is left alone.
    """
    due = _due(crm)
    drafts = [_draft(each, crm.clock.now()) for each in due]
    with crm.transaction() as tx:
        report = crm.records.save_all(CASE, drafts, source="case clock")
        late = [
            _overdue(case, str(draft.fields["overdue"]), tx.at)
            for case, draft, id_ in zip(due, drafts, report.ids, strict=True)
            if id_ is not None and "overdue" in draft.fields
        ]
        told = crm.interactions.record_all(late)
        if told.refused:  # others' clocks go on
            _log.warning(N_("Overdue cases that are not told of: %d (%s)"), len(told.refused), told.reasons)
    # Of one that could not be written somebody else saw to it, or the next pass does.
    return any(each == "updated" for each in report.done)


def route_new(crm: Crm, settings: Settings) -> bool:
    """Route the new cases that nobody has looked at; whether there may be more."""
    router = Router(crm, settings.cases)
    waiting = router.waiting()
    if waiting:
        router.apply(router.routes(waiting))
    return len(waiting) == BATCH


def _due(crm: Crm) -> list[Case]:
    table = crm.tables.records[CASE]
    query = (
        sa.select(*case_columns(table))
        .where(table.c.next_at <= crm.clock.now(), table.c.archived_at.is_(None))
        .order_by(table.c.next_at, table.c.id)
        .limit(BATCH)
    )
    with crm.reading() as execute:
        return [case_of(row) for row in execute(query)]


def _draft(case: Case, now: int) -> RecordDraft:
    if case.state == RESOLVED:
        return RecordDraft(id=case.id, state=CLOSED, version=case.version)
    what = overdue_by(case.clock, now)
    # Where nothing is overdue, saving it anew finds when to look again.
    fields = {"overdue": what} if what is not None else {}
    return RecordDraft(id=case.id, fields=fields, version=case.version)


def _overdue(case: Case, what: str, at: int) -> InteractionDraft:
    by = case.clock.respond_by if what == RESPONSE else case.clock.resolve_by
    return InteractionDraft(
        customer=case.customer_id, type="case.overdue", at=at, employee_id=case.employee_id,
        payload=CaseOverdue(case=case.ref, subject=case.subject, what=what, by=by or at),
        source="operational.case", source_ref=f"{case.ref}/{what}/{by}",
    )  # fmt: skip
