"""Promises whose time is over: nobody accepted them, or they were not kept."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from crmkit.plugin import N_, RecordDraft
from crmkit.plugins.collaborative.handovers.record_type import BROKEN, DROPPED, HANDOVER, OFFERED, RUNNING

if TYPE_CHECKING:
    from crmkit import Crm

AT_ONCE: Final = 10_000
_log = logging.getLogger("crmkit.collaborative")


def watch(crm: Crm) -> bool:
    """Look at the handovers whose time is over by now, 10,000 at a time; whether there may be more.

    Each is written with the version that was seen: one that somebody moved a moment ago is left alone.
    """
    c = crm.tables.records[HANDOVER].c
    query = (
        sa.select(c.id, c.state, c.version)
        .where(c.next_at < crm.clock.now(), c.state.in_(RUNNING), c.archived_at.is_(None))
        .order_by(c.next_at, c.id)
        .limit(AT_ONCE)
    )
    with crm.reading() as execute:
        over = execute(query).all()
    if not over:
        return False
    drafts = [
        RecordDraft(id=row.id, state=DROPPED if row.state == OFFERED else BROKEN, version=row.version)
        for row in over
    ]
    report = crm.records.save_all(HANDOVER, drafts, source="handover times")
    # What could not be written was moved by somebody else, or is seen again by the next pass.
    if report.reasons:
        _log.warning(N_("Handovers whose time is over, and that cannot be moved: %s"), report.reasons)
    return len(over) == AT_ONCE and any(each == "updated" for each in report.done)
