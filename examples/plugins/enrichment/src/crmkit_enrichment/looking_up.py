"""The job: whoever is due is looked up, and what the register says is put on record.

The register is asked outside of any unit of work. Killed anywhere, run twice or by ten workers, the job leads
to the same record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit import CustomerDraft
from crmkit_enrichment.extracts import discard, keep, names_of
from crmkit_enrichment.register import Answer, Register, Unavailable, Unknown
from crmkit_enrichment.tables import EXTRACT, LOOKUP

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Transaction
    from crmkit_enrichment.settings import Settings

SCHEME: Final = "enrichment.register"
SOURCE: Final = "enrichment:register"
FOUND, UNKNOWN, FAILED = "found", "unknown", "failed"
# What the register calls it, and what we do.
FIELDS: Final = {"industry": "enrichment.industry", "employees": "enrichment.employees"}
_DAY: Final = 86_400_000_000
_PAUSE: Final = 300
_LONGEST: Final = 86_400


def look_up_due(crm: Crm) -> bool:
    """One pass over those who are due, at most a batch; whether there are more.

    When the register cannot be reached, the others wait for a later pass: it is asked once, not fifty times.
    """
    settings: Settings = crm.plugins.settings("enrichment")
    if settings.register is None:
        return False
    due = _due(crm, settings.batch)
    with closing(Register.of(settings)) as register:
        for customer, number, tries in due:
            answer = register.look_up(number)
            if isinstance(answer, Unavailable):
                pause = answer.seconds or min(_PAUSE * 2**tries, _LONGEST)
                _note(crm, customer, FAILED, pause * 1_000_000, tries=tries + 1, problem=answer.problem)
                return False
            _take(crm, customer, answer, settings.days * _DAY)
    return len(due) == settings.batch


def _due(crm: Crm, limit: int) -> Sequence[Any]:
    """(customer, number, tries) of organisations that have a number and are due, the longest overdue first;
    none who is archived, or of whom nothing may be used."""
    lookup, customer = crm.plugins.table(LOOKUP), crm.tables.customer
    identity = crm.tables.identity
    number = sa.func.min(identity.c.value)
    query = (
        sa.select(customer.c.id, number, sa.func.coalesce(sa.func.max(lookup.c.tries), 0))
        .join(identity, sa.and_(identity.c.customer_id == customer.c.id, identity.c.scheme == SCHEME))
        .outerjoin(lookup, lookup.c.customer_id == customer.c.id)
        .where(
            customer.c.is_organization == 1,
            customer.c.archived_at.is_(None),
            customer.c.restricted_at.is_(None),
            sa.func.coalesce(lookup.c.due_at, 0) <= crm.clock.now(),
        )
        .group_by(customer.c.id, lookup.c.due_at)
        .order_by(sa.func.coalesce(lookup.c.due_at, 0), customer.c.id)
    )
    with crm.reading() as execute:
        return list(execute(query.limit(limit)).all())


def _take(crm: Crm, customer: int, answer: Answer, until: int) -> None:
    if isinstance(answer, Unknown):
        _note(crm, customer, UNKNOWN, until)
    elif isinstance(answer, Mapping):
        before = names_of(crm, [customer])[customer]
        name = keep(crm, customer, answer)
        discard(crm, before)
        if not _recorded(crm, customer, answer, name, before, until):
            discard(crm, [name])


def _recorded(
    crm: Crm, customer: int, said: Mapping[str, Any], name: str, before: Sequence[str], until: int
) -> bool:
    """Put on record what the register said; False where they were erased or merged meanwhile."""
    table = crm.plugins.table(EXTRACT)
    with crm.transaction() as tx:
        tx.execute(sa.delete(table).where(table.c.file.in_(before)))
        mine = sa.select(table.c.id).where(table.c.file == name, table.c.customer_id == customer)
        if tx.execute(mine).first() is None:
            return False
        values = {FIELDS[key]: said[key] for key in FIELDS if said.get(key) is not None}
        ours = {each: values[each] for each in _ours(crm, customer, tx) if each in values}
        if ours:
            crm.customers.save_all([CustomerDraft(id=customer, fields=ours)], source=SOURCE)
        _note(crm, customer, FOUND, until)
    return True


def _ours(crm: Crm, customer: int, tx: Transaction) -> list[str]:
    """The fields that are empty, or that the register filled last: what a person entered stands."""
    change = crm.tables.change
    query = sa.select(change.c.field, change.c.source).where(
        change.c.customer_id == customer, change.c.entity == "field", change.c.field.in_(FIELDS.values())
    )
    last = {row.field: row.source for row in tx.execute(query.order_by(change.c.seq))}
    known = crm.customers.get(customer).fields
    return [each for each in FIELDS.values() if known.get(each) is None or last.get(each) == SOURCE]


def _note(crm: Crm, customer: int, state: str, until: int, *, tries: int = 0, problem: str = "") -> None:
    table, person = crm.plugins.table(LOOKUP), crm.tables.customer
    with crm.transaction() as tx:
        values = {
            "asked_at": tx.at,
            "due_at": tx.at + until,
            "state": state,
            "tries": tries,
            "problem": problem,
        }
        changed = tx.execute(sa.update(table).where(table.c.customer_id == customer).values(**values))
        there = sa.select(person.c.id).where(person.c.id == customer)
        if not changed.rowcount and tx.execute(there).first() is not None:
            tx.execute(sa.insert(table).values(customer_id=customer, **values))
