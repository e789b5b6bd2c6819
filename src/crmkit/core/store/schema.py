"""Which schema a database has, and which one this program wants. Cheap enough for every start: two
selects."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NoReturn

import sqlalchemy as sa
from attrs import field, frozen

from crmkit.core.errors import SchemaError
from crmkit.core.model.words import Field, RecordType
from crmkit.core.phrase import phrase
from crmkit.core.store.bulk import driver_rows, quoted
from crmkit.core.store.engine import Store
from crmkit.core.store.field_record import FieldRecord, records_from_json
from crmkit.core.store.known_type import KnownType, lacking, types_from_json

CORE: Final = "core"
_CORE_PREFIX: Final = "crmkit_"
FIELDS_SETTING: Final = "fields"
RECORDS_SETTING: Final = "record_types"
# Read as text: loading alembic to import the revisions would cost more than the rest of the start.
_ASSIGNED: Final = re.compile(
    r"^(revision|down_revision)\b[^=\n]*=\s*(?:[\"']([^\"'\n]+)[\"']|None)", re.MULTILINE
)


@frozen
class PluginMigrations:
    """A plugin's part of the schema: its tables, and the folder of the alembic revisions that make them.

    Tables and the version table (`<prefix>schema_version`) begin with `prefix`. `folder` is None for a plugin
    without revisions. `fresh`: in an empty database the revisions make exactly these tables, and no rows.
    """

    name: str
    prefix: str
    metadata: sa.MetaData
    folder: Path | None
    fresh: bool = False

    @property
    def version_table(self) -> str:
        """The table that holds the revision the database has."""
        return f"{self.prefix}schema_version"


@frozen
class Step:
    """One revision that is to be run: whose (`core` or a plugin), its id, and its first line."""

    owner: str
    revision: str
    doc: str


@frozen(kw_only=True)
class SchemaState:
    """What separates a database from this program.

    `empty`: nothing of crmkit is there. `foreign`: something else is. `newer`: owners whose revision this
    program does not know. `pending`: the steps to run. `fields`: declared fields that the database lacks, or
    has otherwise. `records`: likewise record types, and fields of them. `versions`: the revision that each
    owner has.
    """

    empty: bool = False
    foreign: bool = False
    newer: tuple[tuple[str, str], ...] = ()
    pending: tuple[Step, ...] = ()
    fields: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    versions: Mapping[str, str]

    @property
    def ready(self) -> bool:
        """Whether the database fits this program as it is."""
        return not (self.empty or self.foreign or self.newer or self.pending or self.fields or self.records)

    def require_ready(self) -> None:
        """Raise `SchemaError` saying what is missing and how to get it."""
        self.require_known()
        if self.empty:
            _refuse(phrase("The database is empty"), phrase("Make its tables: crm db upgrade"))
        if self.pending:
            names = ", ".join(f"{step.owner} {step.revision}" for step in self.pending)
            _refuse(
                phrase("The database has an older schema; missing: {names}", names=names),
                phrase("Bring it up to date: crm db upgrade"),
            )
        if self.fields:
            names = ", ".join(f'"{name}"' for name in self.fields)
            _refuse(
                phrase("The database does not have the declared fields {names}", names=names),
                phrase("Add them: crm db upgrade"),
            )
        if self.records:
            names = ", ".join(f'"{name}"' for name in self.records)
            _refuse(
                phrase("The database does not have the declared records {names}", names=names),
                phrase("Add them: crm db upgrade"),
            )

    def require_known(self) -> None:
        """Raise `SchemaError` if this program must not touch the database: it is newer, or not crmkit's."""
        if self.foreign:
            _refuse(
                phrase("The database belongs to another program: it has tables, but none of crmkit's"),
                phrase(
                    "Point `database` under [crs] in crm.toml at an empty database or at one that "
                    "crmkit made."
                ),
            )
        if self.newer:
            names = ", ".join(f"{owner} {revision}" for owner, revision in self.newer)
            _refuse(
                phrase(
                    "The database has a newer schema than this program knows: {names}; nothing was written",
                    names=names,
                ),
                phrase(
                    "Install the version that upgraded it: pip install --upgrade crmkit and the plugin named "
                    "here."
                ),
            )


def _refuse(message: str, hint: str) -> NoReturn:
    raise SchemaError(message, hint=hint)


def core_migrations(metadata: sa.MetaData) -> PluginMigrations:
    """The core's own part of the schema, in the shape of a plugin's."""
    return PluginMigrations(CORE, _CORE_PREFIX, metadata, Path(__file__).parent / "migrations", fresh=True)


def schema_state(
    store: Store,
    plugins: Sequence[PluginMigrations] = (),
    fields: Iterable[Field] = (),
    records: Iterable[RecordType] = (),
) -> SchemaState:
    """How the database and this program differ. Writes nothing, and makes no file."""
    parts = [core_migrations(sa.MetaData()), *plugins]
    if store.path is not None and not store.path.exists():
        return _state(parts, {}, _Kept(), fields, records, empty=True, foreign=False)
    with store.reading() as connection:
        return state_on(connection, parts, fields, records)


