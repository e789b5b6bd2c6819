"""Taking plugins in and out of use. Disabling and uninstalling keep all data; purging deletes it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import frozen

from crmkit.core.config.edit import ConfigEdit
from crmkit.core.errors import Conflict, NotFound
from crmkit.core.model.people import Actor
from crmkit.core.nearest import did_you_mean
from crmkit.core.phrase import phrase
from crmkit.core.plugins.plugins import PluginStatus
from crmkit.core.plugins.state import VERSION_TABLE, Remembered, remembered
from crmkit.core.store.bulk import quoted
from crmkit.core.store.field_record import FieldRecord, records_from_json, records_to_json
from crmkit.core.store.known_type import types_from_json, types_to_json
from crmkit.core.store.schema import FIELDS_SETTING, RECORDS_SETTING
from crmkit.core.store.setting import read_setting, write_setting

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel

PERMISSION: Final = "plugins.manage"
_FIELD_TABLE: Final = "customer_field"


@frozen(kw_only=True)
class Purge:
    """What a purge deletes: rows by table, values by field, bookkeeping; and what stays in the log."""

    plugin: str
    tables: tuple[tuple[str, int], ...]
    fields: tuple[tuple[str, int], ...]
    interactions_kept: int

    @property
    def rows(self) -> int:
        """How many rows and values are deleted."""
        return sum(count for _, count in (*self.tables, *self.fields))


def statuses(kernel: Kernel) -> list[PluginStatus]:
    """Every plugin with its quarantined hooks, and those no longer in use whose data is still here."""
    quarantined: dict[str, list[str]] = {}
    for plugin, hook, _, _, is_quarantined in kernel.observers.lag():
        if is_quarantined:
            quarantined.setdefault(plugin, []).append(hook)
    found = kernel.plugins.status(quarantined)
    shown = {each.name for each in found if each.state != "available"}
    with kernel.reading() as connection:
        gone = [each for each in remembered(connection).values() if each.name not in shown]
    names = {each.name for each in gone}
    return [each for each in found if each.name not in names] + [_uninstalled(each) for each in gone]


def _uninstalled(plugin: Remembered) -> PluginStatus:
    return PluginStatus(
        name=plugin.name,
        state="uninstalled",
        version=plugin.version,
        reason=phrase("It is no longer in use; its data is still here"),
        hint=phrase(
            "Use it again: crm plugins enable {name}; or delete it: crm plugins purge {name}",
            name=plugin.name,
        ),
        words=tuple(word for _, word in plugin.words),
        tables=tuple(table for table in plugin.tables if not table.endswith(VERSION_TABLE)),
    )


def enable(kernel: Kernel, actor: Actor, edit: ConfigEdit, name: str) -> bool:
    """Put a plugin into use in `crm.toml`; False when it was. Errors: NotFound when it is not installed."""
    kernel.require(actor, PERMISSION)
    if name not in kernel.plugins.installed:
        raise NotFound(
            phrase('Plugin "{name}" is not installed', name=name),
            hint=did_you_mean(
                name,
                kernel.plugins.installed,
                phrase("Install its package, or write plugins/{name}.py.", name=name),
            ),
        )
    added = edit.add_plugin(name)
    section = kernel.config.plugins.get(name)
    disabled = section is not None and not section.enabled
    if disabled:
        edit.set(("plugins", name, "enabled"), True)
    edit.save()
    return added or disabled


def disable(kernel: Kernel, actor: Actor, edit: ConfigEdit, name: str) -> bool:
    """Set a plugin aside in `crm.toml`, keeping its place, settings and data; False when it was."""
    kernel.require(actor, PERMISSION)
    _require_asked_for(kernel, name)
    section = kernel.config.plugins.get(name)
    if section is not None and not section.enabled:
        return False
    edit.set(("plugins", name, "enabled"), False)
    edit.save()
    return True


def uninstall(kernel: Kernel, actor: Actor, edit: ConfigEdit, name: str) -> None:
    """Take a plugin out of `crm.toml`; its data stays, readable and within reach of an erasure."""
    kernel.require(actor, PERMISSION)
    _require_asked_for(kernel, name)
    edit.remove_plugin(name)
    edit.save()


def resume(kernel: Kernel, actor: Actor, name: str) -> int:
    """Lift the quarantine of a plugin's hooks, which then get what they missed; how many were lifted."""
    kernel.require(actor, PERMISSION)
    with kernel.unit(actor, deliver=False) as tx:
        return kernel.observers.resume(tx, name)


