"""Bringing columns to the declared fields, and refusing what the data contradict.

Fields of customers are columns of `customer_field`, those of records of their type's table. Fields are added,
renamed (`was`), indexed and made unique here. A field that is no longer declared keeps its column and its
values until it is purged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, Final

import sqlalchemy as sa
from attrs import evolve, field, frozen

from crmkit.core.errors import Conflict, Invalid
from crmkit.core.language import N_
from crmkit.core.model.words import Field
from crmkit.core.phrase import nphrase, phrase
from crmkit.core.store.bulk import quoted
from crmkit.core.store.field_record import MULTI, FieldRecord, records_from_json, records_to_json
from crmkit.core.store.schema import FIELDS_SETTING
from crmkit.core.store.setting import read_setting, write_setting
from crmkit.core.store.tables import column_name, field_column

_LONGEST_NAME: Final = 63
_EXAMPLES: Final = 3
_BIGGEST: Final = 2**63 - 1
_AS_TEXT: Final = ("text", "choice", "date", "reference")


@frozen
class FieldUpgrade:
    """What was done, one sentence per change, and what is now remembered of the fields, removed ones too."""

    sentences: tuple[str, ...]
    records: tuple[FieldRecord, ...]


@frozen
class Place:
    """Where fields are: the table, its column that says whose a value is, and who those are in a sentence.

    `prefix` comes before a field's name in a sentence.
    """

    table: str
    holder: str
    whose: str
    prefix: str = ""


CUSTOMERS: Final = Place("customer_field", "customer_id", N_("customers"))


@frozen
class Work:
    """One upgrade of the fields of one table: its connection and what it did. With `dry_run` it checks and
    writes nothing. `has_columns`: the table was just made, with them; adding one costs SQLite more than that.
    """

    connection: sa.Connection
    dry_run: bool
    place: Place = CUSTOMERS
    sentences: list[str] = field(factory=list)
    has_columns: bool = False

    @property
    def table(self) -> str:
        """The table, as it stands in a statement."""
        return quoted(self.place.table)

    def called(self, name: str) -> str:
        """A field's name in a sentence."""
        return f'"{self.place.prefix}{name}"'

    def run(self, statement: str, *values: Any) -> None:
        """Run a statement with `?` marks, unless this is a dry run."""
        if not self.dry_run:
            self._execute(statement, values)

    def rows(self, statement: str, *values: Any) -> list[Any]:
        """The rows of a query with `?` marks."""
        return list(self._execute(statement, values))

    def value(self, statement: str, *values: Any) -> Any:
        """The first value of a query with `?` marks."""
        return self._execute(statement, values).scalar()

    def _execute(self, statement: str, values: tuple[Any, ...]) -> sa.CursorResult[Any]:
        if self.connection.dialect.name == "postgresql":
            # A field's name holds neither sign.
            statement = statement.replace("%", "%%").replace("?", "%s")
        return self.connection.exec_driver_sql(statement, values)

    def did(self, sentence: str) -> None:
        """Note a change."""
        self.sentences.append(sentence)


def upgrade_fields(connection: sa.Connection, fields: Iterable[Field], *, dry_run: bool) -> FieldUpgrade:
    """Bring columns and indexes to the declarations and remember these; `Conflict` when the data
    contradict."""
    work = Work(connection, dry_run)
    before = _remembered(connection)
    records = bring(work, fields, before)
    if records != before and not dry_run:
        write_setting(connection, FIELDS_SETTING, records_to_json(records.values()))
    return FieldUpgrade(tuple(work.sentences), tuple(records.values()))


def bring(work: Work, fields: Iterable[Field], before: Mapping[str, FieldRecord]) -> dict[str, FieldRecord]:
    """Bring one table to its declared `fields`; what is now remembered of them. `Conflict` as above."""
    wanted = {each.name: each for each in fields}
    records = dict(before)
    _rename(work, wanted, records)
    for each in wanted.values():
        known = records.get(each.name)
        if known is None:
            _add(work, each)
        else:
            _change(work, known, each)
        records[each.name] = FieldRecord.of(each)
    for name, record in records.items():
        if name not in wanted and not record.removed:
            work.did(phrase("{called} is no longer declared; its values stay", called=work.called(name)))
            records[name] = evolve(record, removed=True)
    return records


