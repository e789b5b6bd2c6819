"""The page of a customer: what somebody who meets them wants to know, gathered in a few statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from attrs import field, frozen

from crmkit.core.customers.consent import Key, consents_of, latest, may_write
from crmkit.core.customers.record import Record, load_records
from crmkit.core.customers.sets import rows_among
from crmkit.core.customers.ties import relationships
from crmkit.core.logs import interaction_columns, interaction_of
from crmkit.core.model.customer import Consent, Customer, Relationship, Section
from crmkit.core.model.interaction import VOIDED, Change, Interaction
from crmkit.core.model.record import Record as OwnRecord

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.suppression import Suppression

_LAST: Final = 5


@frozen(kw_only=True)
class Profile:
    """A customer's page.

    `consents` is the last word by (purpose, channel), `may_write` the same in words. `counts` are
    interactions by type, `last` the newest, newest first. `employees` and `others` are the names of the
    employees and related customers that are mentioned, by id. `warnings` name the plugins whose sections are
    missing. `records` are those that are open, `record_changes` the last additions and moves, newest first;
    `record_titles` are the titles of all of these by reference (`cake_order:12`). `suppressions` are what
    stands against their addresses.
    """

    customer: Customer
    owner: str | None
    consents: Mapping[Key, Consent]
    may_write: tuple[tuple[str, str], ...]
    relationships: tuple[Relationship, ...]
    last: tuple[Interaction, ...]
    counts: Mapping[str, int]
    employees: Mapping[int, str]
    others: Mapping[int, str]
    sections: tuple[Section, ...] = ()
    warnings: tuple[str, ...] = ()
    records: tuple[OwnRecord, ...] = ()
    record_changes: tuple[Change, ...] = ()
    record_titles: Mapping[str, str] = field(factory=dict)
    suppressions: tuple[Suppression, ...] = ()


def profiles_of(connection: sa.Connection, kernel: Kernel, ids: Sequence[int]) -> list[Profile]:
    """The pages of these customers, without plugins' sections, in the order of `ids`."""
    from crmkit.core.suppressions.reading import standing_of

    records = load_records(connection, kernel, ids)
    histories: dict[int, list[Consent]] = {}
    for consent in consents_of(connection, ids):
        histories.setdefault(consent.customer_id, []).append(consent)
    listed = standing_of(connection, ids, kernel.clock.now())
    return [
        _profile(connection, kernel, records[id_], latest(histories.get(id_, ())), listed.get(id_, ()))
        for id_ in ids
        if id_ in records
    ]


def _profile(
    connection: sa.Connection,
    kernel: Kernel,
    record: Record,
    consents: Mapping[Key, Consent],
    suppressions: tuple[Suppression, ...],
) -> Profile:
    last = _last(connection, kernel, record.id)
    ties = relationships(connection, kernel, record.id)
    staff = {each.employee_id for each in last} | {record.owner_id}
    related = {id_ for tie in ties for id_ in (tie.customer_id, tie.other_id)} - {record.id}
    employees = _names(connection, "employee", staff)
    fields = {field.name: field for field in kernel.words.fields}
    return Profile(
        customer=record.public(fields, kernel.currency),
        owner=employees.get(record.owner_id) if record.owner_id else None,
        consents=consents,
        may_write=may_write(kernel, record, consents, suppressions),
        suppressions=suppressions,
        relationships=tuple(ties),
        last=tuple(last),
        counts=_counts(connection, record.id),
        employees=employees,
        others=_names(connection, "customer", related),
    )


def _last(connection: sa.Connection, kernel: Kernel, customer_id: int) -> list[Interaction]:
    table = kernel.tables.interaction
    query = (
        sa.select(*interaction_columns(table))
        .where(table.c.customer_id == customer_id, table.c.superseded_by.is_(None), table.c.type != VOIDED)
        .order_by(table.c.occurred_at.desc(), table.c.seq.desc())
        .limit(_LAST)
    )
    return [interaction_of(row, kernel.words) for row in connection.execute(query)]


def _counts(connection: sa.Connection, customer_id: int) -> dict[str, int]:
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    statement = (
        f"SELECT type, count(*) FROM interaction WHERE customer_id = {mark} AND superseded_by IS NULL "
        f"AND type <> '{VOIDED}' GROUP BY type ORDER BY type"
    )
    return {row[0]: row[1] for row in connection.exec_driver_sql(statement, (customer_id,))}


def _names(connection: sa.Connection, table: str, ids: set[int | None] | set[int]) -> dict[int, str]:
    wanted = sorted(id_ for id_ in ids if id_ is not None)
    return {
        row[0]: row[1] for row in rows_among(connection, f"SELECT id, name FROM {table} WHERE id", wanted)
    }
