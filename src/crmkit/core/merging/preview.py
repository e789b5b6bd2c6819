"""What a merge would do, worked out by the same decisions and without writing anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit.core.customers.fields import plain_value
from crmkit.core.customers.finding import summaries_of
from crmkit.core.merging.consents import withdrawals
from crmkit.core.merging.deciding import decide_all
from crmkit.core.merging.probe import tables_with
from crmkit.core.merging.root import Image, filled, root_rows
from crmkit.core.merging.sql import fetch, rows_by
from crmkit.core.merging.telling import field_changes, net
from crmkit.core.merging.values import Drop, Fill, MergePreview, Pair, Side
from crmkit.core.phrase import phrase
from crmkit.core.store.bulk import quoted
from crmkit.core.store.contracts import load_contracts

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel

_SILENT = ("created_at", "fold", "version")
_MANY = 20


def preview(kernel: Kernel, connection: sa.Connection, pairs: list[Pair], at: int) -> MergePreview:
    """What merging these pairs, all into one survivor, would do."""
    contracts = load_contracts(connection)
    rows = root_rows(connection, contracts.root, pairs, lock=False)
    there = tables_with(connection, contracts, [pair.loser for pair in pairs])
    decisions, plain = decide_all(connection, contracts, pairs, there, lock=False)
    moved: dict[str, int] = {}
    dropped: list[Drop] = []
    fills = [
        Fill(row, column, old, new)
        for (row, column), (old, new) in net(filled(contracts.root, rows, pairs)).items()
        if column not in _SILENT
    ]
    for name, decision in decisions.items():
        count = len({move.row for move in decision.moves})
        if count:
            moved[name] = count
        if decision.removed:
            combined = tuple(dict.fromkeys(one.column for one in decision.values))
            ties = sum(one.winner is None for one in decision.removed)
            dropped.append(Drop(name, len(decision.removed) - ties, ties, combined))
    if "customer_field" in decisions:
        fills += _field_fills(kernel, field_changes(kernel, decisions["customer_field"]))
    for contract in plain:
        found: set[int] = set()
        for column in contract.customer_columns:
            losers = [pair.loser for pair in pairs]
            key = quoted(str(contract.key))
            found.update(row[0] for row in rows_by(connection, contract.table, [key], column, losers))
        if found:
            moved[contract.table] = len(found)
    sides = _sides(connection, rows, [pairs[0].survivor, *(pair.loser for pair in pairs)])
    withdrawn = tuple((one.purpose, one.channel) for one in withdrawals(connection, pairs, at))
    return MergePreview(
        survivor=sides[0], losers=tuple(sides[1:]), moved=moved, dropped=tuple(dropped),
        fills=tuple(fills), withdrawn=withdrawn, warnings=tuple(_warnings(sides)),
    )  # fmt: skip


def _field_fills(kernel: Kernel, changes: dict[tuple[int, str], tuple[Any, Any]]) -> list[Fill]:
    fields = {field.name: field for field in kernel.words.fields}
    return [
        Fill(id_, name, *(plain_value(fields[name], kept, kernel.currency) for kept in pair))
        for (id_, name), pair in changes.items()
    ]


def _sides(connection: sa.Connection, rows: dict[int, Image], ids: list[int]) -> list[Side]:
    shown = ids[: _MANY + 1]
    contacts = {row[0]: row[1:] for id_ in shown for row in _contacts(connection, id_)}
    return [
        Side(
            each, bool(rows[each.id]["is_organization"]), rows[each.id]["created_at"],
            *contacts.get(each.id, (0, None)),
        )
        for each in summaries_of(connection, shown)
    ]  # fmt: skip


def _contacts(connection: sa.Connection, id_: int) -> list[tuple[int, int, int | None]]:
    """(id, how many interactions stand, when the last one was) of one customer."""
    select = (
        "SELECT customer_id, count(*), max(occurred_at) FROM interaction "
        "WHERE customer_id = ? AND superseded_by IS NULL GROUP BY customer_id"
    )
    return fetch(connection, select, (id_,))


def _warnings(sides: list[Side]) -> list[str]:
    """What a careful person would look at twice."""
    found: list[str] = []
    kinds = {side.is_organization for side in sides}
    if len(kinds) > 1:
        found.append(phrase("One of them is an organisation and another a person."))
    addresses = {side.customer.email for side in sides if side.customer.email}
    names = {side.customer.name.casefold() for side in sides}
    if len(addresses) > 1 and len(names) > 1:
        found.append(phrase("Neither their names nor their e-mail addresses agree."))
    if sides[0].customer.archived_at and not all(side.customer.archived_at for side in sides):
        found.append(phrase("The survivor is archived, and comes back because the other one is not."))
    return found
