"""Saving one deal: stage and fields together, with the error that a person understands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit import Conflict, Invalid, NotFound
from crmkit.plugins.operational.deals.record_type import DEAL

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Record, RecordDraft

_ERRORS = {"conflict": Conflict, "not_found": NotFound}


def saved(crm: Crm, draft: RecordDraft) -> Record:
    """The deal as it is after `draft`. Raises `Invalid`, `Conflict` for another version, `NotFound`."""
    with crm.transaction():
        report = crm.records.save_all(DEAL, [draft])
        for refusal in report.refused:
            raise _ERRORS.get(refusal.code, Invalid)(refusal.reason)
        return crm.records.get(DEAL, report.ids[0] or 0)
