"""Deciding about drafts of records one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from crmkit.core.errors import CrmError, Rejected, TryAgain, reason_of
from crmkit.core.model.batches import Refusal, Replace

if TYPE_CHECKING:
    from crmkit.core.model.record import Record, RecordDraft


def decisions(
    drafts: Sequence[RecordDraft],
    records: Mapping[int, Record],
    complete: Callable[[RecordDraft, Record | None], RecordDraft],
) -> Iterator[Replace | Refusal]:
    """What `crmkit_before_records_saved` answers, by what each draft comes to.

    `complete` gets a draft and the record as it is, None for a new one, and returns the draft with what
    follows from it; the draft itself, if nothing does. A `CrmError` that it raises refuses this draft, with
    its message and hint; `Rejected` and `TryAgain` go on to whoever saves. A draft of a record that does not
    exist is left to the core, which refuses it.
    """
    for index, draft in enumerate(drafts):
        before = records.get(draft.id) if draft.id is not None else None
        if draft.id is not None and before is None:
            continue
        try:
            completed = complete(draft, before)
        except (Rejected, TryAgain):
            raise
        except CrmError as error:
            yield Refusal(index, reason_of(error))
            continue
        if completed != draft:
            yield Replace(index, completed)
