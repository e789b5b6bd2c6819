"""The indexes of declared fields: one that makes values unique, one that finds them quickly."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from attrs import frozen

from crmkit.core.errors import Conflict
from crmkit.core.language import N_
from crmkit.core.model.words import Field
from crmkit.core.phrase import joined, phrase
from crmkit.core.store.bulk import quoted
from crmkit.core.store.field_record import FieldRecord
from crmkit.core.store.field_work import EXAMPLES, Work, shown_value
from crmkit.core.store.tables import column_name

_LONGEST_NAME: Final = 63


@frozen
class _Kind:
    """`declared` names what of a field asks for it; what is said once it is there, and once it is gone."""

    prefix: str
    declared: str
    create: str
    made: str
    dropped: str


_UNIQUE: Final = _Kind(
    "uq", "unique", "CREATE UNIQUE INDEX", N_("{called} is unique"), N_("{called} is no longer unique")
)
_QUICK: Final = _Kind(
    "ix", "indexed", "CREATE INDEX", N_("{called} is indexed"), N_("{called} is no longer indexed")
)
_KINDS: Final = (_UNIQUE, _QUICK)


def bring_indexes(work: Work, each: Field, known: FieldRecord) -> None:
    """Make and drop what the declaration asks for; `Conflict` where values occur twice."""
    column = column_name(each)
    for kind in _KINDS:
        wanted, is_there = getattr(each, kind.declared), getattr(known, kind.declared)
        name = _index_name(kind.prefix, column, work.place.table)
        if wanted and not is_there:
            if kind is _UNIQUE:
                _check_unique(work, each)
            work.run(f"{kind.create} {name} ON {work.table} ({quoted(column)})")
            work.did(phrase(kind.made, called=work.called(each.name)))
        elif is_there and not wanted:
            work.run(f"DROP INDEX IF EXISTS {name}")
            work.did(phrase(kind.dropped, called=work.called(each.name)))


def _check_unique(work: Work, each: Field) -> None:
    column = quoted(column_name(each))
    if column_name(each) not in work.columns():
        return
    twice = work.rows(
        f"SELECT {column}, count(*), min({work.place.holder}), max({work.place.holder}) "
        f"FROM {work.table} WHERE "
        f"{column} IS NOT NULL "
        f"GROUP BY {column} HAVING count(*) > 1 ORDER BY 2 DESC, 1"
    )
    if twice:
        whose = phrase(work.place.whose)
        listed = joined(", ", [
            phrase(
                "{value} ({times} times, {whose} {one} and {other})",
                value=shown_value(value), times=times, whose=whose, one=one, other=other,
            )
            for value, times, one, other in twice[:EXAMPLES]
        ])  # fmt: skip
        raise Conflict(
            phrase(
                "The field {called} cannot be unique: {count} values occur more than once: {listed}",
                called=work.called(each.name),
                count=len(twice),
                listed=listed,
            ),
            hint=phrase("Change or merge those {whose} first, or leave out `unique`.", whose=whose),
            count=len(twice),
        )


def drop_indexes(work: Work, record: FieldRecord) -> None:
    """Drop what indexes a field has."""
    column = column_name(record.as_field())
    for kind in _KINDS:
        work.run(f"DROP INDEX IF EXISTS {_index_name(kind.prefix, column, work.place.table)}")


def _index_name(kind: str, column: str, table: str) -> str:
    """As it stands in a statement, and no longer than PostgreSQL allows."""
    name = f"{kind}_{table}_{column}"
    if len(name) > _LONGEST_NAME:
        name = f"{name[: _LONGEST_NAME - 9]}_{sha256(name.encode()).hexdigest()[:8]}"
    return quoted(name)