def replay(kernel: Kernel, actor: Actor, name: str) -> None:
    """Empty what a plugin's observers derived from the logs, and let them start at the beginning.

    Errors: NotFound when it has none.
    """
    kernel.require(actor, PERMISSION)
    with kernel.unit(actor, deliver=False) as tx:
        kernel.observers.replay(tx, name)
        offered = kernel.plugins.tables.get(name)
        if offered is not None:
            for table in reversed(offered.metadata.sorted_tables):
                if table.name in offered.derived:
                    tx.execute(sa.delete(table))


def preview_purge(kernel: Kernel, actor: Actor, name: str) -> Purge:
    """What `purge` would delete. Errors: NotFound when nothing of the plugin is here."""
    kernel.require(actor, PERMISSION)
    with kernel.reading() as connection:
        return _Purging(kernel, connection, name).preview()


def purge(kernel: Kernel, actor: Actor, name: str) -> Purge:
    """Delete what a plugin keeps here, whether its code is there or not; what was deleted.

    Interactions of its types stay in the log. Errors: Conflict while the plugin is in use; NotFound.
    """
    kernel.require(actor, PERMISSION)
    if name in kernel.plugins:
        raise Conflict(
            phrase('Plugin "{name}" is in use', name=name),
            hint=phrase("First take it out of use: crm plugins uninstall {name}", name=name),
        )
    with kernel.unit(actor, deliver=False) as tx:
        purging = _Purging(kernel, tx.connection, name)
        found = purging.preview()
        purging.delete()
    return found


def _require_asked_for(kernel: Kernel, name: str) -> None:
    asked_for = kernel.config.crs.plugins
    if name not in asked_for:
        raise NotFound(
            phrase('Plugin "{name}" is not in use in {path}', name=name, path=kernel.config.path.name),
            hint=did_you_mean(name, asked_for, phrase("Run: crm plugins list")),
        )


