"""What search knows of customers, after their names, addresses and identities changed hands."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from crmkit.core.customers.record import CONTACT_COLUMNS, Contact, Record
from crmkit.core.customers.sets import rows_among
from crmkit.core.store.bulk import quoted


def folds(connection: sa.Connection, people: Mapping[int, Mapping[str, Any]]) -> dict[int, str]:
    """The folded words of each customer, given the columns of the table `customer` by id."""
    records = {id_: _record(id_, image) for id_, image in people.items()}
    ids = sorted(records)
    columns = ", ".join(quoted(column) for column in CONTACT_COLUMNS)
    select = f"SELECT {columns} FROM contact_point WHERE customer_id"
    for row in rows_among(connection, select, ids, after="ORDER BY id"):
        contact = Contact(row[2], row[4], row[5], row[3], bool(row[6]))
        contact.street, contact.city, contact.postcode = row[8:11]
        records[row[1]].contacts[contact.key] = contact
    select = 'SELECT customer_id, scheme, "value", id FROM identity WHERE customer_id'
    for customer_id, scheme, value, id_ in rows_among(connection, select, ids, after="ORDER BY id"):
        records[customer_id].identities[scheme, value] = id_
    return {id_: record.folded() for id_, record in records.items()}


def _record(id_: int, image: Mapping[str, Any]) -> Record:
    record = Record(id_, image["uid"], image["created_at"], image["source"])
    record.name, record.given_name = image["name"], image["given_name"]
    record.family_name = image["family_name"]
    return record


def same_words(one: str, other: str) -> bool:
    """Whether two folds find the same customer: their order of words does not matter to search."""
    return one == other or sorted(one.split()) == sorted(other.split())


def stored(
    connection: sa.Connection, ids: Collection[int], columns: Collection[str]
) -> dict[int, dict[str, Any]]:
    """The rows of the table `customer` with these ids."""
    names = ", ".join(quoted(column) for column in columns)
    rows = rows_among(connection, f"SELECT {names} FROM customer WHERE id", sorted(ids))
    images = (dict(zip(columns, row, strict=True)) for row in rows)
    return {image["id"]: image for image in images}
