"""Whose a row is: the words with which every table declares it, and the checks that it did.

Merge, un-merge, privacy export and erasure are written once, over these declarations. They live in
`Column.info` and `Table.info`, so any MetaData can carry them, and `contract()` makes plain JSON of them,
which `crm db upgrade` keeps in the database for the day on which the plugin is gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

import sqlalchemy as sa
from attrs import asdict, field, frozen
from sqlalchemy.exc import NoReferenceError

from crmkit.core.errors import Invalid
from crmkit.core.language import N_
from crmkit.core.phrase import phrase

KEY: Final = "crmkit"
# In `info` of an index: for which rows it is, in SQL.
WHERE: Final = "where"
ROOT: Final = "customer"
EMPLOYEE: Final = "employee"
Erase = Literal["delete", "blank", "keep"]
# What is said of a foreign key whose other end is named, and not given as a column, by the table it names.
_LOST: Final = {
    ROOT: N_(
        '{table}: column "{column}" names {target}; say '
        'customer_column("{column}", tables.customer, erase=…) instead'
    ),
    EMPLOYEE: N_(
        '{table}: column "{column}" names {target}; say '
        'employee_column("{column}", tables.employee, handover=…) instead'
    ),
}
_LOST_OTHER: Final = N_(
    '{table}: column "{column}" names {target}, which is none of the plugin\'s tables; one of the core is '
    "given by its column, such as sa.ForeignKey(tables.customer.c.id)"
)
# What both databases give back as it was put in, also by way of the journal of merges.
_EXACT: Final = (sa.Integer, sa.String, sa.Boolean, sa.Date, sa.DateTime, sa.Time)


@frozen
class Conflict:
    """What happens when a merge would break a unique constraint: which row stays, which columns add up."""

    keep: str
    combine: Mapping[str, str] = field(factory=dict)


@frozen
class Link:
    """A column that leads to the customer, straight or `via` another table, and its answer to an erasure."""

    via: str | None
    erase: str
    reason: str = ""


@frozen
class Personal:
    """A column with data about a person: whose (`of` a customer column), and what an erasure leaves there."""

    of: str | None = None
    blank: Any = None


@frozen
class Staff:
    """A column that refers to an employee: whether the row goes to who takes over when they leave.

    `until` is the column that is empty for as long as the row is still to be seen to; the others stay.
    """

    handover: str
    until: str | None = None
    reason: str = ""


@frozen
class Ownership:
    """What a table says of itself as a whole."""

    conflict: Conflict | None = None
    self_link: str | None = None
    impersonal: str | None = None
    fill: tuple[str, ...] = ()


def on_conflict(keep: str, combine: Mapping[str, str] | None = None) -> Conflict:
    """Answer a merge that would break a unique constraint over a customer column.

    `keep` is `survivor` or `newest:COLUMN`; `combine` maps columns to `sum`, `min`, `max` or
    `first_non_null`, the column `*` standing for every one that is neither key nor leads to a customer.
    """
    if keep != "survivor" and not keep.startswith("newest:"):
        raise Invalid(
            phrase('on_conflict keep="{keep}" is unknown', keep=keep),
            hint='Use "survivor" or "newest:COLUMN".',
        )
    return Conflict(keep, dict(combine or {}))


def owned(*, conflict: Conflict | None = None, self_link: str | None = None) -> dict[str, Any]:
    """`info` of a table with customer columns; `self_link` (`drop`, `keep`) where there are two of them."""
    return {KEY: Ownership(conflict=conflict, self_link=self_link)}


def impersonal(reason: str) -> dict[str, Any]:
    """`info` of a table that holds nothing about customers, and why."""
    return {KEY: Ownership(impersonal=reason)}


def root(*, fill: tuple[str, ...]) -> dict[str, Any]:
    """`info` of the customer table: at a merge the survivor's empty columns of `fill` take the other's
    value.
    """
    return {KEY: Ownership(fill=fill)}


def customer_column(
    name: str, customer: sa.Table, *, erase: Erase, reason: str = "", **options: Any
) -> sa.Column[int]:
    """A foreign key to the customer. `erase` says what becomes of the row; `keep` needs a `reason`."""
    info = {KEY: Link(None, _checked(erase, reason), reason)}
    return sa.Column(name, sa.BigInteger, sa.ForeignKey(customer.c.id), info=info, **options)


def via(name: str, parent: sa.Table, *, erase: Erase, reason: str = "", **options: Any) -> sa.Column[int]:
    """A foreign key to a table that belongs to customers: the row belongs to whom its parent belongs."""
    info = {KEY: Link(parent.name, _checked(erase, reason), reason)}
    return sa.Column(name, sa.BigInteger, sa.ForeignKey(parent.c.id), info=info, **options)


def employee_column(
    name: str,
    employee: sa.Table,
    *,
    handover: Literal["move", "keep"],
    until: str | None = None,
    reason: str = "",
    **options: Any,
) -> sa.Column[int]:
    """A foreign key to an employee. `handover` says what becomes of the row when they leave.

    `move` gives it to who takes over; with `until="done_at"` only while the column `done_at` is empty. `keep`
    leaves the name of who did it, and needs a `reason`.
    """
    if handover not in ("move", "keep"):
        raise Invalid(
            phrase('handover="{handover}" is unknown', handover=handover),
            hint='Use "move", or "keep" with a reason.',
        )
    if handover == "keep" and not reason:
        raise Invalid('handover="keep" needs a reason', hint="Say why the row stays with who has left.")
    info = {KEY: Staff(handover, until, reason)}
    return sa.Column(name, sa.BigInteger, sa.ForeignKey(employee.c.id), info=info, **options)


def personal(
    name: str, type_: Any, *, of: str | None = None, blank: Any = None, **options: Any
) -> sa.Column[Any]:
    """A column with data about a person. `of` names whose where a table has two customer columns; `blank` is
    what an erasure that keeps the row leaves there (NULL by default; needed where NULL is not allowed)."""
    return sa.Column(name, type_, info={KEY: Personal(of, blank)}, **options)


def _checked(erase: str, reason: str) -> str:
    if erase not in ("delete", "blank", "keep"):
        raise Invalid(
            phrase('erase="{erase}" is unknown', erase=erase),
            hint='Use "delete", "blank" or "keep" with a reason.',
        )
    if erase == "keep" and not reason:
        raise Invalid('erase="keep" needs a reason', hint="Say why the row outlives the person.")
    return erase


def links(table: sa.Table) -> dict[str, Link]:
    """The columns of `table` that lead to a customer."""
    return {c.name: c.info[KEY] for c in table.columns if isinstance(c.info.get(KEY), Link)}


def customer_columns(table: sa.Table) -> list[str]:
    """The columns of `table` that hold a customer's id."""
    return [name for name, link in links(table).items() if link.via is None]


