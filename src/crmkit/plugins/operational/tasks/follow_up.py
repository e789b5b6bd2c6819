"""Tasks that make themselves: after an interaction, and for a new lead."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from logging import getLogger
from operator import itemgetter
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from crmkit.plugin import N_, RecordDraft, today_of
from crmkit.plugins.operational.settings import Settings
from crmkit.plugins.operational.tasks.record import OPEN, TASK
from crmkit.plugins.operational.tasks.successors import after_done
from crmkit.plugins.operational.tasks.tasks import Tasks

if TYPE_CHECKING:
    from crmkit import Change, Crm, Interaction
    from crmkit.plugin import Transaction

# The source of what an import changed, before its number.
_IMPORT: Final = "import:"
# What the first task of a lead is because of: the change, before its number.
_BECAME: Final = "change:"
_AT_ONCE: Final = 500
_log = getLogger("crmkit.operational")


def after_interactions(
    interactions: Sequence[Interaction], crm: Crm, _tx: Transaction, settings: Settings
) -> int:
    """Make the task that `follow_up` names for each interaction of its type, and the next of each task that
    was done and comes again; how many were made. What is to follow is due on the day it is made.

    Nothing follows from corrections, nor from imported history.
    """
    return after_done(interactions, crm) + Tasks(crm).make(
        (
            (f"interaction:{each.seq}", each.customer_id, settings.follow_up[each.type])
            for each in interactions
            if each.type in settings.follow_up and each.corrects is None and each.known_at == each.recorded_at
        ),
        due=today_of(crm),
    )


def for_new_leads(changes: Sequence[Change], crm: Crm, _tx: Transaction, settings: Settings) -> int:
    """Make the task `new_lead` for each customer who was saved as a lead or became one, in that order; how
    many.

    It is due today, and theirs who look after the customer, or nobody's where nobody does.
    None for those whom an imported file brings: they became leads when nobody here was to call them.
    """
    title = settings.new_lead
    if title is None:
        return 0
    of_files = _of_files({change.source for change in changes}, crm)
    changes = [change for change in changes if change.source not in of_files]
    became = {
        change.customer_id: change.seq
        for change in changes
        if change.field == "lifecycle" and change.new == "lead" and change.customer_id is not None
    }
    created = {
        change.entity_id: change.seq
        for change in changes
        if (change.action, change.entity) == ("created", "customer")
    }
    became |= {customer_id: created[customer_id] for customer_id in _created_as_leads(list(created), crm)}
    owners, due = _owners(list(became), crm), today_of(crm)
    return Tasks(crm).save_new(
        [
            RecordDraft(
                customer=customer_id,
                fields={"subject": title, "due": due, "because_of": f"{_BECAME}{seq}"},
                owner=owners.get(customer_id),
            )
            for customer_id, seq in sorted(became.items(), key=itemgetter(1))
        ]
    )


def give_first(owners: Mapping[int, int], crm: Crm, *, source: str) -> None:
    """Give the open tasks that `new_lead` has made to `owners`, employees by lead, where they are nobody's
    and no team's. What cannot be given stays, and the log says why."""
    if TASK not in crm.words.record_types or not crm.actor.may("records.write"):
        return
    drafts = [RecordDraft(id=id_, owner=owners[lead]) for lead, id_ in _nobodys(sorted(owners), crm)]
    report = crm.records.save_all(TASK, drafts, source=source)
    if report.reasons:
        _log.warning(N_("First tasks of leads that cannot be given to anybody: %s"), report.reasons)


def _nobodys(leads: Sequence[int], crm: Crm) -> list[tuple[int, int]]:
    """(lead, task) of the first tasks that nobody has taken."""
    c, found = crm.tables.records[TASK].c, list[tuple[int, int]]()
    first = sa.and_(
        c.because_of.startswith(_BECAME), c.state == OPEN, c.archived_at.is_(None),
        c.employee_id.is_(None), sa.func.coalesce(c.team, "") == "",
    )  # fmt: skip
    with crm.reading() as execute:
        for start in range(0, len(leads), _AT_ONCE):
            of_these = c.customer_id.in_(leads[start : start + _AT_ONCE])
            found += map(tuple, execute(sa.select(c.customer_id, c.id).where(first, of_these).order_by(c.id)))
    return found


def _owners(customer_ids: Sequence[int], crm: Crm) -> dict[int, int]:
    """Who looks after customers, where it is somebody who is still there."""
    customer, employee = crm.tables.customer, crm.tables.employee
    if not customer_ids:
        return {}
    there = sa.and_(employee.c.id == customer.c.owner_id, employee.c.active == 1)
    query = sa.select(customer.c.id, employee.c.id).join(employee, there)
    with crm.reading() as execute:
        return {row[0]: row[1] for row in execute(query.where(customer.c.id.in_(customer_ids)))}


def _of_files(sources: Collection[str], crm: Crm) -> set[str]:
    """Those of `sources` that are imports of files; what other programs send in is an import as well."""
    imports = {int(each.removeprefix(_IMPORT)): each for each in sources if each.startswith(_IMPORT)}
    if not imports:
        return set()
    run = crm.tables.incoming.c.run_id
    with crm.reading() as execute:
        sent_in = set(execute(sa.select(run).where(run.in_(imports))).scalars())
    return {source for number, source in imports.items() if number not in sent_in}


def _created_as_leads(created: Sequence[int], crm: Crm) -> list[int]:
    """Those whose first stage was `lead`: what their first change of stage replaced, else what they have."""
    if not created:
        return []
    customer, change = crm.tables.customer, crm.tables.change
    replaced = (
        sa.select(change.c.old)
        .where(change.c.customer_id == customer.c.id, change.c.field == "lifecycle")
        .order_by(change.c.seq)
        .limit(1)
        .scalar_subquery()
    )
    first = sa.func.coalesce(replaced, '"' + customer.c.lifecycle + '"')
    with crm.reading() as execute:
        return list(
            execute(sa.select(customer.c.id).where(customer.c.id.in_(created), first == '"lead"')).scalars()
        )