def _remembered(connection: sa.Connection) -> dict[str, FieldRecord]:
    return records_from_json(read_setting(connection, FIELDS_SETTING) or "{}")


def _rename(work: Work, wanted: Mapping[str, Field], records: dict[str, FieldRecord]) -> None:
    for each in wanted.values():
        old = _former_name(each, records)
        if old is None or each.name in records:
            continue
        if old in wanted:
            raise Invalid(
                phrase(
                    'The field {called} says was = "{old}", but "{old}" is declared as well',
                    called=work.called(each.name),
                    old=old,
                ),
                hint=phrase(
                    "Remove the declaration of {called}, or the `was` of {other}.",
                    called=work.called(old),
                    other=work.called(each.name),
                ),
            )
        record = records.pop(old)
        if record.type == MULTI:
            work.run("UPDATE customer_choice SET field = ? WHERE field = ?", each.name, old)
        else:
            _drop_indexes(work, record)
            column, former = quoted(column_name(each)), quoted(column_name(record.as_field()))
            work.run(f"ALTER TABLE {work.table} RENAME COLUMN {former} TO {column}")
            record = evolve(record, unique=False, indexed=False)
        work.did(
            phrase("{called} was renamed to {name}", called=work.called(old), name=work.called(each.name))
        )
        records[each.name] = evolve(record, name=each.name)


def _former_name(each: Field, records: Mapping[str, FieldRecord]) -> str | None:
    if each.was is None:
        return None
    owner = each.name.rpartition(".")[0]
    return next((name for name in (each.was, f"{owner}.{each.was}") if name in records), None)


def _add(work: Work, each: Field) -> None:
    work.did(phrase("{called} ({type}) was added", called=work.called(each.name), type=each.type))
    if each.type == MULTI:
        return
    if not work.has_columns:
        _add_column(work, each)
    _index(work, each, FieldRecord(name=each.name, type=each.type))


def _add_column(work: Work, each: Field) -> None:
    ddl = sa.schema.CreateColumn(field_column(each)).compile(dialect=work.connection.dialect)
    work.run(f"ALTER TABLE {work.table} ADD COLUMN {ddl}")


def _change(work: Work, known: FieldRecord, each: Field) -> None:
    known = _retype(work, known, each) if known.type != each.type else known
    if known.type == "reference" == each.type and known.to != each.to:
        _require_empty(work, known, each)
    if each.type in ("choice", MULTI):
        _check_choices(work, known, each)
    if each.type == "number" and known.decimals != each.decimals:
        _rescale(work, known, each)
    if each.type != MULTI:
        _index(work, each, known)
    if known.removed:
        work.did(phrase("{called} is declared again, with the values it had", called=work.called(each.name)))


def _retype(work: Work, known: FieldRecord, each: Field) -> FieldRecord:
    count = _count(work, known)
    if count == 0:
        if known.type != MULTI:
            _drop_indexes(work, known)
            if not _only_planned(work, known):
                work.run(f"ALTER TABLE {work.table} DROP COLUMN {quoted(column_name(each))}")
        if each.type != MULTI:
            _add_column(work, each)
        known = evolve(known, unique=False, indexed=False, decimals=each.decimals)
    elif not _same_text(known, each):
        examples = ", ".join(_shown(value) for value in _examples(work, known))
        raise Conflict(
            phrase(
                "The field {called} is on record as {type} with {count} values, for example {examples}; "
                "it cannot become {each_type}",
                called=work.called(each.name),
                type=known.type,
                count=count,
                examples=examples,
                each_type=each.type,
            ),
            hint=(
                phrase(
                    'Keep type = "{type}", or declare a new field under another name and fill it from '
                    "this one.",
                    type=known.type,
                )
            ),
            count=count,
        )
    work.did(
        phrase(
            "{called} became {type} (it was {former})",
            called=work.called(each.name),
            type=each.type,
            former=known.type,
        )
    )
    return evolve(known, type=each.type)


