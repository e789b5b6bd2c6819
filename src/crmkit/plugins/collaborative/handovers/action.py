"""What the action `handover.make` does: rules hand promises to somebody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from attrs import evolve

from crmkit import Invalid
from crmkit.plugin import Performed, RecordDraft, Refusal, phrase
from crmkit.plugins.collaborative.handovers.record_type import HANDOVER, OFFERED, WITHDRAWN
from crmkit.plugins.collaborative.handovers.staff import Staff
from crmkit.plugins.collaborative.handovers.when import parse_by

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import ActionItem, Transaction
    from crmkit.plugins.collaborative.handovers.words import NewHandover


def check(params: NewHandover, crm: Crm) -> None:
    """Raise `Invalid` or `NotFound` for what is promised to nobody, by no time, or says nothing."""
    if not params.promise.strip():
        raise Invalid("A handover says what is promised", hint='handover = "Call {{ customer.name }} back"')
    if (params.to is None) == (params.team is None):
        raise Invalid(
            "A promise is handed to one employee, or to one team", hint='Write to = "anna" or team = "T".'
        )
    staff = Staff(crm)
    if params.team is not None:
        staff.team(params.team)
    else:
        staff.employee(str(params.to))
    parse_by(params.by, crm)


def make(items: Sequence[ActionItem], crm: Crm, _tx: Transaction) -> Iterator[Refusal | Performed]:
    """Hand the promises over, in the name of who looks after each customer."""
    by = {text: parse_by(text, crm) for text in {item.params.by for item in items}}
    givers = _givers(items, crm)
    drafts = [
        RecordDraft(
            customer=item.customer_id,
            fields=_fields(item.params, by[item.params.by], givers.get(item.customer_id)),
            owner=item.params.to,
        )
        for item in items
    ]
    report = crm.records.save_all(HANDOVER, drafts, source=items[0].source)
    yield from report.refused
    for index, id_ in enumerate(report.ids):
        if id_ is not None:
            yield Performed(index, str(id_))


def _fields(params: NewHandover, by: int, giver: str | None) -> dict[str, Any]:
    said = {"promise": params.promise.strip(), "by": by, "to_team": params.team, "from_employee": giver}
    return {name: value for name, value in said.items() if value is not None}


def _givers(items: Sequence[ActionItem], crm: Crm) -> Mapping[int, str]:
    """The uid of who looks after each customer, where they work here: what is nobody's comes from crmkit."""
    if not Staff(crm).is_boss:
        return {}
    customer, employee = crm.tables.customer.c, crm.tables.employee.c
    found: dict[int, str] = {}
    ids = sorted({item.customer_id for item in items})
    with crm.reading() as execute:
        for start in range(0, len(ids), 10_000):
            query = sa.select(customer.id, employee.uid).where(
                customer.id.in_(ids[start : start + 10_000]),
                customer.owner_id == employee.id,
                employee.active == 1,
            )
            found |= {row[0]: row[1] for row in execute(query)}
    return found


def take_back(items: Sequence[ActionItem], crm: Crm, tx: Transaction) -> Iterator[Refusal]:
    """Withdraw the handovers that nobody has answered, and put them into the archive."""
    table = crm.tables.records[HANDOVER]
    ids = {int(item.result): index for index, item in enumerate(items) if item.result is not None}
    rows = tx.execute(sa.select(table.c.id, table.c.state).where(table.c.id.in_(ids)))
    unanswered = {row.id for row in rows if row.state == OFFERED}
    for id_, index in ids.items():
        if id_ not in unanswered:
            yield Refusal(index, phrase("the handover was answered"))
            continue
        draft = RecordDraft(id=id_, state=WITHDRAWN)
        refused = crm.records.save_all(HANDOVER, [draft], source=items[index].source).refused
        yield from (evolve(each, index=index) for each in refused)
        if not refused:
            crm.records.archive(HANDOVER, id_)
