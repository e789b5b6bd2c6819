"""What a selection of customers has: how many columns of which kind hold all of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import sqlalchemy as sa
from attrs import frozen

from crmkit.core.customers.sets import rows_among
from crmkit.core.store.bulk import Row, driver_rows, quoted

_AT_ONCE: Final = 10_000
_WRITTEN: Final = "substr({}, 3)".format(
    " || ".join(
        f"CASE WHEN {part} IS NULL OR {part} = '' THEN '' ELSE ', ' || {part} END"
        for part in ("street", "city", "postcode", "region", "country")
    )
)


@frozen
class Survey:
    """Asks one connection about the customers `ids`, which may be everybody."""

    connection: sa.Connection
    ids: Sequence[int]
    everybody: bool

    def widths(
        self, table: str, keys: Sequence[str], within: Sequence[str] = ()
    ) -> dict[tuple[Any, ...], int]:
        """By the distinct values of the columns `keys` of a table: how many rows one customer has at most.

        `within` are those of the keys by which most customers have one row: it spares counting.
        """
        found = dict.fromkeys(self.kinds(table, keys), 1)
        if found:
            for *key, count in self._several(table, keys, within):
                found[tuple(key)] = max(count, found[tuple(key)])
        return found

    def kinds(self, table: str, keys: Sequence[str]) -> set[tuple[Any, ...]]:
        """The distinct values of the columns `keys` of a table."""
        names = ", ".join(map(quoted, keys))
        return set(self._rows(f"SELECT DISTINCT {names} FROM {table} WHERE customer_id"))

    def filled(self, table: str, columns: Sequence[str]) -> set[str]:
        """Those of the columns in which somebody has something."""
        tests = [_is_filled(quoted(name)) for name in columns]
        key = "id" if table == "customer" else "customer_id"
        found: set[str] = set()
        for row in self._rows(f"SELECT {', '.join(tests)} FROM {table} WHERE {key}"):
            found |= {name for name, there in zip(columns, row, strict=True) if there}
        return found

    def addresses(self) -> dict[tuple[str, bool], set[str]]:
        """By label and whether it is primary: the parts that postal addresses have, `value` among them where
        the text of one is not just its parts."""
        parts = ("street", "city", "postcode", "region", "country")
        tests = [*map(_is_filled, parts)]
        tests.append(f'max(CASE WHEN "value" = {_WRITTEN} THEN 0 ELSE 1 END)')
        select = f"SELECT label, is_primary, {', '.join(tests)} FROM contact_point"
        select += " WHERE kind = 'address' AND customer_id"
        found: dict[tuple[str, bool], set[str]] = {}
        for label, is_primary, *there in self._rows(select, "GROUP BY label, is_primary"):
            names = {name for name, yes in zip((*parts, "value"), there, strict=True) if yes}
            found.setdefault((label, bool(is_primary)), set()).update(names)
        return found

    def _several(self, table: str, keys: Sequence[str], within: Sequence[str]) -> Iterator[Row]:
        names = ", ".join(map(quoted, keys))
        most = ", ".join(["customer_id", *map(quoted, within)])
        those = f"SELECT customer_id FROM {table} WHERE customer_id"
        inner = f"SELECT {names}, count(*) AS several FROM {table} WHERE customer_id IN ({{}})"
        inner += f" GROUP BY customer_id, {names}"
        outer = f"SELECT {names}, max(several) FROM ({{}}) AS counted GROUP BY {names}"
        begin, end = outer.format(inner).split("{}")
        yield from self._rows(begin + those, f"GROUP BY {most} HAVING count(*) > 1" + end)

    def _rows(self, select: str, after: str = "") -> Iterator[Row]:
        """The rows of `select`, which ends in the column of customers' ids, for those in question."""
        if self.everybody:
            yield from driver_rows(self.connection, f"{select} IS NOT NULL {after}")
            return
        for start in range(0, len(self.ids), _AT_ONCE):
            yield from rows_among(self.connection, select, self.ids[start : start + _AT_ONCE], after=after)


def _is_filled(column: str) -> str:
    return f"max(CASE WHEN coalesce(CAST({column} AS TEXT), '') = '' THEN 0 ELSE 1 END)"
