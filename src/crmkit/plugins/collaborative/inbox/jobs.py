"""What the worker does for conversations: it closes those that nobody goes on with."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from crmkit.plugin import N_, RecordDraft
from crmkit.plugins.collaborative.inbox.hearing import SOURCE
from crmkit.plugins.collaborative.inbox.record_type import CLOSED, CONVERSATION, WAITING

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.collaborative.settings import Settings

_BATCH: Final = 10_000
_log = logging.getLogger("crmkit.collaborative")


def close_silent(crm: Crm, settings: Settings) -> bool:
    """Close them, 10,000 at a time; whether there may be more. What waits for us is left alone, and so is
    what was changed meanwhile."""
    c = crm.tables.records[CONVERSATION].c
    now = crm.clock.now()
    query = sa.select(c.id, c.version).where(
        c.state == WAITING, c.last_at < now - settings.inbox.silence, c.archived_at.is_(None),
        sa.or_(c.snoozed_until.is_(None), c.snoozed_until < now),
    )  # fmt: skip
    with crm.reading() as execute:
        found = execute(query.order_by(c.last_at).limit(_BATCH)).all()
    drafts = [RecordDraft(id=id_, state=CLOSED, version=version) for id_, version in found]
    if not drafts:
        return False
    report = crm.records.save_all(CONVERSATION, drafts, source=SOURCE)
    if report.reasons:
        _log.warning(N_("Silent conversations that cannot be closed: %s"), report.reasons)
    return any(each == "updated" for each in report.done) and len(found) == _BATCH