def _require_empty(work: Work, known: FieldRecord, each: Field) -> None:
    """A reference can lead elsewhere only while it leads nowhere."""
    count = _count(work, known)
    if count:
        raise Conflict(
            phrase(
                "The field {called} refers to {to} in {count} values; it cannot refer to {each_to}",
                called=work.called(each.name),
                to=known.to,
                count=count,
                each_to=each.to,
            ),
            hint=phrase('Keep to = "{to}", or declare a new field under another name.', to=known.to),
            count=count,
        )
    work.did(
        phrase(
            "{called} refers to {to} (it was {former})",
            called=work.called(each.name),
            to=each.to,
            former=known.to,
        )
    )


def _same_text(known: FieldRecord, each: Field) -> bool:
    return (known.type == "text" and each.type == "choice") or (
        known.type in _AS_TEXT and each.type == "text"
    )


def _only_planned(work: Work, known: FieldRecord) -> bool:
    """Whether a dry run renamed the column on paper only."""
    if known.type == MULTI:
        return False
    return work.dry_run and column_name(known.as_field()) not in _columns(work)


def _columns(work: Work) -> set[str]:
    return {column["name"] for column in sa.inspect(work.connection).get_columns(work.place.table)}


def _source(work: Work, record: FieldRecord) -> tuple[str, str, tuple[Any, ...]]:
    """Where a field's values are: the expression, the rest of the query, and its values."""
    if record.type == MULTI:
        return "value", "FROM customer_choice WHERE field = ?", (record.name,)
    column = quoted(column_name(record.as_field()))
    return column, f"FROM {work.table} WHERE {column} IS NOT NULL", ()


def _count(work: Work, record: FieldRecord) -> int:
    if _only_planned(work, record):
        return 0
    _, rest, values = _source(work, record)
    return int(work.value(f"SELECT count(*) {rest}", *values))


def _examples(work: Work, record: FieldRecord) -> list[Any]:
    expression, rest, values = _source(work, record)
    rows = work.rows(f"SELECT DISTINCT {expression} {rest} ORDER BY 1 LIMIT {_EXAMPLES}", *values)
    return [row[0] for row in rows]


def _check_choices(work: Work, known: FieldRecord, each: Field) -> None:
    # A field that was text until now has no choices on record, though it has values.
    if known.choices and set(known.choices) <= set(each.choices):
        return
    record = evolve(known, name=each.name, type=each.type)
    if _only_planned(work, record):
        return
    expression, rest, values = _source(work, record)
    marks = ", ".join("?" * len(each.choices)) or "NULL"
    outside = work.rows(
        f"SELECT {expression}, count(*) {rest} AND {expression} NOT IN ({marks}) GROUP BY 1 ORDER "
        "BY 2 DESC, 1",
        *values,
        *each.choices,
    )
    if outside:
        count = sum(row[1] for row in outside)
        examples = ", ".join(f"{_shown(value)} ({times})" for value, times in outside[:_EXAMPLES])
        raise Conflict(
            nphrase(
                "The field {called} has {count} value on record that is not among its choices: {examples}",
                "The field {called} has {count} values on record that are not among its choices: {examples}",
                count,
                called=work.called(each.name),
                examples=examples,
            ),
            hint=phrase(
                "Add them to `choices`, or change those {whose} first.", whose=phrase(work.place.whose)
            ),
            count=count,
        )


