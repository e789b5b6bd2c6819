"""Everything that is kept of one person, read table by table as the kept contracts say.

Of rows that tie two customers only what is theirs is handed out, and the other is "another customer".
Employees are named by their role: who did something is their data, not the customer's.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import define

from crmkit.core.access import record_access
from crmkit.core.customers.references import resolve
from crmkit.core.customers.sets import rows_among
from crmkit.core.ids import is_uid
from crmkit.core.instants import format_instant
from crmkit.core.language import N_
from crmkit.core.model.money import format_amount
from crmkit.core.model.people import Actor
from crmkit.core.model.privacy import OTHER, SELF, PrivacyPart
from crmkit.core.people.current import allowed
from crmkit.core.phrase import nphrase, phrase
from crmkit.core.privacy.erasing import people_of
from crmkit.core.privacy.owned import Owned, owned_rows
from crmkit.core.privacy.values import ExportedTable, PrivacyExport
from crmkit.core.store.bulk import driver_rows, quoted
from crmkit.core.store.contracts import Contract, Contracts, load_contracts
from crmkit.core.store.tables import column_name
from crmkit.core.suppressions.reading import standing_of

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel

MANAGE: Final = "privacy.manage"
# What says nothing about a person: spellings for search, and the proof that the log is unaltered.
_LEFT_OUT: Final = {
    "change": ("salt", "digest", "hash", "origin"),
    "interaction": ("identity_id", "contact_point_id"),
    # It may be about somebody else: that is what a person has yet to decide.
    "review": ("item", "candidates"),
}
_AS_JSON: Final = {
    "interaction": ("payload",),
    "change": ("old", "new"),
    "access": ("detail",),
    "merge_removed": ("image",),
    "merge_value": ("old", "new"),
}
_JOURNAL: Final = ("merge_removed", "merge_value")


def export(kernel: Kernel, actor: Actor, ref: int | str) -> PrivacyExport:
    """Everything that is kept of the customer; the access log notes it first."""
    with kernel.unit(actor) as tx:
        able = allowed(kernel, tx.connection, actor, MANAGE)
        customer_id = resolve(tx.connection, kernel, able, ref)
        record_access(tx, "export", N_("privacy export"), customers=1, customer_id=customer_id)
        made_at = tx.at
    with kernel.reading() as connection:
        reading = _Reading(kernel, connection, customer_id)
        tables = tuple(reading.tables())
        notes = tuple(reading.notes())
        uids = reading.uids
    return _complete(kernel, actor, customer_id, uids[0], made_at, tables, notes)


def _complete(
    kernel: Kernel,
    actor: Actor,
    customer_id: int,
    uid: str,
    made_at: int,
    tables: tuple[ExportedTable, ...],
    notes: tuple[str, ...],
) -> PrivacyExport:
    customer = kernel.crm().customers.get(customer_id)
    parts: list[tuple[int, str, PrivacyPart]] = kernel.hooks.extend_privacy_export(
        [customer], kernel.crm(actor)
    )
    return PrivacyExport(
        customer_id=customer_id,
        uid=uid,
        name=customer.name,
        business=kernel.config.crs.name,
        locale=customer.locale or kernel.locale,
        timezone=kernel.config.crs.timezone,
        made_at=made_at,
        tables=tables,
        elsewhere=tuple((plugin, part) for _, plugin, part in parts),
        notes=(*notes, *_missing(kernel)),
    )


def _missing(kernel: Kernel) -> Iterator[str]:
    for plugin in kernel.plugins.unusable:
        yield (
            phrase(
                'The plugin "{name}" is not in use: its tables are here, but not what it may keep outside '
                "of the database.",
                name=plugin.name,
            )
        )


@define(slots=False)
class _Reading:
    """One consistent state of the database, read for one person."""

    kernel: Kernel
    connection: sa.Connection
    customer_id: int

    @cached_property
    def contracts(self) -> Contracts:
        return load_contracts(self.connection)

    @cached_property
    def owned(self) -> Owned:
        return owned_rows(self.connection, self.contracts, self.customer_id)

    @cached_property
    def people(self) -> tuple[tuple[str, ...], tuple[int, ...]]:
        return people_of(self.connection, self.customer_id)

    @property
    def uids(self) -> tuple[str, ...]:
        return self.people[0]

    @cached_property
    def ids(self) -> frozenset[int]:
        """Their number, and those of whoever was merged into them."""
        return frozenset((self.customer_id, *self.people[1]))

    @cached_property
    def roles(self) -> dict[Any, str]:
        """The role of each employee, by number and by name."""
        found: dict[Any, str] = {}
        for id_, name, role in driver_rows(self.connection, "SELECT id, name, role FROM employee"):
            found[id_] = found[name] = f"employee ({role})"
        return found

    def tables(self) -> Iterator[ExportedTable]:
        """Every table that belongs to customers, also those in which nothing is theirs, and the journal."""
        for contract in self.contracts:
            keys = [self.customer_id] if contract.is_root else self.owned.keys(contract.table)
            rows = [self._plain(contract, row) for row in self._rows(contract, keys)]
            yield self._table(contract.table, contract.plugin, rows)
        yield self._table("suppression", "core", list(self._suppressions()))
        for name in _JOURNAL:
            yield self._table(name, "core", list(self._journal(name)))

    def _suppressions(self) -> Iterator[dict[str, Any]]:
        """Why nothing goes to their addresses; the list itself has only hashes of them."""
        standing = standing_of(self.connection, [self.customer_id], self.kernel.clock.now())
        for each in standing.get(self.customer_id, ()):
            until = None if each.until is None else format_instant(each.until, self.kernel.tz, exact=True)
            yield {
                "kind": each.kind, "address": each.address, "reason": each.reason, "scope": each.scope,
                "purpose": each.purpose, "at": format_instant(each.at, self.kernel.tz, exact=True),
                "until": until, "note": each.note, "actor": self._role(each.actor),
            }  # fmt: skip

    def notes(self) -> Iterator[str]:
        """What whoever hands it out should know."""
        waiting = len(self.owned.keys("review"))
        if waiting:
            yield (
                nphrase(
                    "{count} incoming item may be about them or about somebody else and is not handed out. "
                    "Decide first: crm customers review",
                    "{count} incoming items may be about them or about somebody else and are not handed out. "
                    "Decide first: crm customers review",
                    waiting,
                )
            )
        yield phrase("Notes and messages may speak of other people. Read it before you hand it out.")

    def _rows(self, contract: Contract, keys: Collection[int]) -> Iterator[dict[str, Any]]:
        assert contract.key is not None
        columns = ", ".join(map(quoted, contract.columns))
        key = quoted(contract.key)
        select = f"SELECT {columns} FROM {quoted(contract.table)} WHERE {key}"
        for row in rows_among(self.connection, select, keys, after=f"ORDER BY {key}"):
            yield dict(zip(contract.columns, row, strict=True))

    def _plain(self, contract: Contract, row: Mapping[str, Any]) -> dict[str, Any]:
        """A row as plain values, without what is somebody else's."""
        columns = {
            name for name in contract.links if contract.links[name].via is None and row[name] in self.ids
        }
        left_out = {*_LEFT_OUT.get(contract.table, ()), "fold"}
        if contract.table == "interaction" and self._was_moved(row):
            left_out |= {"payload", "source_ref", "amount", "currency"}
        others = {
            name for name, each in contract.personal.items() if each.of is not None and each.of not in columns
        }
        shown = [name for name in contract.columns if name not in left_out | others]
        values = {name: self._value(contract, name, row[name]) for name in shown}
        sides = contract.customer_columns
        for side in sides:
            if len(sides) < 2:
                values.pop(side, None)
            else:
                values[side] = SELF if row[side] in self.ids else OTHER
        return self._with_money(self._of_field(contract, self._of_change(contract, values)))

    def _was_moved(self, row: Mapping[str, Any]) -> bool:
        """Whether it was recorded here by mistake and is another customer's."""
        select = "SELECT customer_id FROM interaction WHERE corrects"
        later = list(rows_among(self.connection, select, [row["seq"]]))
        return any(found[0] not in self.ids for found in later)

    def _value(self, contract: Contract, name: str, value: Any) -> Any:
        if value is None:
            return None
        if contract.refers.get(name) == "employee" or name == "actor":
            return self._role(value)
        if contract.types.get(name) == "integer" and (name == "at" or name.endswith("_at")):
            return format_instant(value, self.kernel.tz, exact=True)
        if name in _AS_JSON.get(contract.table, ()):
            return self._sifted(_parsed(value))
        if isinstance(value, bytes):
            return value.hex()
        return self._sifted(value)

    def _role(self, value: Any) -> str:
        if value == self.kernel.house.name:
            return str(value)
        return self.roles.get(value, "employee")

    def _sifted(self, value: Any) -> Any:
        """Plain values in which other customers' uids are no more than that."""
        if isinstance(value, dict):
            return {key: self._sifted(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self._sifted(each) for each in value]
        if isinstance(value, str) and is_uid(value) and value.lower() not in self.uids:
            select = "SELECT 1 FROM customer WHERE uid"
            return OTHER if list(rows_among(self.connection, select, [value.lower()])) else value
        return value

    def _of_change(self, contract: Contract, values: dict[str, Any]) -> dict[str, Any]:
        if contract.table == "change" and values.get("entity") == "relationship":
            for name in ("old", "new"):
                if isinstance(values[name], int):
                    values[name] = OTHER
        return values

    def _of_field(self, contract: Contract, values: dict[str, Any]) -> dict[str, Any]:
        """Declared fields by their names and as people read them; those that are gone stay as they are."""
        if contract.table != "customer_field":
            return values
        from crmkit.core.customers.fields import plain_value

        for word in self.kernel.words.fields:
            column = column_name(word)
            if column in values:
                kept = values.pop(column)
                if word.type == "datetime" and isinstance(kept, int):
                    kept = format_instant(kept, self.kernel.tz, exact=True)
                elif kept is not None and kept != OTHER:
                    kept = plain_value(word, kept, self.kernel.currency)
                values[word.name] = kept
        return values

    def _with_money(self, values: dict[str, Any]) -> dict[str, Any]:
        amount, currency = values.get("amount"), values.get("currency")
        if isinstance(amount, int) and isinstance(currency, str) and len(currency) == 3:
            values["amount"] = format_amount(amount, currency)
        return values

    def _journal(self, name: str) -> Iterator[dict[str, Any]]:
        """What merges remember of whoever was merged into them."""
        merges = [
            row[0] for row in rows_among(self.connection, "SELECT id FROM merge WHERE loser_id", self.ids)
        ]
        columns = {
            "merge_removed": ("id", "merge_id", "table_name", "image"),
            "merge_value": ("id", "merge_id", "table_name", "column_name", "old", "new"),
        }[name]
        of_values = "how NOT IN ('marks', 'appended') AND " if name == "merge_value" else ""
        select = f"SELECT {', '.join(map(quoted, columns))} FROM {name} WHERE {of_values}merge_id"
        for row in rows_among(self.connection, select, merges, after="ORDER BY id"):
            found = self._remembered(dict(zip(columns, row, strict=True)))
            if found is not None:
                yield found

    def _remembered(self, row: dict[str, Any]) -> dict[str, Any] | None:
        table = row["table_name"]
        known = table in self.contracts
        contract = self.contracts[table] if known else None
        if "image" in row:
            image = _parsed(row["image"])
            if not isinstance(image, dict) or contract is None:
                return None
            full = {name: image.get(name) for name in contract.columns}
            return {"table": table, "merge": row["merge_id"], "row": self._plain(contract, full)}
        column = row["column_name"]
        personal = contract.personal.get(column) if contract is not None else None
        if contract is None or (personal is not None and personal.of is not None):
            return None
        values = {name: self._value(contract, column, _parsed(row[name])) for name in ("old", "new")}
        return {"table": table, "merge": row["merge_id"], "column": column, **values}

    def _table(self, name: str, plugin: str, rows: list[dict[str, Any]]) -> ExportedTable:
        return ExportedTable(table=name, plugin=plugin, rows=tuple(rows))


def _parsed(text: Any) -> Any:
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
