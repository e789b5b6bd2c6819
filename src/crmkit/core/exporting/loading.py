"""Customers and all that hangs on them, a batch at a time: rows as the driver gives them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import field, frozen

from crmkit.core.customers.record import ADDRESS_PARTS, split_fields
from crmkit.core.customers.sets import rows_among
from crmkit.core.store.bulk import Row, driver_rows, quoted
from crmkit.core.store.tables import column_name

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel

Groups = Mapping[int, Sequence[Row]]
# What can be loaded of a customer.
ATTRIBUTES: Final = (
    "uid", "name", "given_name", "family_name", "is_organization", "lifecycle", "customer_type", "owner_id",
    "locale", "timezone", "preferred_channel", "preferred_time", "created_at", "archived_at",
    "restricted_at",
)  # fmt: skip
# By table: the columns that follow the customer's id, and the order of a customer's rows.
_TABLES: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    "contact_point": (
        ("kind", "label", "is_primary", "value", *ADDRESS_PARTS),
        "id",
    ),
    "identity": (("scheme", "value"), "id"),
    "customer_tag": (("tag",), "tag"),
    "preference": (("topic", "origin", "value"), "id"),
    "consent": (
        ("purpose", "channel", "state", "at", "wording_version", "source", "actor", "evidence"), "at, id",
    ),
    "relationship": (("kind", "other_id", "since", "until"), "id"),
    "customer_choice": (("field", "value"), "id"),
    "verified": (("kind", "value", "verified_at"), "id"),
}  # fmt: skip
# Of few customers, or what few exports say: read from a table that is read otherwise too.
_FROM: Final[Mapping[str, tuple[str, str]]] = {
    "verified": ("contact_point", "verified_at IS NOT NULL AND "),
}
PARTS: Final = tuple(_TABLES)
_NOTHING: Final[Groups] = {}


@frozen
class Loaded:
    """Some customers in their order: the id, then the columns that were wanted; and by that id the rows of
    each table, which begin with it too.
    """

    customers: Sequence[Row]
    parts: Mapping[str, Groups]
    fields: Mapping[int, Row] = field(factory=dict)

    def of(self, table: str) -> Groups:
        """The rows of a table by customer; nothing where they were not asked for."""
        return self.parts.get(table, _NOTHING)


@frozen
class Wanted:
    """What to load: columns of `customer`, the tables beside it, and whether postal addresses in parts."""

    attributes: Sequence[str]
    parts: Collection[str]
    whole_addresses: bool = True


class Loader:
    """Loads what is wanted of customers from one connection."""

    def __init__(self, kernel: Kernel, connection: sa.Connection, wanted: Wanted) -> None:
        self._connection = connection
        self._wanted = wanted
        self._parts = [name for name in PARTS if name in wanted.parts]
        single, _ = split_fields(kernel.words.fields)
        columns = [quoted(column_name(each)) for each in single]
        self._fields = ", ".join(columns) if "customer_field" in wanted.parts else ""

    def load(self, ids: Sequence[int]) -> Loaded:
        """The customers with these ids, in that order."""
        names = ", ".join(map(quoted, ("id", *self._wanted.attributes)))
        found = {row[0]: row for row in self._rows(f"SELECT {names} FROM customer WHERE id", ids)}
        parts = {name: self._grouped(name, ids) for name in self._parts}
        fields: dict[int, Row] = {}
        if self._fields:
            select = f"SELECT customer_id, {self._fields} FROM customer_field WHERE customer_id"
            fields = {row[0]: row[1:] for row in self._rows(select, ids)}
        return Loaded([found[id_] for id_ in ids if id_ in found], parts, fields)

    def _grouped(self, table: str, ids: Sequence[int]) -> Groups:
        columns, order = _TABLES[table]
        if table == "contact_point" and not self._wanted.whole_addresses:
            columns = columns[: -len(ADDRESS_PARTS)]
        names = ", ".join(map(quoted, columns))
        by = ", ".join(map(quoted, order.split(", ")))
        source, condition = _FROM.get(table, (table, ""))
        select = f"SELECT customer_id, {names} FROM {source} WHERE {condition}customer_id"
        groups: defaultdict[int, list[Row]] = defaultdict(list)
        for row in self._rows(select, ids, f"ORDER BY customer_id, {by}"):
            groups[row[0]].append(row)
        return groups

    def _rows(self, select: str, ids: Sequence[int], after: str = "") -> Collection[Row]:
        """As `rows_among`; ids without a gap are a range, which is read in order."""
        if len(ids) > 1 and ids[-1] - ids[0] + 1 == len(ids):
            mark = "?" if self._connection.dialect.name == "sqlite" else "%s"
            statement = f"{select} BETWEEN {mark} AND {mark} {after}"
            return driver_rows(self._connection, statement, (ids[0], ids[-1]))
        return list(rows_among(self._connection, select, ids, after=after))


def owners_of(kernel: Kernel, connection: sa.Connection) -> dict[int, str]:
    """By employee's id, how an import finds them again: the e-mail address, else the name."""
    employee = kernel.tables.employee
    rows = connection.execute(sa.select(employee.c.id, employee.c.email, employee.c.name))
    return {row[0]: row[1] or row[2] for row in rows}


def fields_of(kernel: Kernel) -> tuple[Sequence[Any], Sequence[Any]]:
    """The declared fields with one value, in the order of `Loaded.fields`, and those with several."""
    return split_fields(kernel.words.fields)