def _rescale(work: Work, known: FieldRecord, each: Field) -> None:
    shift = each.decimals - known.decimals
    work.did(
        phrase(
            "{called} has {decimals} decimals (it had {former})",
            called=work.called(each.name),
            decimals=each.decimals,
            former=known.decimals,
        )
    )
    if _only_planned(work, known) or _count(work, known) == 0:
        return
    column = quoted(column_name(each))
    factor = 10 ** abs(shift)
    wrong = f"{column} NOT BETWEEN {-(_BIGGEST // factor)} AND {_BIGGEST // factor}"
    if shift < 0:
        wrong = f"{column} % {factor} <> 0"
    count = work.value(f"SELECT count(*) FROM {work.table} WHERE {wrong}")
    if count:
        example = work.value(f"SELECT {column} FROM {work.table} WHERE {wrong} LIMIT 1")
        raise Conflict(
            phrase(
                "The field {called} has {count} {value} on record that {decimals} decimals cannot hold, "
                "for example {decimal}",
                called=work.called(each.name),
                count=count,
                value="number" if count == 1 else "numbers",
                decimals=each.decimals,
                decimal=_decimal(example, known.decimals),
            ),
            hint=phrase(
                "Keep decimals = {decimals}, or change those {whose} first.",
                decimals=known.decimals,
                whose=phrase(work.place.whose),
            ),
            count=count,
        )
    work.run(f"UPDATE {work.table} SET {column} = {column} {'*' if shift > 0 else '/'} {factor}")


def _decimal(scaled: int, decimals: int) -> str:
    from decimal import Decimal

    return str(Decimal(scaled).scaleb(-decimals))


def _index(work: Work, each: Field, known: FieldRecord) -> None:
    column = column_name(each)
    if each.unique and not known.unique:
        _check_unique(work, each)
        work.run(
            f"CREATE UNIQUE INDEX {index_name('uq', column, work.place.table)} "
            f"ON {work.table} ({quoted(column)})"
        )
        work.did(phrase("{called} is unique", called=work.called(each.name)))
    if known.unique and not each.unique:
        work.run(f"DROP INDEX IF EXISTS {index_name('uq', column, work.place.table)}")
        work.did(phrase("{called} is no longer unique", called=work.called(each.name)))
    if each.indexed and not known.indexed:
        work.run(
            f"CREATE INDEX {index_name('ix', column, work.place.table)} ON {work.table} ({quoted(column)})"
        )
        work.did(phrase("{called} is indexed", called=work.called(each.name)))
    if known.indexed and not each.indexed:
        work.run(f"DROP INDEX IF EXISTS {index_name('ix', column, work.place.table)}")
        work.did(phrase("{called} is no longer indexed", called=work.called(each.name)))


def _check_unique(work: Work, each: Field) -> None:
    column = quoted(column_name(each))
    if column_name(each) not in _columns(work):
        return
    twice = work.rows(
        f"SELECT {column}, count(*), min({work.place.holder}), max({work.place.holder}) "
        f"FROM {work.table} WHERE "
        f"{column} IS NOT NULL "
        f"GROUP BY {column} HAVING count(*) > 1 ORDER BY 2 DESC, 1"
    )
    if twice:
        listed = ", ".join(
            f"{_shown(v)} ({n} times, {work.place.whose} {a} and {b})" for v, n, a, b in twice[:_EXAMPLES]
        )
        raise Conflict(
            phrase(
                "The field {called} cannot be unique: {count} values occur more than once: {listed}",
                called=work.called(each.name),
                count=len(twice),
                listed=listed,
            ),
            hint=phrase(
                "Change or merge those {whose} first, or leave out `unique`.", whose=phrase(work.place.whose)
            ),
            count=len(twice),
        )


def _drop_indexes(work: Work, record: FieldRecord) -> None:
    column = column_name(record.as_field())
    for kind in ("uq", "ix"):
        work.run(f"DROP INDEX IF EXISTS {index_name(kind, column, work.place.table)}")


def index_name(kind: str, column: str, table: str) -> str:
    """The quoted name of a field's index, no longer than PostgreSQL allows."""
    name = f"{kind}_{table}_{column}"
    if len(name) > _LONGEST_NAME:
        name = f"{name[: _LONGEST_NAME - 9]}_{sha256(name.encode()).hexdigest()[:8]}"
    return quoted(name)


def _shown(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)
