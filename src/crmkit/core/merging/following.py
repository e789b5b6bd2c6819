"""What came after a merge: some of it says whose it is, the rest is listed."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from crmkit.core.customers.sets import rows_among
from crmkit.core.merging.journal import MovedRow
from crmkit.core.merging.restoring import Restored
from crmkit.core.merging.sql import fetch, set_where
from crmkit.core.merging.values import Pair, Stay
from crmkit.core.merging.wording import counted
from crmkit.core.phrase import nphrase, phrase
from crmkit.core.store.bulk import quoted
from crmkit.core.store.contracts import Contract, Contracts

# The logs of changes and of access are about what was done to the merged customer, so they stay with them.
_STAYING: Final = ("change", "access", "customer_alias", "duplicate", "trait_value")
# The plus leaves SQLite only the customers' index: a merge may be long ago, and the log long since.
_SINCE: Final = (
    "SELECT seq, customer_id, identity_id, contact_point_id, corrects FROM interaction "
    "WHERE +seq > ? AND customer_id"
)


def follow(
    connection: sa.Connection,
    moved: Mapping[str, Sequence[MovedRow]],
    pairs: Sequence[Pair],
    marks: Mapping[str, int],
) -> int:
    """Interactions since the merge go with the identity, else the contact point, by which they came, and
    corrections with what they correct; how many do."""
    if "interaction" not in marks:
        return 0
    merged = {pair.loser: pair.survivor for pair in pairs}
    identities = {one.row: one.old for one in moved.get("identity", ())}
    points = {one.row: one.old for one in moved.get("contact_point", ())}
    corrected = {one.row: one.old for one in moved.get("interaction", ())}
    rows = []
    since = rows_among(connection, _SINCE, sorted(set(merged.values())), marks["interaction"])
    for seq, customer_id, identity, point, corrects in sorted(since):
        home = identities.get(identity) if identity is not None else points.get(point)
        home = corrected.get(corrects, home)
        if home is not None and merged.get(home) == customer_id:
            rows.append((seq, [home], [customer_id]))
            corrected[seq] = home
    return set_where(connection, "interaction", "seq", ("customer_id",), rows)


def later_rows(
    connection: sa.Connection,
    contracts: Contracts,
    pairs: Sequence[Pair],
    marks: Mapping[str, int],
    restored: Restored,
) -> list[Stay]:
    """What was added to the survivors since the merge and stays with them, counted by table."""
    survivors = {pair.survivor for pair in pairs}
    asked = [
        (contract, column)
        for contract in contracts
        if contract.table in marks and contract.table not in _STAYING
        for column in contract.customer_columns
    ]
    found: list[Stay] = []
    for place, customer_id, count in _counts(connection, asked, marks, survivors):
        contract, column = asked[place]
        back = restored.images.get(contract.table, ())
        mark = marks[contract.table]
        came_back = sum(one[column] == customer_id and one[str(contract.key)] > mark for one in back)
        if count > came_back:
            added = count - came_back
            what = phrase("{rows} added since the merge", rows=counted(contract.table, added))
            reason = nphrase("nothing says whose it is", "nothing says whose they are", added)
            found.append(Stay(customer_id, what, reason))
    return found


def _counts(
    connection: sa.Connection,
    asked: Sequence[tuple[Contract, str]],
    marks: Mapping[str, int],
    customers: Collection[int],
) -> list[tuple[int, int, int]]:
    """(place in `asked`, customer, rows) of what these customers have beyond the marks, in one statement."""
    if not asked:
        return []
    sqlite = connection.dialect.name == "sqlite"
    among = "IN (SELECT value FROM json_each(?))" if sqlite else "= ANY(?)"
    keys = json.dumps(sorted(customers)) if sqlite else sorted(customers)
    selects, parameters = [], list[Any]()
    for place, (contract, column) in enumerate(asked):
        table, name, key = quoted(contract.table), quoted(column), quoted(str(contract.key))
        selects.append(
            f"SELECT {place} AS p, {name} AS c, count(*) FROM {table} "
            f"WHERE +{key} > ? AND {name} {among} GROUP BY {name}"
        )
        parameters += [marks[contract.table], keys]
    return fetch(connection, f"{' UNION ALL '.join(selects)} ORDER BY p, c", parameters)