@frozen
class _Purging:
    """What one plugin left, found without its code: from what is remembered and from the database itself."""

    kernel: Kernel
    connection: sa.Connection
    name: str

    def preview(self) -> Purge:
        known = remembered(self.connection).get(self.name)
        tables = self._tables(known)
        fields = self._fields(known)
        if known is None and not tables and not fields:
            raise NotFound(
                phrase('Nothing of a plugin "{name}" is kept here', name=self.name),
                hint="Run: crm plugins list",
            )
        return Purge(
            plugin=self.name,
            tables=tuple((each, self._count(each)) for each in tables if not each.endswith(VERSION_TABLE)),
            fields=tuple((each, self._values(each)) for each in fields),
            interactions_kept=self._interactions(_words(known, "interaction_types")),
        )

    def delete(self) -> None:
        known = remembered(self.connection).get(self.name)
        fields = self._fields(known)
        for table in self._tables(known):
            self.connection.execute(sa.text(f"DROP TABLE {quoted(table)}"))
        core = self.kernel.tables
        self._delete(core.customer_choice, core.customer_choice.c.field.in_(fields))
        for field in fields:
            self._drop_column(_column(field))
        self._forget_fields(fields)
        self._forget_record_types()
        self._delete(core.observer, core.observer.c.plugin == self.name)
        self._delete(core.ownership, core.ownership.c.plugin == self.name)
        self._delete(core.job, core.job.c.name.startswith(f"{self.name}.", autoescape=True))
        self._delete(core.plugin, core.plugin.c.name == self.name)

    def _delete(self, table: sa.Table, condition: sa.ColumnElement[bool]) -> None:
        self.connection.execute(sa.delete(table).where(condition))

    def _tables(self, known: Remembered | None) -> list[str]:
        """The plugin's tables that are in the database, those that refer to others first."""
        ownership = self.kernel.tables.ownership
        owned = sa.select(ownership.c.table_name).where(ownership.c.plugin == self.name)
        wanted = {*self.connection.execute(owned).scalars(), *(known.tables if known else ())}
        inspector = sa.inspect(self.connection)
        return _children_first(inspector, [each for each in inspector.get_table_names() if each in wanted])

    def _fields(self, known: Remembered | None) -> list[str]:
        records = self._field_records()
        owned = [record.name for record in records.values() if record.owner == self.name]
        named = [name for name in _words(known, "fields") if name in records]
        return sorted({*owned, *named})

    def _field_records(self) -> dict[str, FieldRecord]:
        return records_from_json(read_setting(self.connection, FIELDS_SETTING) or "{}")

    def _forget_fields(self, fields: Sequence[str]) -> None:
        """Leave the fields out of what is remembered of declarations, and out of their table's contract."""
        ownership = self.kernel.tables.ownership
        records = [each for each in self._field_records().values() if each.name not in fields]
        write_setting(self.connection, FIELDS_SETTING, records_to_json(records))
        row = ownership.c.table_name == _FIELD_TABLE
        text = self.connection.execute(sa.select(ownership.c.contract).where(row)).scalar()
        if text is not None:
            contract = json.loads(text)
            gone = {_column(field) for field in fields}
            contract["columns"] = [each for each in contract["columns"] if each not in gone]
            for part in ("personal", "types"):
                contract[part] = {k: v for k, v in contract[part].items() if k not in gone}
            contract["nullable"] = [each for each in contract["nullable"] if each not in gone]
            contract["unique"] = [each for each in contract["unique"] if not gone & set(each["columns"])]
            values = {"contract": json.dumps(contract, ensure_ascii=False)}
            self.connection.execute(sa.update(ownership).where(row).values(values))

    def _forget_record_types(self) -> None:
        """Leave the plugin's record types, whose tables are gone, out of what is remembered."""
        text = read_setting(self.connection, RECORDS_SETTING)
        if text is not None:
            kept = [each for each in types_from_json(text).values() if each.owner != self.name]
            write_setting(self.connection, RECORDS_SETTING, types_to_json(kept))

    def _count(self, table: str) -> int:
        return self._one(sa.select(sa.func.count()).select_from(sa.table(table)))

    def _interactions(self, types: Sequence[str]) -> int:
        log = self.kernel.tables.interaction
        return self._one(sa.select(sa.func.count()).select_from(log).where(log.c.type.in_(types)))

    def _values(self, field: str) -> int:
        """How many customers have a value."""
        choice = self.kernel.tables.customer_choice
        count = self._one(
            sa.select(sa.func.count(choice.c.customer_id.distinct())).where(choice.c.field == field)
        )
        if _column(field) in self._columns():
            table = sa.table(_FIELD_TABLE, sa.column(_column(field)))
            count += self._one(sa.select(sa.func.count(table.c[_column(field)])).select_from(table))
        return count

    def _one(self, query: sa.Select[Any]) -> int:
        return int(self.connection.execute(query).scalar_one())

    def _columns(self) -> set[str]:
        return {each["name"] for each in sa.inspect(self.connection).get_columns(_FIELD_TABLE)}

    def _drop_column(self, column: str) -> None:
        if column not in self._columns():
            return
        # SQLite refuses to drop a column that an index covers.
        for index in sa.inspect(self.connection).get_indexes(_FIELD_TABLE):
            if column in index["column_names"] and index["name"]:
                self.connection.execute(sa.text(f"DROP INDEX {quoted(index['name'])}"))
        self.connection.execute(sa.text(f"ALTER TABLE {_FIELD_TABLE} DROP COLUMN {quoted(column)}"))


def _words(known: Remembered | None, vocabulary: str) -> list[str]:
    return [name for title, name in known.words if title == vocabulary] if known else []


def _column(field: str) -> str:
    return field.replace(".", "__")


def _children_first(inspector: sa.Inspector, tables: Sequence[str]) -> list[str]:
    parents = {
        name: {key["referred_table"] for key in inspector.get_foreign_keys(name)} & set(tables) - {name}
        for name in tables
    }
    ordered: list[str] = []
    while parents:
        needed = {parent for found in parents.values() for parent in found}
        # Tables that refer to each other in a circle are dropped in any order, as a person would try.
        free = sorted(set(parents) - needed) or sorted(parents)
        ordered.append(free[0])
        del parents[free[0]]
    return ordered