def employee_columns(table: sa.Table) -> dict[str, Staff]:
    """The columns of `table` that say what becomes of a row when an employee leaves."""
    return {c.name: c.info[KEY] for c in table.columns if isinstance(c.info.get(KEY), Staff)}


def personal_columns(table: sa.Table) -> dict[str, Personal]:
    """The columns of `table` with data about a person."""
    return {c.name: c.info[KEY] for c in table.columns if isinstance(c.info.get(KEY), Personal)}


def contract(table: sa.Table) -> dict[str, Any]:
    """The table's declarations as plain JSON values; `crmkit.core.store.contracts` reads them back.

    `types` gives each column's sort of value (`integer`, `text`, `real`, `bytes`), `unique` the sets of
    columns that no two rows may share, `where` being the condition of a partial index.
    """
    own = table.info.get(KEY, Ownership())
    return {
        "table": table.name,
        "key": [c.name for c in table.primary_key.columns],
        "ownership": asdict(own),
        "links": {name: asdict(link) for name, link in links(table).items()},
        "personal": {name: asdict(column) for name, column in personal_columns(table).items()},
        "employees": {name: asdict(column) for name, column in employee_columns(table).items()},
        "columns": [c.name for c in table.columns],
        "types": {c.name: _sort(c.type) for c in table.columns},
        "nullable": [c.name for c in table.columns if c.nullable],
        "unique": [{"columns": names, "where": where} for names, where in _uniques(table)],
        "refers": {
            key.parent.name: key.column.table.name
            for key in sorted(table.foreign_keys, key=lambda each: each.parent.name)
        },
    }


