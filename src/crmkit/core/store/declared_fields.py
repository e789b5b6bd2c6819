"""Bringing columns to the declared fields, and refusing what the data contradict.

Fields of customers are columns of `customer_field`, those of records of their type's table. Fields are added
and renamed (`was`) here, and get their indexes. A field that is no longer declared keeps its column and its
values until it is purged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import sqlalchemy as sa
from attrs import evolve, frozen

from crmkit.core.errors import Conflict, Invalid
from crmkit.core.model.words import Field
from crmkit.core.phrase import nphrase, phrase
from crmkit.core.store.bulk import quoted
from crmkit.core.store.field_indexes import bring_indexes, drop_indexes
from crmkit.core.store.field_record import MULTI, FieldRecord, records_from_json, records_to_json
from crmkit.core.store.field_work import EXAMPLES, Work, shown_value
from crmkit.core.store.schema import FIELDS_SETTING
from crmkit.core.store.setting import read_setting, write_setting
from crmkit.core.store.tables import column_name, field_column

_BIGGEST: Final = 2**63 - 1
_AS_TEXT: Final = ("text", "choice", "date", "reference")


@frozen
class FieldUpgrade:
    """What was done, one sentence per change, and what is now remembered of the fields, removed ones too."""

    sentences: tuple[str, ...]
    records: tuple[FieldRecord, ...]


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
            drop_indexes(work, record)
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
    bring_indexes(work, each, FieldRecord(name=each.name, type=each.type))


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
        bring_indexes(work, each, known)
    if known.removed:
        work.did(phrase("{called} is declared again, with the values it had", called=work.called(each.name)))


def _retype(work: Work, known: FieldRecord, each: Field) -> FieldRecord:
    count = _count(work, known)
    if count == 0:
        if known.type != MULTI:
            drop_indexes(work, known)
            if not _only_planned(work, known):
                work.run(f"ALTER TABLE {work.table} DROP COLUMN {quoted(column_name(each))}")
        if each.type != MULTI:
            _add_column(work, each)
        known = evolve(known, unique=False, indexed=False, decimals=each.decimals)
    elif not _same_text(known, each):
        examples = ", ".join(shown_value(value) for value in _examples(work, known))
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
    return work.dry_run and column_name(known.as_field()) not in work.columns()


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
    rows = work.rows(f"SELECT DISTINCT {expression} {rest} ORDER BY 1 LIMIT {EXAMPLES}", *values)
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
        examples = ", ".join(f"{shown_value(value)} ({times})" for value, times in outside[:EXAMPLES])
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
            nphrase(
                "The field {called} has {count} number on record that {decimals} decimals cannot hold, "
                "for example {decimal}",
                "The field {called} has {count} numbers on record that {decimals} decimals cannot hold, "
                "for example {decimal}",
                count,
                called=work.called(each.name),
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
