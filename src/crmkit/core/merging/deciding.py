"""What a merge does to a table where rows can clash: which move, which are dropped for which others.

Everything is decided in memory from the rows of those concerned, for one pair and for thousands alike;
nothing is written here. The outcome is that of merging one pair after the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from attrs import define, field

from crmkit.core.merging.sql import rows_by
from crmkit.core.merging.values import Pair
from crmkit.core.store.bulk import quoted
from crmkit.core.store.contracts import Contract, Contracts


class Move(NamedTuple):
    """One column of one row that gets another value: a survivor's id, or the key of a row that stays."""

    row: int
    column: str
    old: int
    new: int
    pair: Pair


class Removed(NamedTuple):
    """A row that is dropped; `winner` is the row that stays for it, None for a tie of one with oneself."""

    row: int
    winner: int | None
    image: Mapping[str, Any]
    pair: Pair


class Valued(NamedTuple):
    """A value that changes in a row that stays; `how` is `sum`, `min`, `max`, `first_non_null`, `fill`, …"""

    row: int
    column: str
    how: str
    old: Any
    new: Any
    pair: Pair


@define
class Decision:
    """What becomes of one table's rows."""

    contract: Contract
    moves: list[Move] = field(factory=list)
    removed: list[Removed] = field(factory=list)
    values: list[Valued] = field(factory=list)
    images: dict[int, Mapping[str, Any]] = field(factory=dict)

    def replaced(self) -> dict[int, tuple[int | None, Pair]]:
        """The dropped rows by key: which row stays for each, and through whom."""
        return {one.row: (one.winner, one.pair) for one in self.removed}


class _Row(NamedTuple):
    """A row of those concerned: as it is, as it would be, since which pair, and in which partial indexes.

    `steps` are the pairs that change its columns, the last one first: whichever of two rows comes to be like
    the other by the later pair loses to it.
    """

    key: int
    image: dict[str, Any]
    new: dict[str, int | None]
    pair: Pair | None
    within: tuple[int, ...]
    steps: tuple[int, ...]


Replaced = Mapping[str, Mapping[int, tuple[int | None, Pair]]]


def clashes(contract: Contract, replaced: Replaced) -> bool:
    """Whether the table's rows must be looked at: else a merge moves them without a look."""
    if contract.clashing or (contract.self_link == "drop" and len(contract.customer_columns) > 1):
        return True
    return any(replaced.get(link.via or "") for link in contract.links.values())


def decide(
    connection: sa.Connection,
    contract: Contract,
    pairs: Sequence[Pair],
    replaced: Replaced,
    *,
    lock: bool,
) -> Decision:
    """What becomes of the rows of `contract.table`; `replaced` are the dropped rows of its parents."""
    by_loser = {pair.loser: pair for pair in pairs}
    rows = _concerned(connection, contract, by_loser, replaced, lock=lock)
    decision = Decision(contract)
    standing = []
    for row in sorted(rows, key=lambda each: (each.steps, each.key)):
        if row.pair is not None and _falls(contract, row):
            decision.removed.append(Removed(row.key, None, row.image, row.pair))
        else:
            standing.append(row)
    for row in _without_losers(contract, standing, decision):
        decision.images[row.key] = row.image
        for column, new in row.new.items():
            old = row.image[column]
            if new != old and new is not None:
                decision.moves.append(Move(row.key, column, old, new, _pair_of(column, old, row, by_loser)))
    return decision


def _pair_of(column: str, old: int, row: _Row, by_loser: Mapping[int, Pair]) -> Pair:
    pair = by_loser.get(old) if column in row.new and old in by_loser else row.pair
    assert pair is not None
    return pair


def _concerned(
    connection: sa.Connection,
    contract: Contract,
    by_loser: Mapping[int, Pair],
    replaced: Replaced,
    *,
    lock: bool,
) -> list[_Row]:
    """The rows of losers and survivors, and those that refer to dropped rows or to what stays for them."""
    key = contract.key
    assert key is not None
    conditions = [each.where for each in contract.clashing if each.where]
    columns = [quoted(column) for column in contract.columns]
    columns += [f"CASE WHEN {condition} THEN 1 ELSE 0 END" for condition in conditions]
    place = contract.columns.index(key)
    found: dict[int, Any] = {}
    for name, keys in _keys(contract, by_loser, replaced):
        for values in rows_by(connection, contract.table, columns, name, keys, lock=lock):
            found[values[place]] = values
    return [_row(key_, contract, values, by_loser, replaced) for key_, values in found.items()]


def _keys(
    contract: Contract, by_loser: Mapping[int, Pair], replaced: Replaced
) -> Iterator[tuple[str, list[int]]]:
    everybody = sorted({*by_loser, *(pair.survivor for pair in by_loser.values())})
    for name, link in contract.links.items():
        if link.via is None:
            yield name, everybody
        elif dropped := replaced.get(link.via):
            winners = (winner for winner, _ in dropped.values() if winner is not None)
            yield name, sorted({*dropped, *winners})