def _sort(type_: sa.types.TypeEngine[Any]) -> str:
    if isinstance(type_, sa.Integer | sa.Boolean):
        return "integer"
    if isinstance(type_, sa.LargeBinary):
        return "bytes"
    return "real" if isinstance(type_, sa.Numeric) else "text"


def _uniques(table: sa.Table) -> list[tuple[list[str], str | None]]:
    """The unique sets in an order that does not change, each with its index's condition."""
    constraints = (each for each in table.constraints if isinstance(each, sa.UniqueConstraint))
    found: list[tuple[list[str], str | None]] = [
        ([column.name for column in each.columns], None) for each in constraints
    ]
    indexes = (each for each in table.indexes if each.unique)
    found += [([column.name for column in index.columns], _condition(index)) for index in indexes]
    return sorted(found, key=lambda pair: (pair[0], pair[1] or ""))


def _condition(index: sa.Index) -> str | None:
    if WHERE in index.info:
        return str(index.info[WHERE])
    where = (index.dialect_options[name]["where"] for name in ("sqlite", "postgresql"))
    return next((str(one) for one in where if one is not None), None)


def problems(metadata: sa.MetaData, known: Mapping[str, sa.Table]) -> list[str]:
    """Everything wrong with the declarations of `metadata`'s tables; `known` are tables they may refer to."""
    if lost := [problem for table in metadata.tables.values() for problem in _lost_keys(table)]:
        return lost  # without its other end nothing else can be asked of the table
    found = [problem for table in metadata.sorted_tables for problem in table_problems(table, known)]
    if ROOT not in metadata.tables:
        # The core hands its own tables over by itself.
        found += [problem for table in metadata.sorted_tables for problem in _employee_problems(table)]
    return found


def _lost_keys(table: sa.Table) -> Iterator[str]:
    """Foreign keys by the name of a table that the MetaData has not: those of others are given as columns."""
    for key in table.foreign_keys:
        try:
            _ = key.column
        except NoReferenceError:
            target, column = key.target_fullname, key.parent.name
            said = _LOST.get(target.partition(".")[0], _LOST_OTHER)
            yield phrase(said, table=table.name, column=column, target=target)


def _employee_problems(table: sa.Table) -> Iterator[str]:
    declared = employee_columns(table)
    for key in table.foreign_keys:
        if key.column.table.name == EMPLOYEE and key.parent.name not in declared:
            yield (
                phrase(
                    '{table}: column "{column}" refers to employee without employee_column(…, handover=…)',
                    table=table.name,
                    column=key.parent.name,
                )
            )
    for name, said in declared.items():
        if said.until is not None and said.until not in table.c:
            yield phrase(
                '{table}: column "{column}" says until="{until}", which the table lacks',
                table=table.name,
                column=name,
                until=said.until,
            )


def table_problems(table: sa.Table, known: Mapping[str, sa.Table]) -> Iterator[str]:
    """Everything wrong with one table's declarations, each a sentence that names the table and the way
    out.
    """
    own = table.info.get(KEY)
    if own is not None and own.impersonal:
        yield from (
            phrase(
                '{table}: says impersonal, but column "{column}" leads to customers',
                table=table.name,
                column=name,
            )
            for name in links(table)
        )
        yield from _undeclared_keys(table, known)
        return
    yield from _undeclared_keys(table, known)
    if table.name != ROOT and not links(table):
        yield phrase(
            "{table}: says not whose it is; use customer_column, via, or info=impersonal(reason)",
            table=table.name,
        )
    yield from _key_problems(table)
    yield from _conflict_problems(table, own or Ownership())
    yield from _two_sided_problems(table, own or Ownership())
    yield from _personal_problems(table)
    yield from _parent_problems(table, known)


