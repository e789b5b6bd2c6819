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
    """The deal as it is after `draft`.

    Raises `Invalid`, `NotFound`, and for another version `Conflict`, with the `version` that it has now.
    """
    with crm.transaction():
        report = crm.records.save_all(DEAL, [draft])
        for refusal in report.refused:
            kind = _ERRORS.get(refusal.code, Invalid)
            now = (
                {"version": crm.records.get(DEAL, draft.id).version} if kind is Conflict and draft.id else {}
            )
            raise kind(refusal.reason, hint=refusal.hint, **now)
        return crm.records.get(DEAL, report.ids[0] or 0)
