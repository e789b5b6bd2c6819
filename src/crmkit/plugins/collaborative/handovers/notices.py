"""Writing to those concerned: one e-mail to each for what happened since the last."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from crmkit import CrmError
from crmkit.plugin import N_, RecordDraft, joined, nphrase, phrase, shown_instant
from crmkit.plugins.collaborative.handovers.model import Handover, handover_of
from crmkit.plugins.collaborative.handovers.record_type import HANDOVER
from crmkit.plugins.collaborative.handovers.staff import Staff

if TYPE_CHECKING:
    from crmkit import Crm, Employee

AT_ONCE: Final = 1_000
_LATER: Final = "later"
_SOURCE: Final = "handover notices"
_log = logging.getLogger("crmkit.collaborative")


def tell(crm: Crm) -> bool:
    """Write to whoever is to know something, 1,000 handovers at a time; whether there are more.

    What was written of is noted afterwards: killed in between, nobody is forgotten, and the next pass sends
    the same message under the same key. What did not go out for a passing reason waits for the next pass.
    """
    if not any(each.tell is not None for each in crm.words.channels):
        return False
    waiting = _waiting(crm)
    staff = Staff(crm)
    readers: dict[int, list[Handover]] = defaultdict(list)
    for each in waiting:
        for employee in _readers(each, staff):
            readers[employee.id].append(each)
    later: set[int] = set()
    for employee_id, handovers in readers.items():
        if not _told(crm, staff.everybody[employee_id], handovers):
            later |= {each.id for each in handovers}
    _note(crm, [each for each in waiting if each.id not in later])
    return len(waiting) == AT_ONCE and not later


def _waiting(crm: Crm) -> Sequence[Handover]:
    table = crm.tables.records[HANDOVER]
    query = (
        sa.select(table)
        .where(table.c.to_tell.is_not(None), table.c.archived_at.is_(None))
        .order_by(table.c.id)
        .limit(AT_ONCE)
    )
    with crm.reading() as execute:
        return [handover_of(row) for row in execute(query)]


def _note(crm: Crm, told: Sequence[Handover]) -> None:
    """Note that there is nothing more to write of these. What has changed since is written of anew."""
    if told:
        drafts = [RecordDraft(id=each.id, fields={"to_tell": None}, version=each.version) for each in told]
        report = crm.records.save_all(HANDOVER, drafts, source=_SOURCE)
        if report.reasons:  # they are looked at again by each pass; the same message does not go out twice
            _log.warning(N_("Handovers that were told of, and cannot be noted as told: %s"), report.reasons)


def _readers(handover: Handover, staff: Staff) -> Iterator[Employee]:
    """Who is to know: who is given it, or who gave it."""
    if handover.to_tell != "made":
        giver = staff.by_uid.get(handover.from_employee or "")
        found = [] if giver is None else [giver]
    elif handover.employee_id is not None:
        found = [staff.everybody[handover.employee_id]]
    else:
        found = [*staff.members(handover.to_team or "")]
    return (each for each in found if each.active and each.email)


def _told(crm: Crm, employee: Employee, handovers: Sequence[Handover]) -> bool:
    """Whether there is nothing more to do: it went out, or never will. Only of customers whom they see."""
    reader = crm.acting_as(str(employee.id))
    names = {
        each.id: each.name for each in reader.customers.summaries({each.customer_id for each in handovers})
    }
    seen = [each for each in handovers if each.customer_id in names]
    if not seen:
        return True
    marks = "\n".join(f"{each.id} {each.to_tell} {each.version}" for each in seen)
    try:
        (told,) = crm.people.tell(
            [employee.id],
            subject=_subject(seen, names),
            text=_text(crm, seen, names),
            key=f"handovers-{sha256(marks.encode()).hexdigest()}",
        )
    except CrmError:
        return False
    return told.state != _LATER


def _subject(handovers: Sequence[Handover], names: Mapping[int, str]) -> str:
    if len(handovers) > 1:
        return nphrase("{count} promise to a customer", "{count} promises to customers", len(handovers))
    (only,) = handovers
    return phrase("Promise to {customer}: {promise}", customer=names[only.customer_id], promise=only.promise)


def _text(crm: Crm, handovers: Sequence[Handover], names: Mapping[int, str]) -> str:
    lines = []
    for each in handovers:
        lines += [
            f"{names[each.customer_id]}: {each.promise}",
            joined("", ("  ", _what_became(crm, each))),
            f"  crm handovers show {each.id}",
            "",
        ]
    return joined("\n", lines)


def _what_became(crm: Crm, handover: Handover) -> str:
    """What the reader is to know of it."""
    by = shown_instant(crm, handover.by)
    if handover.to_tell == "made":
        accept_by = shown_instant(crm, handover.accept_by)
        return phrase("Promised by {by}; it is yours to accept by {accept_by}", by=by, accept_by=accept_by)
    if handover.to_tell == "dropped":
        return phrase("Promised by {by}; it was accepted by nobody in time", by=by)
    reason = handover.reason or phrase("its time is over")
    if handover.to_tell == "refused":
        return phrase("Promised by {by}; it was refused: {reason}", by=by, reason=reason)
    return phrase("Promised by {by}; it is broken: {reason}", by=by, reason=reason)
