"""What a batch writes, gathered while it is decided and written table by table at its end."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from crmkit.core.customers.record import CONTACT_COLUMNS, CUSTOMER_COLUMNS, Contact, Record, split_fields
from crmkit.core.customers.sets import Numbers, rows_among
from crmkit.core.errors import Conflict
from crmkit.core.store.bulk import Row, driver_changed, driver_many, insert_rows, marked, quoted
from crmkit.core.store.search_index import search_delete, search_insert
from crmkit.core.store.tables import column_name

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel

_CHANGEABLE_CONTACT: Final = ("label", "is_primary", "verified_at")
# Below this, preparing the one statement costs more than asking for each row.
_AT_ONCE_FROM: Final = 20
_REVIEW_COLUMNS: Final = ("customer_id", "kind", "source", "item", "candidates", "created_at")


class Pen:
    """The rows that a batch adds, changes and removes; records and contacts are written as they end up."""

    def __init__(self, kernel: Kernel, connection: sa.Connection, size: int) -> None:
        self._connection = connection
        self._tables = kernel.tables
        self._single, _ = split_fields(kernel.words.fields)
        self.created: list[Record] = []
        self.changed: dict[int, Record] = {}
        self.contacts: list[tuple[int, Contact]] = []
        self.changed_contacts: dict[int, Contact] = {}
        self.identities: list[Row] = []
        self.unnumbered: list[tuple[tuple[str, str], Record]] = []
        self.identity_ids = Numbers(connection, "identity", size)
        self.tags: list[Row] = []
        self.preferences: list[Row] = []
        self.changed_preferences: dict[int, Row] = {}
        self.changed_values: dict[int, Record] = {}
        self.changed_choices: dict[tuple[int, str], Record] = {}
        self.reviews: list[Row] = []
        self.removed: list[tuple[str, int]] = []

    def write(self) -> None:
        """Write everything. `Conflict` when a version moved on in the meantime."""
        self._customers()
        self._hanging_on()
        self._values()
        self._choices()
        self._search()
        insert_rows(self._connection, "review", _REVIEW_COLUMNS, self.reviews)

    def _customers(self) -> None:
        for columns, rows in self._differing().items():
            if self._update("customer", columns, rows, ("id", "version")) != len(rows):
                raise Conflict(
                    "A customer was changed by somebody else in the meantime; nothing was written",
                    hint="Look at it again, then repeat the change.",
                )
        for record in self.created:
            record.fold = record.folded()
        insert_rows(self._connection, "customer", CUSTOMER_COLUMNS, [record.row() for record in self.created])

    def _differing(self) -> dict[tuple[str, ...], list[Row]]:
        """Rows by the columns that differ from what is on record: what is not written costs no index."""
        differing: dict[tuple[str, ...], list[Row]] = {}
        for record in self.changed.values():
            if record.is_found_anew:
                record.fold = record.folded()
            row = record.row()
            places = [place for place, old in enumerate(record.stored) if row[place] != old]
            columns = tuple([CUSTOMER_COLUMNS[place] for place in places])
            values = (*[row[place] for place in places], record.id, record.stored_version)
            differing.setdefault(columns, []).append(values)
        return differing

    def _hanging_on(self) -> None:
        for table in dict.fromkeys(table for table, _ in self.removed):
            gone = [id_ for of, id_ in self.removed if of == table]
            for _ in rows_among(self._connection, f"DELETE FROM {table} WHERE id", gone):
                pass
        rows = [contact.row(customer_id) for customer_id, contact in self.contacts]
        insert_rows(self._connection, "contact_point", CONTACT_COLUMNS, rows)
        if self.changed_contacts:
            self._changed_contacts()
        self._number_identities()
        insert_rows(self._connection, "identity", ("id", "customer_id", "scheme", "value"), self.identities)
        insert_rows(self._connection, "customer_tag", ("id", "customer_id", "tag"), self.tags)
        columns = ("id", "customer_id", "topic", "value", "origin", "source", "at")
        insert_rows(self._connection, "preference", columns, self.preferences)
        changed = list(self.changed_preferences.values())
        self._update("preference", ("origin", "source", "at"), changed, ("id",))

    def _changed_contacts(self) -> None:
        fresh = {contact.id for _, contact in self.contacts}
        rows = [
            (contact.label, int(contact.is_primary), contact.verified_at, contact.id)
            for contact in self.changed_contacts.values()
            if contact.id not in fresh
        ]
        self._update("contact_point", _CHANGEABLE_CONTACT, rows, ("id",))

    def _number_identities(self) -> None:
        """Number them in the order of their values: table and index are then both written in order."""
        self.unnumbered.sort(key=itemgetter(0))
        for identity, record in self.unnumbered:
            id_ = record.identities[identity] = self.identity_ids.take()
            self.identities.append((id_, record.id, *identity))

    def _values(self) -> None:
        names = [field.name for field in self._single]
        columns = [column_name(field) for field in self._single]
        stored, fresh = [], []
        for record in self.changed_values.values():
            values = [record.values.get(name) for name in names]
            if record.fields_stored:
                stored.append((*values, record.id))
            else:
                fresh.append((record.id, *values))
                record.fields_stored = True
        self._update("customer_field", columns, stored, ("customer_id",))
        insert_rows(self._connection, "customer_field", ("customer_id", *columns), fresh)

    def _choices(self) -> None:
        if not self.changed_choices:
            return
        known = [
            (record.id, name) for (_, name), record in self.changed_choices.items() if record.stored_version
        ]
        self._run('DELETE FROM customer_choice WHERE customer_id = ? AND "field" = ?', known)
        rows = [
            (record.id, name, value)
            for (_, name), record in self.changed_choices.items()
            for value in record.choices[name]
        ]
        insert_rows(self._connection, "customer_choice", ("customer_id", "field", "value"), rows)

    def _search(self) -> None:
        moved = [record for record in self.changed.values() if record.fold != record.stored_fold]
        search_delete(self._connection, [(record.id, record.stored_fold) for record in moved])
        search_insert(self._connection, [(record.id, record.fold) for record in [*moved, *self.created]])

    def _update(self, table: str, columns: Sequence[str], rows: list[Row], keys: Sequence[str]) -> int:
        """Set `columns` where `keys` match; a row holds the values of both, in that order."""
        if self._connection.dialect.name == "postgresql" and len(rows) >= _AT_ONCE_FROM:
            return self._update_at_once(table, columns, rows, keys)
        assignments = ", ".join(f"{quoted(column)} = ?" for column in columns)
        where = " AND ".join(f"{quoted(key)} = ?" for key in keys)
        return self._run(f"UPDATE {table} SET {assignments} WHERE {where}", rows)

    def _update_at_once(
        self, table: str, columns: Sequence[str], rows: list[Row], keys: Sequence[str]
    ) -> int:
        """One statement with an array for each column: PostgreSQL is asked once, and not for each row."""
        types = self._tables.by_name[table].c
        names = [*columns, *keys]
        arrays = ", ".join(
            "%s::bigint[]" if isinstance(types[name].type, sa.Integer) else "%s::text[]" for name in names
        )
        values = [f"v{place}" for place in range(len(names))]
        pairs = list(zip(map(quoted, names), values, strict=True))
        assignments = ", ".join(f"{column} = given.{value}" for column, value in pairs[: len(columns)])
        where = " AND ".join(f"kept.{key} = given.{value}" for key, value in pairs[len(columns) :])
        given = f"unnest({arrays}) AS given ({', '.join(values)})"
        statement = f"UPDATE {table} AS kept SET {assignments} FROM {given} WHERE {where}"
        parameters = tuple(list(column) for column in zip(*rows, strict=True))
        return int(self._connection.exec_driver_sql(statement, parameters).rowcount)

    def _run(self, statement: str, rows: list[Row]) -> int:
        if not rows:
            return 0
        statement = marked(self._connection, statement)
        if len(rows) == 1:
            return driver_changed(self._connection, statement, rows[0])
        return driver_many(self._connection, statement, rows)
