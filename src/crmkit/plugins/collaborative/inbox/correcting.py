"""Messages that were corrected, given to somebody else, or taken back: their conversations are mended."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.plugin import N_, RecordDraft
from crmkit.plugins.collaborative.inbox.course import Course, course_of
from crmkit.plugins.collaborative.inbox.hearing import SOURCE, hear
from crmkit.plugins.collaborative.inbox.record_type import CLOSED, CONVERSATION
from crmkit.plugins.collaborative.inbox.tables import ENTRY

if TYPE_CHECKING:
    from crmkit import Crm, Interaction
    from crmkit.plugin import Transaction

_VOIDED: Final = "voided"
_AT_ONCE: Final = 500
_log = logging.getLogger("crmkit.collaborative")


def correct(corrections: Sequence[Interaction], crm: Crm, tx: Transaction) -> frozenset[int]:
    """Have entries name what stands now; the numbers of what stays where it was.

    A conversation that loses messages is as if they had never come: one without any is put away.
    """
    table = crm.plugins.table(ENTRY)
    kept, lost = set[int](), set[int]()
    for each in corrections:
        old = table.c.seq == each.corrects
        if each.type != _VOIDED:
            same = tx.execute(
                table.update().where(old, table.c.customer_id == each.customer_id).values(seq=each.seq)
            )
            if same.rowcount:
                kept.add(each.seq)
                continue
        gone = tx.execute(table.delete().where(old).returning(table.c.conversation_id))
        lost |= {int(row[0]) for row in gone}
    numbers = sorted(lost)
    for start in range(0, len(numbers), _AT_ONCE):
        _mend(numbers[start : start + _AT_ONCE], crm, tx)
    return frozenset(kept)


def _mend(ids: Sequence[int], crm: Crm, tx: Transaction) -> None:
    table = crm.tables.records[CONVERSATION]
    rows: Any = tx.execute(sa.select(table).where(table.c.id.in_(ids), table.c.archived_at.is_(None)))
    courses = [course_of(row) for row in rows]
    left = _left(ids, crm, tx)
    for each in courses:
        _replayed(each, left.get(each.id or 0, ()), crm)
    drafts = [
        RecordDraft(id=each.id, fields=each.changed, state=each.state if each.is_moved else None)
        for each in courses
        if each.changed or each.is_moved
    ]
    report = crm.records.save_all(CONVERSATION, drafts, source=SOURCE)
    if report.reasons:  # others' are mended
        _log.warning(N_("Conversations that go on as before a correction: %s"), report.reasons)
    for each in courses:
        if each.id is not None and each.id not in left:
            crm.records.archive(CONVERSATION, each.id)


def _left(ids: Sequence[int], crm: Crm, tx: Transaction) -> dict[int, list[int]]:
    """By conversation the numbers of the messages that stand, in the order in which they were written."""
    entry, log = crm.plugins.table(ENTRY), crm.tables.interaction
    query = (
        sa.select(entry.c.conversation_id, entry.c.seq)
        .join(log, log.c.seq == entry.c.seq)
        .where(entry.c.conversation_id.in_(ids), log.c.superseded_by.is_(None))
        .order_by(log.c.occurred_at, log.c.seq)
    )
    rows: Any = tx.execute(query)
    found: dict[int, list[int]] = {}
    for conversation, seq in rows:
        found.setdefault(int(conversation), []).append(int(seq))
    return found


def _replayed(course: Course, messages: Sequence[int], crm: Crm) -> None:
    """Its course by these messages alone. What was closed or put off stays so."""
    was_closed, snoozed = course.state == CLOSED, course.snoozed_until
    course.begin_again()
    for seq in messages:
        hear(course, crm.interactions.get(seq), crm)
    course.snoozed_until = snoozed
    if was_closed or not messages:
        course.over()