def _row(
    key: int,
    contract: Contract,
    values: Sequence[Any],
    by_loser: Mapping[int, Pair],
    replaced: Replaced,
) -> _Row:
    width = len(contract.columns)
    image = dict(zip(contract.columns, values[:width], strict=True))
    new: dict[str, int | None] = {}
    pairs: list[Pair] = []
    for name, link in contract.links.items():
        old = image[name]
        pair: Pair | None = None
        if link.via is None:
            pair = by_loser.get(old)
            new[name] = pair.survivor if pair else old
        elif old in (dropped := replaced.get(link.via, {})):
            new[name], pair = dropped[old]
        else:
            new[name] = old
        if pair is not None:
            pairs.append(pair)
    pairs.sort(key=lambda each: each.step, reverse=True)
    steps = tuple(pair.step for pair in pairs)
    return _Row(key, image, new, pairs[0] if pairs else None, tuple(values[width:]), steps)


def _falls(contract: Contract, row: _Row) -> bool:
    """Whether the row has nothing to stand for any more: its parent fell, or it ties one to oneself."""
    for name, link in contract.links.items():
        if link.via is not None and row.new[name] is None and row.image[name] is not None:
            return True
    if contract.self_link != "drop":
        return False
    sides = [row.new[name] for name in contract.customer_columns if row.new[name] is not None]
    before = [row.image[name] for name in contract.customer_columns if row.image[name] is not None]
    return len(set(sides)) < len(sides) and len(set(before)) == len(before)


def _without_losers(contract: Contract, rows: list[_Row], decision: Decision) -> list[_Row]:
    """The rows that stay, by precedence; the others are entered as dropped, each for the one that beat it."""
    if not contract.clashing:
        return rows
    taken: dict[tuple[Any, ...], _Row] = {}
    standing: list[_Row] = []
    beaten: dict[int, list[_Row]] = {}
    for row in _by_precedence(contract, rows):
        keys = list(_unique_keys(contract, row))
        winner = next((taken[each] for each in keys if each in taken), None)
        if winner is None:
            taken.update(dict.fromkeys(keys, row))
            standing.append(row)
            continue
        pair = max((one.pair for one in (row, winner) if one.pair), key=lambda each: each.step)
        decision.removed.append(Removed(row.key, winner.key, row.image, pair))
        beaten.setdefault(winner.key, []).append(row)
    for winner in standing:
        if winner.key in beaten:
            decision.values.extend(_combined(contract, winner, beaten[winner.key]))
    return standing


def _by_precedence(contract: Contract, rows: list[_Row]) -> list[_Row]:
    keep = contract.conflict.keep if contract.conflict else "survivor"
    if not keep.startswith("newest:"):
        return rows
    column = keep.partition(":")[2]
    # Sorting keeps the order of equals, so the survivor's row stays where both are as new.
    return sorted(rows, key=lambda row: (row.image[column] is not None, row.image[column]), reverse=True)


def _unique_keys(contract: Contract, row: _Row) -> Iterator[tuple[Any, ...]]:
    """What the row has of each unique set; nothing where a value is NULL, which equals nothing."""
    partial = 0
    for number, each in enumerate(contract.clashing):
        if each.where:
            partial += 1
            if not row.within[partial - 1]:
                continue
        values = [row.new.get(column, row.image[column]) for column in each.columns]
        if None not in values:
            yield (number, *values)


def _combined(contract: Contract, winner: _Row, beaten: Iterable[_Row]) -> Iterator[Valued]:
    """The values of `winner` that change because it stands for `beaten` too, one step for each of them."""
    for column, how in contract.combine.items():
        value = winner.image[column]
        for row in beaten:
            put = _put_together(how, value, row.image[column])
            if put != value:
                pair = max((one.pair for one in (row, winner) if one.pair), key=lambda each: each.step)
                yield Valued(winner.key, column, how, value, put, pair)
                value = put


def _put_together(how: str, one: Any, other: Any) -> Any:
    if one is None or other is None:
        return other if one is None else one
    match how:
        case "sum":
            return one + other
        case "min":
            return min(one, other)
        case "max":
            return max(one, other)
    return one


def decide_all(
    connection: sa.Connection,
    contracts: Contracts,
    pairs: Sequence[Pair],
    wanted: Iterable[str],
    *,
    lock: bool,
) -> tuple[dict[str, Decision], list[Contract]]:
    """The decisions about tables where rows can clash, parents first, and the tables that just move.

    `wanted` are the tables in which the losers have rows; those that refer to dropped rows are added.
    """
    there, decisions, plain = set(wanted), dict[str, Decision](), list[Contract]()
    replaced: dict[str, dict[int, tuple[int | None, Pair]]] = {}
    for contract in contracts:
        if contract.is_root or contract.key is None:
            continue
        if clashes(contract, replaced):
            drawn_in = any(replaced.get(link.via or "") for link in contract.links.values())
            if contract.table not in there and not drawn_in:
                continue
            decision = decide(connection, contract, pairs, replaced, lock=lock)
            decisions[contract.table] = decision
            replaced[contract.table] = decision.replaced()
        elif contract.table in there and contract.customer_columns:
            plain.append(contract)
    return decisions, plain
