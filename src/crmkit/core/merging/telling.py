"""What the change log says of merges, so that history and plugins see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from crmkit.core.customers.changing import CHANGED, as_json
from crmkit.core.language import N_
from crmkit.core.merging.deciding import Decision, Valued
from crmkit.core.merging.values import Pair
from crmkit.core.store.tables import column_name

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.store.unit import Transaction

MERGED: Final = N_("merged")
UNMERGED: Final = N_("unmerged")
_FLAGS: Final = ("is_organization",)
# What follows from other columns, or is about the row and not about the customer.
_SILENT: Final = ("fold", "version", "created_at")


def tell_merged(
    tx: Transaction, rows: Mapping[int, Mapping[str, Any]], pairs: Sequence[Pair], source: str
) -> None:
    """One entry for each loser, on the survivor."""
    for pair in pairs:
        tx.append_change(
            (MERGED, "customer", pair.survivor, pair.survivor, "", None,
             as_json({"id": pair.loser, "uid": rows[pair.loser]["uid"]}), source, rows[pair.survivor]["uid"])
        )  # fmt: skip


def tell_unmerged(tx: Transaction, uids: Mapping[int, str], pairs: Sequence[Pair], source: str) -> None:
    """One entry on either side of each pair."""
    for pair in pairs:
        for one, other in ((pair.survivor, pair.loser), (pair.loser, pair.survivor)):
            said = as_json({"id": other, "uid": uids[other]})
            tx.append_change((UNMERGED, "customer", one, one, "", said, None, source, uids[one]))


def tell_values(
    tx: Transaction, rows: Mapping[int, Mapping[str, Any]], values: Sequence[Valued], source: str
) -> None:
    """One entry for each column of a survivor that changed: by these the past is read."""
    for (row, column), (old, new) in net(values).items():
        if column not in _SILENT and old != new:
            tell_value(tx, row, column, old, new, source, rows[row]["uid"])


def tell_value(
    tx: Transaction, customer_id: int, column: str, old: Any, new: Any, source: str, uid: str
) -> None:
    """One entry for one column of the table `customer`."""
    if column in _FLAGS:
        old, new = bool(old), bool(new)
    entry = (CHANGED, "customer", customer_id, customer_id, column, as_json(old), as_json(new), source, uid)
    tx.append_change(entry)


def tell_fields(
    kernel: Kernel,
    tx: Transaction,
    rows: Mapping[int, Mapping[str, Any]],
    decision: Decision | None,
    source: str,
) -> None:
    """One entry for each declared field that a survivor took over."""
    if decision is None:
        return
    for (customer_id, name), (old, new) in field_changes(kernel, decision).items():
        uid = rows[customer_id]["uid"]
        tx.append_change(
            (CHANGED, "field", customer_id, customer_id, name, as_json(old), as_json(new), source, uid)
        )


def field_changes(kernel: Kernel, decision: Decision) -> dict[tuple[int, str], tuple[Any, Any]]:
    """By customer and field: the value before and after, of those that a merge changes."""
    names = {column_name(field): field.name for field in kernel.words.fields if field.type != "multi-choice"}
    found: dict[tuple[int, str], tuple[Any, Any]] = {}
    came = {move.row: move.new for move in decision.moves if move.column == "customer_id"}
    for row, survivor in came.items():
        for column, name in names.items():
            value = decision.images[row].get(column)
            if value is not None:
                found[survivor, name] = (None, value)
    for (row, column), (old, new) in net(decision.values).items():
        if column in names:
            customer_id = came.get(row, decision.images[row]["customer_id"])
            found[customer_id, names[column]] = (None if row in came else old, new)
    return found


def net(values: Sequence[Valued]) -> dict[tuple[int, str], tuple[Any, Any]]:
    """From several steps of one value: what it was at first, what it is at last."""
    found: dict[tuple[int, str], tuple[Any, Any]] = {}
    for one in values:
        first = found.get((one.row, one.column), (one.old, None))[0]
        found[one.row, one.column] = (first, one.new)
    return found