def state_on(
    connection: sa.Connection,
    parts: Sequence[PluginMigrations],
    fields: Iterable[Field],
    records: Iterable[RecordType] = (),
) -> SchemaState:
    """As `schema_state`, on a connection that is open; `parts` begin with the core's."""
    there = table_names(connection)
    if parts[0].version_table not in there:
        own = set(parts[0].metadata.tables) or {"customer", "interaction"}
        foreign = bool(there) if connection.dialect.name == "sqlite" else bool(own & there)
        return _state(parts, {}, _Kept(), fields, records, empty=not foreign, foreign=foreign)
    revisions, kept = _recorded(connection, [part for part in parts if part.version_table in there])
    return _state(parts, revisions, kept, fields, records, empty=not revisions, foreign=False)


def table_names(connection: sa.Connection) -> set[str]:
    """Every table of the database, the engine's own left out."""
    if connection.dialect.name == "sqlite":
        statement = (
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
        )
    else:
        statement = (
            "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace "
            "AND relkind IN ('r', 'p')"
        )
    return {row[0] for row in driver_rows(connection, statement)}


@frozen
class _Kept:
    """What is remembered of declarations, as of the last upgrade."""

    fields: Mapping[str, FieldRecord] = field(factory=dict)
    records: Mapping[str, KnownType] = field(factory=dict)


def _recorded(connection: sa.Connection, parts: Sequence[PluginMigrations]) -> tuple[dict[str, str], _Kept]:
    # Text, because building and compiling an expression takes longer than running it.
    selects = [
        f"SELECT {place}, version_num FROM {quoted(part.version_table)}" for place, part in enumerate(parts)
    ]
    settings = ((-1, FIELDS_SETTING), (-2, RECORDS_SETTING))
    selects += [f"SELECT {place}, value FROM setting WHERE key = '{key}'" for place, key in settings]
    rows = connection.exec_driver_sql(" UNION ALL ".join(selects)).all()
    found = {place: str(value) for place, value in rows}
    kept = _Kept(records_from_json(found.pop(-1, "{}")), types_from_json(found.pop(-2, "{}")))
    return {parts[place].name: revision for place, revision in found.items()}, kept


def _state(
    parts: Sequence[PluginMigrations],
    revisions: Mapping[str, str],
    kept: _Kept,
    fields: Iterable[Field],
    records: Iterable[RecordType],
    *,
    empty: bool,
    foreign: bool,
) -> SchemaState:
    newer: list[tuple[str, str]] = []
    pending: list[Step] = []
    for part in parts:
        steps = list(revisions_of(part))
        have = revisions.get(part.name)
        if have is not None and have not in [step.revision for step in steps]:
            newer.append((part.name, have))
            continue
        pending += steps[_position(steps, have) :]
    return SchemaState(
        empty=empty,
        foreign=foreign,
        newer=tuple(newer),
        pending=tuple(pending),
        fields=tuple(f.name for f in fields if f.name not in kept.fields or kept.fields[f.name].lacks(f)),
        records=tuple(lacking(kept.records, records)),
        versions=dict(revisions),
    )


def _position(steps: Sequence[Step], have: str | None) -> int:
    return next((place + 1 for place, step in enumerate(steps) if step.revision == have), 0)


def revisions_of(part: PluginMigrations) -> Iterator[Step]:
    """A plugin's revisions, first to last. `SchemaError` when they are not one line."""
    if part.folder is None:
        return
    after: dict[str | None, Step] = {}
    for path in sorted(part.folder.glob("*.py")):
        if path.name == "__init__.py":
            continue
        text = path.read_text(encoding="utf-8")
        found = {name: value or None for name, value in _ASSIGNED.findall(text)}
        revision, before = found.get("revision"), found.get("down_revision")
        if revision is None or before in after:
            _refuse(
                phrase(
                    'The revisions of "{part}" are not one line: {path} names no revision',
                    part=part.name,
                    path=path,
                )
                if revision is None
                else phrase(
                    'The revisions of "{part}" are not one line: {path} follows {before}, as another does',
                    part=part.name,
                    path=path,
                    before=before,
                ),
                phrase("Give each revision its own `revision` and a `down_revision` that no other has."),
            )
        after[before] = Step(part.name, revision, _first_line(text))
    yield from _chain(part, after)


def _chain(part: PluginMigrations, after: dict[str | None, Step]) -> Iterator[Step]:
    last: str | None = None
    while last in after:
        step = after.pop(last)
        yield step
        last = step.revision
    if after:
        _refuse(
            phrase(
                'The revisions of "{part}" are not one line: nothing leads to {steps}',
                part=part.name,
                steps=", ".join(step.revision for step in after.values()),
            ),
            phrase("Check their `down_revision`."),
        )


def _first_line(text: str) -> str:
    found = re.search(r'"""(.+?)(?:\n|""")', text)
    return found[1].strip() if found else ""