def _undeclared_keys(table: sa.Table, known: Mapping[str, sa.Table]) -> Iterator[str]:
    for key in table.foreign_keys:
        target = key.column.table
        column = key.parent
        if isinstance(column.info.get(KEY), Link) or not _belongs_to_customers(target, known):
            continue
        word = "customer_column" if target.name == ROOT else "via"
        yield phrase(
            '{table}: column "{column}" refers to {target} without {word}(…, erase=…)',
            table=table.name,
            column=column.name,
            target=target.name,
            word=word,
        )


def _belongs_to_customers(table: sa.Table, known: Mapping[str, sa.Table]) -> bool:
    table = known.get(table.name, table)
    return table.name == ROOT or bool(links(table))


def _key_problems(table: sa.Table) -> Iterator[str]:
    keys = list(table.primary_key.columns)
    if len(keys) != 1 or not isinstance(keys[0].type, sa.Integer):
        yield phrase(
            "{table}: needs one integer primary key, because a merge journals rows by it", table=table.name
        )


def unique_sets(table: sa.Table) -> list[frozenset[str]]:
    """The column sets that a constraint or index of `table` holds unique, the primary key left out."""
    constraints = (each for each in table.constraints if isinstance(each, sa.UniqueConstraint))
    found = [frozenset(column.name for column in each.columns) for each in constraints]
    return [*found, *(frozenset(c.name for c in index.columns) for index in table.indexes if index.unique)]


def _conflict_problems(table: sa.Table, own: Ownership) -> Iterator[str]:
    columns = set(links(table))
    clashing = [sorted(names) for names in unique_sets(table) if names & columns]
    if clashing and own.conflict is None:
        yield (
            phrase(
                "{table}: unique over {columns} breaks at a merge; say "
                "info=owned(conflict=on_conflict(keep=…))",
                table=table.name,
                columns=", ".join(clashing[0]),
            )
        )
    if own.conflict is None:
        return
    named = [*own.conflict.combine, *own.conflict.keep.split(":")[1:]]
    named = [column for column in named if column != "*"]
    yield from (
        phrase('{table}: on_conflict names "{column}", which it lacks', table=table.name, column=name)
        for name in named
        if name not in table.c
    )
    for column in table.columns:
        kind = column.type.impl_instance if isinstance(column.type, sa.TypeDecorator) else column.type
        if not isinstance(kind, _EXACT):
            yield phrase(
                '{table}: column "{column}" cannot be journalled exactly; use an integer, a text or a date',
                table=table.name,
                column=column.name,
            )


def _two_sided_problems(table: sa.Table, own: Ownership) -> Iterator[str]:
    sides = customer_columns(table)
    if len(sides) < 2:
        return
    if own.self_link not in ("drop", "keep"):
        yield phrase(
            '{table}: has two customer columns; say info=owned(self_link="drop" or "keep")', table=table.name
        )
    for name, column in personal_columns(table).items():
        if column.of not in sides:
            yield phrase(
                '{table}: personal column "{column}" must say of= one of {sides}',
                table=table.name,
                column=name,
                sides=", ".join(sides),
            )


def _personal_problems(table: sa.Table) -> Iterator[str]:
    if all(link.erase == "delete" for link in links(table).values()) and table.name != ROOT:
        return
    single = {next(iter(names)) for names in unique_sets(table) if len(names) == 1}
    for name, column in personal_columns(table).items():
        if column.blank is None and not table.c[name].nullable:
            yield phrase(
                '{table}: personal column "{column}" is NOT NULL; say blank= what an erasure leaves',
                table=table.name,
                column=name,
            )
        if name in single and column.blank is not None:
            yield phrase(
                '{table}: personal column "{column}" is unique and cannot be blanked to one constant',
                table=table.name,
                column=name,
            )


def _parent_problems(table: sa.Table, known: Mapping[str, sa.Table]) -> Iterator[str]:
    for name, link in links(table).items():
        parent = known.get(link.via or "")
        if parent is None or link.erase == "delete":
            continue
        if any(up.erase == "delete" for up in links(parent).values()):
            yield phrase(
                '{table}: "{column}" outlives its parent {target}, which an erasure deletes',
                table=table.name,
                column=name,
                target=parent.name,
            )
