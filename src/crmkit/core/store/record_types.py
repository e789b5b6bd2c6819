"""Bringing the tables of record types to their declarations, and refusing what the data contradict.

A table is made with the columns of all its fields; those declared later are added one by one. A type
that is no longer declared keeps its table and its records; one that was renamed keeps its table, under the
name that it was made with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import sqlalchemy as sa
from attrs import evolve, frozen

from crmkit.core.errors import Conflict
from crmkit.core.language import N_
from crmkit.core.model.words import RecordType
from crmkit.core.phrase import nphrase, phrase
from crmkit.core.store.adopting import adopt, to_adopt
from crmkit.core.store.declared_fields import bring
from crmkit.core.store.field_work import Place, Work
from crmkit.core.store.known_type import KnownType, types_from_json, types_to_json
from crmkit.core.store.schema import RECORDS_SETTING
from crmkit.core.store.setting import read_setting, write_setting
from crmkit.core.store.tables import build_tables, column_name

# Gives every record of a type the title that its fields make; returns how many got another.
Retitle = Callable[[sa.Connection, RecordType], int]


@frozen
class RecordsUpgrade:
    """What was done, a sentence for each change of a type and of a field, and what is now remembered."""

    types: tuple[str, ...]
    fields: tuple[str, ...]
    known: tuple[KnownType, ...]


def planned_records(types: Iterable[RecordType]) -> RecordsUpgrade:
    """What an upgrade of an empty database would do."""
    wanted = list(types)
    return RecordsUpgrade(
        tuple(phrase('"{name}" was added', name=each.name) for each in wanted),
        tuple(sentence for each in wanted for sentence in _new_fields(each)),
        (),
    )


def upgrade_records(
    connection: sa.Connection, types: Iterable[RecordType], *, dry_run: bool, retitle: Retitle | None = None
) -> RecordsUpgrade:
    """Bring the tables to the declarations and remember these; `Conflict` when the data contradict.

    Without `retitle` records keep the titles they have, also where a title is declared otherwise now.
    """
    before = types_from_json(read_setting(connection, RECORDS_SETTING) or "{}")
    known = dict(before)
    said: list[str] = []
    about_fields: list[str] = []
    wanted = list(types)
    for type_ in wanted:
        _rename(connection, type_, known, said, dry_run)
    for type_ in wanted:
        there = known.get(type_.name)
        known[type_.name] = _one(connection, type_, there, said, about_fields, dry_run)
        if there is None:
            _adopt(connection, type_, said, dry_run, retitle)
        if there is not None and there.title != type_.title_pattern and not dry_run and retitle is not None:
            count = retitle(connection, type_)
            if count:
                said.append(
                    nphrase(
                        '"{name}": {count} of its records got the title that is declared now',
                        '"{name}": {count} of its records got the title that is declared now',
                        count,
                        name=type_.name,
                    )
                )
    for name in set(known) - {type_.name for type_ in wanted}:
        if not known[name].removed:
            said.append(phrase('"{name}" is no longer declared; its records stay', name=name))
            known[name] = evolve(known[name], removed=True)
    if known != before and not dry_run:
        write_setting(connection, RECORDS_SETTING, types_to_json(known.values()))
    return RecordsUpgrade(tuple(said), tuple(about_fields), tuple(known.values()))


def record_tables(known: Sequence[KnownType]) -> dict[str, list[sa.Table]]:
    """The tables of these types by who keeps them, with a column for every field that has one."""
    built = build_tables((), [each.as_type() for each in known]).records if known else {}
    by_owner: dict[str, list[sa.Table]] = {}
    for each in known:
        by_owner.setdefault(each.owner, []).append(built[each.name])
    return by_owner


def _one(
    connection: sa.Connection,
    type_: RecordType,
    known: KnownType | None,
    said: list[str],
    about_fields: list[str],
    dry_run: bool,
) -> KnownType:
    if known is None:
        said.append(phrase('"{name}" was added', name=type_.name))
        if dry_run:
            about_fields.extend(_new_fields(type_))
            return KnownType.of(type_, {})
        build_tables((), [type_]).records[type_.name].create(connection, checkfirst=False)
    else:
        _require_place(type_, known)
        _check_states(connection, type_, known)
        if known.removed:
            said.append(phrase('"{name}" is declared again, with the records it had', name=type_.name))
    place = Place(type_.table, "id", N_("records"), f"{type_.name}.")
    work = Work(connection, dry_run, place, about_fields, has_columns=known is None)
    return KnownType.of(type_, bring(work, type_.fields, known.fields if known else {}))


def _adopt(
    connection: sa.Connection, type_: RecordType, said: list[str], dry_run: bool, retitle: Retitle | None
) -> None:
    """Let a new type take over what its plugin kept until now."""
    count = to_adopt(connection, type_) if dry_run else adopt(connection, type_)
    if count and type_.adopts is not None:
        said.append(
            nphrase(
                '"{name}": {count} row of {table} became a record',
                '"{name}": {count} rows of {table} became records',
                count,
                name=type_.name,
                table=type_.adopts.table,
            )
        )
        if retitle is not None and not dry_run:
            retitle(connection, type_)


def _rename(
    connection: sa.Connection, type_: RecordType, known: dict[str, KnownType], said: list[str], dry_run: bool
) -> None:
    """Know a type by its new name, and let the references of all types lead to it."""
    old = type_.was
    if old is None or old not in known or type_.name in known:
        return
    said.append(
        phrase(
            '"{old}" was renamed to "{name}"; its records stay in the table {table}',
            old=old,
            name=type_.name,
            table=known[old].table,
        )
    )
    known[type_.name] = evolve(known.pop(old), name=type_.name)
    for name, each in known.items():
        led = {
            key: field for key, field in each.fields.items() if field.type == "reference" and field.to == old
        }
        for field in led.values():
            if not dry_run:
                _lead(connection, each.table, column_name(field.as_field()), old, type_.name)
        fields = {**each.fields, **{key: evolve(field, to=type_.name) for key, field in led.items()}}
        known[name] = evolve(each, fields=fields)


def _lead(connection: sa.Connection, table: str, column: str, old: str, new: str) -> None:
    """`cake_order:12` becomes `cake:12`."""
    value = sa.column(column, sa.Text)
    rest = sa.func.substr(value, len(old) + 1)
    begins = sa.func.substr(value, 1, len(old) + 1) == f"{old}:"
    connection.execute(
        sa.update(sa.table(table, value)).where(begins).values({column: sa.literal(new) + rest})
    )


def _new_fields(type_: RecordType) -> list[str]:
    return [
        phrase("{called} ({type}) was added", called=f'"{type_.name}.{each.name}"', type=each.type)
        for each in type_.fields
    ]


def _require_place(type_: RecordType, known: KnownType) -> None:
    if known.table != type_.table and known.owner == type_.owner:
        former = known.table.removeprefix("record_")
        raise Conflict(
            phrase(
                'The records "{type}" are kept in the table {table}, from before they were renamed',
                type=type_.name,
                table=known.table,
            ),
            hint=phrase('Say so: was = "{former}" under [records.{type}]', former=former, type=type_.name),
        )
    if known.table != type_.table:
        raise Conflict(
            phrase(
                'The records "{type}" are kept in the table {table}, where {owner} put them; '
                "{type_owner} would keep them in {type_table}",
                type=type_.name,
                table=known.table,
                owner=known.owner,
                type_owner=type_.owner,
                type_table=type_.table,
            ),
            hint=phrase("Declare them under another name, or leave them with {owner}.", owner=known.owner),
        )


def _check_states(connection: sa.Connection, type_: RecordType, known: KnownType) -> None:
    """Refuse to give up a state in which there are records."""
    if not set(known.states) - set(type_.states):
        return
    table = sa.table(type_.table, sa.column("state"))
    query = sa.select(table.c.state, sa.func.count()).where(table.c.state.notin_(type_.states))
    found = connection.execute(query.group_by(table.c.state).order_by(table.c.state)).all()
    if found:
        listed = ", ".join(f'"{state}" ({count})' for state, count in found)
        raise Conflict(
            phrase(
                'The records "{type}" have states on record that are not among its states: {listed}',
                type=type_.name,
                listed=listed,
            ),
            hint=phrase(
                "Keep those states, or move the records first: crm records {type} list --state STATE",
                type=type_.name,
            ),
            count=sum(count for _, count in found),
        )
