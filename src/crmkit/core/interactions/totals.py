"""How many interactions of each type there are, and how much money they carry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import field, frozen


@frozen(kw_only=True)
class TypeTotal:
    """The interactions of one type: how many, and the sum of their amounts in minor units by currency."""

    type: str
    count: int
    sums: Mapping[str, int] = field(factory=dict)


def totals_of(rows: Iterable[Any]) -> list[TypeTotal]:
    """Totals in order of type, from rows of (type, currency, count, sum) sorted by type."""
    counts: dict[str, int] = {}
    sums: dict[str, dict[str, int]] = {}
    for type_, currency, count, amount in rows:
        counts[type_] = counts.get(type_, 0) + count
        money = sums.setdefault(type_, {})
        if currency is not None:
            money[currency] = int(amount or 0)
    return [TypeTotal(type=type_, count=counts[type_], sums=sums[type_]) for type_ in sorted(counts)]
