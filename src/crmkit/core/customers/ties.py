"""Relationships between customers."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.core.customers.changing import as_json
from crmkit.core.errors import Invalid, NotFound
from crmkit.core.language import N_
from crmkit.core.model.customer import Relationship
from crmkit.core.normalise import clean_text, fold
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import Phrase, phrase

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.store.unit import Transaction

# What most businesses say of two customers.
_USUAL: Final = (N_("works at"), N_("household of"), N_("referred by"), N_("member of"), N_("married to"))
_KIND: Final = re.compile(r"[\s\-_]+")


def kind_of(text: str) -> str:
    """A kind of relationship as it is kept: `Works at` is `works_at`. Raises `Invalid`."""
    kind = _KIND.sub("_", clean_text(text, what=phrase("kind of relationship"))).strip("_").casefold()
    if not fold(kind):
        raise Invalid(
            phrase("{text} is no kind of relationship", text=quoted(text)), hint="Write one such as works_at."
        )
    return kind


def kind_in_words(kind: str) -> Phrase:
    """`works at` for `works_at`; those that most businesses have are translated where they are shown."""
    return phrase(kind.replace("_", " "))


def relate(
    tx: Transaction, kernel: Kernel, customer_id: int, kind: str, other_id: int, since: date | None
) -> None:
    """Record a tie, or its beginning where it is known already."""
    if customer_id == other_id:
        raise Invalid("A customer cannot be related to themselves", hint="Name another customer.")
    table = kernel.tables.relationship
    values: dict[str, Any] = {"since": since.isoformat() if since else None}
    before = tx.execute(sa.select(table).where(*_key(table, customer_id, kind, other_id))).first()
    if before is None:
        key = {"customer_id": customer_id, "kind": kind, "other_id": other_id}
        id_ = tx.execute(sa.insert(table).values(**key, **values)).inserted_primary_key
        assert id_ is not None
        _log(tx, kernel, "created", id_[0], customer_id, kind, None, other_id)
    elif since is not None and before.since != values["since"]:
        tx.execute(sa.update(table).where(table.c.id == before.id).values(**values))
        entry = ("changed", "relationship", before.id, customer_id, "since")
        _append(tx, kernel, customer_id, entry, before.since, values["since"])


def unrelate(tx: Transaction, kernel: Kernel, customer_id: int, kind: str, other_id: int) -> None:
    """Remove a tie. Raises `NotFound` when there is none."""
    table = kernel.tables.relationship
    id_ = tx.execute(sa.select(table.c.id).where(*_key(table, customer_id, kind, other_id))).scalar()
    if id_ is None:
        raise NotFound(
            phrase(
                "Customer {customer_id} has no relationship {kind} to customer {other_id}",
                customer_id=customer_id,
                kind=kind,
                other_id=other_id,
            ),
            hint=phrase("See those there are: crm show {customer_id}", customer_id=customer_id),
        )
    tx.execute(sa.delete(table).where(table.c.id == id_))
    _log(tx, kernel, "removed", id_, customer_id, kind, other_id, None)


def relationships(connection: sa.Connection, kernel: Kernel, customer_id: int) -> list[Relationship]:
    """Every tie from and to a customer, in the order in which they were recorded."""
    table = kernel.tables.relationship
    theirs = sa.or_(table.c.customer_id == customer_id, table.c.other_id == customer_id)
    rows = connection.execute(sa.select(table).where(theirs).order_by(table.c.id))
    return [
        Relationship(
            kind=row.kind, customer_id=row.customer_id, other_id=row.other_id, since=_day(row.since),
            until=_day(row.until), id=row.id,
        )
        for row in rows
    ]  # fmt: skip


def people_of(connection: sa.Connection, kernel: Kernel, customer_id: int, today: date) -> list[int]:
    """The people who have a tie to an organisation that has not ended by `today`, of whatever kind.

    Raises `Invalid` for one who is a person.
    """
    customer, tie = kernel.tables.customer, kernel.tables.relationship
    is_organization, name = connection.execute(
        sa.select(customer.c.is_organization, customer.c.name).where(customer.c.id == customer_id)
    ).one()
    if not is_organization:
        raise Invalid(
            phrase("{name} is a person, and has no people", name=quoted(name or "")),
            hint="Ask for their own interactions.",
        )
    lasting = sa.or_(tie.c.until.is_(None), tie.c.until >= today.isoformat())
    ends = ((tie.c.customer_id, tie.c.other_id), (tie.c.other_id, tie.c.customer_id))
    others = sa.union(*(sa.select(other).where(own == customer_id, lasting) for other, own in ends))
    people = sa.select(customer.c.id).where(customer.c.id.in_(others), customer.c.is_organization == 0)
    return list(connection.execute(people.order_by(customer.c.id)).scalars())


def _key(table: sa.Table, customer_id: int, kind: str, other_id: int) -> tuple[Any, ...]:
    return table.c.customer_id == customer_id, table.c.kind == kind, table.c.other_id == other_id


def _log(
    tx: Transaction, kernel: Kernel, action: str, id_: int, customer_id: int, kind: str, old: Any, new: Any
) -> None:
    _append(tx, kernel, customer_id, (action, "relationship", id_, customer_id, kind), old, new)


def _append(
    tx: Transaction, kernel: Kernel, customer_id: int, entry: tuple[Any, ...], old: Any, new: Any
) -> None:
    table = kernel.tables.customer
    uid = tx.execute(sa.select(table.c.uid).where(table.c.id == customer_id)).scalar_one()
    tx.append_change((*entry, as_json(old), as_json(new), "", uid))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
