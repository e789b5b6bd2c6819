"""`crm db upgrade`: the schema of the core and of every plugin, the declared fields, the ownership
contracts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

import sqlalchemy as sa
from attrs import evolve, frozen

from crmkit.core.model.words import Field, RecordType
from crmkit.core.phrase import phrase
from crmkit.core.store.declared_fields import upgrade_fields
from crmkit.core.store.engine import Store
from crmkit.core.store.field_record import FieldRecord
from crmkit.core.store.locks import UPGRADE_LOCK, one_at_a_time
from crmkit.core.store.ownership import contract
from crmkit.core.store.record_types import Retitle, planned_records, record_tables, upgrade_records
from crmkit.core.store.schema import (
    CORE,
    PluginMigrations,
    SchemaState,
    Step,
    core_migrations,
    schema_state,
)
from crmkit.core.store.suppression import ensure_key
from crmkit.core.store.tables import Tables, build_tables
from crmkit.core.store.token_key import ensure_token_key

# The owner of what a business declares itself.
TOML: Final = "crm.toml"


@frozen(kw_only=True)
class UpgradeReport:
    """What an upgrade did, or with `dry_run` would do: the steps, and a sentence for each change of a
    field and of a record type. It does nothing for plugins that cannot be loaded: `left_out` says why, and
    what to do, by their names.
    """

    steps: tuple[Step, ...]
    fields: tuple[str, ...]
    records: tuple[str, ...] = ()
    dry_run: bool = False
    left_out: Mapping[str, str] = MappingProxyType({})

    @property
    def nothing(self) -> bool:
        """Whether all was up to date."""
        return not (self.steps or self.fields or self.records)


def upgrade(
    store: Store,
    tables: Tables,
    plugins: Sequence[PluginMigrations] = (),
    fields: Iterable[Field] = (),
    records: Iterable[RecordType] = (),
    *,
    retitle: Retitle | None = None,
    dry_run: bool = False,
    progress: Callable[[Step], None] | None = None,
) -> UpgradeReport:
    """Bring the database to this program's schema.

    An empty database gets the tables of the core and of plugins that are `fresh` in one transaction. Else
    each step is a transaction of its own: a failing one leaves the schema as it was before it, and the next
    upgrade goes on there. `SchemaError` before anything is written when the database is newer or not
    crmkit's; `Conflict` when a changed field or record type contradicts the data.
    """
    parts = [core_migrations(tables.customer.metadata), *plugins]
    declared = _Declared(tuple(fields), tuple(records))
    state = schema_state(store, plugins, declared.fields, declared.records)
    state.require_known()
    if dry_run:
        return _planned(store, declared, state)
    done = []
    for step in _steps(store, parts, state):
        done.append(step)
        if progress is not None:
            progress(step)
    return evolve(_declare(store, parts, declared, retitle), steps=tuple(done))


def _steps(store: Store, parts: Sequence[PluginMigrations], state: SchemaState) -> Iterator[Step]:
    """Do what is pending; each step when it is done."""
    made: list[Step] = []
    if state.empty:
        from crmkit.core.store.fresh import make_fresh

        made = make_fresh(store, parts)
        yield from made
    if len(made) < len(state.pending):
        # Loading alembic takes longer than making the tables of an empty database.
        from crmkit.core.store.migrate import replay

        yield from replay(store, parts)


@frozen
class _Declared:
    """What is to have its place in the database beside the tables of migrations."""

    fields: tuple[Field, ...]
    records: tuple[RecordType, ...]


def _planned(store: Store, declared: _Declared, state: SchemaState) -> UpgradeReport:
    if state.empty:
        fields: tuple[str, ...] = tuple(
            phrase("{called} ({type}) was added", called=f'"{each.name}"', type=each.type)
            for each in declared.fields
        )
        records = planned_records(declared.records)
    else:
        with store.reading() as connection:
            fields = upgrade_fields(connection, declared.fields, dry_run=True).sentences
            records = upgrade_records(connection, declared.records, dry_run=True)
    return UpgradeReport(
        steps=state.pending, fields=fields + records.fields, records=records.types, dry_run=True
    )


def _declare(
    store: Store, parts: Sequence[PluginMigrations], declared: _Declared, retitle: Retitle | None
) -> UpgradeReport:
    with store.altering() as connection:
        one_at_a_time(connection, UPGRADE_LOCK)
        done = upgrade_fields(connection, declared.fields, dry_run=False)
        records = upgrade_records(connection, declared.records, dry_run=False, retitle=retitle)
        for part in parts:
            tables = list(part.metadata.tables.values())
            if part.name == CORE:
                tables = _core_tables(done.records)
            _keep_contracts(connection, part.name, tables)
        ensure_key(connection)
        ensure_token_key(connection)
        for owner, tables in record_tables(records.known).items():
            _keep_contracts(connection, CORE if owner == TOML else owner, tables)
    return UpgradeReport(steps=(), fields=done.sentences + records.fields, records=records.types)


def _core_tables(records: Iterable[FieldRecord]) -> list[sa.Table]:
    """The core's tables with a column for every field that has one, also the removed: they still hold
    data."""
    return list(build_tables(record.as_field() for record in records).by_name.values())


def _keep_contracts(connection: sa.Connection, owner: str, tables: Iterable[sa.Table]) -> None:
    """Remember whose rows these tables hold, for the day on which their plugin is gone."""
    rows = [
        {"name": table.name, "owner": owner, "contract": json.dumps(contract(table), ensure_ascii=False)}
        for table in tables
    ]
    statement = sa.text(
        "INSERT INTO ownership (table_name, plugin, contract) VALUES (:name, :owner, :contract) "
        "ON CONFLICT (table_name) DO UPDATE SET plugin = excluded.plugin, contract = excluded.contract"
    )
    if rows:
        connection.execute(statement, rows)
    there = set(sa.inspect(connection).get_table_names())
    kept = sa.text("SELECT table_name FROM ownership WHERE plugin = :owner")
    gone = set(connection.execute(kept, {"owner": owner}).scalars()) - there
    for name in sorted(gone):
        connection.execute(sa.text("DELETE FROM ownership WHERE table_name = :name"), {"name": name})
