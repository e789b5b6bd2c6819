"""What customers did, one row each: how often they came back, when last, how long they are known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import evolve, field, frozen

Numbers = npt.NDArray[np.float64]

_FIELDS = ("frequency", "recency", "age", "monetary")


def _floats(values: Any) -> Numbers:
    return np.ascontiguousarray(values, dtype=np.float64)


def _maybe_floats(values: Any) -> Numbers | None:
    return None if values is None else _floats(values)


@frozen(kw_only=True, eq=False)
class Histories:
    """Rows of equal length, in one unit of time.

    `frequency` counts the purchases after the first (in the BG/BB model: the periods with a purchase),
    `recency` is the time from the first purchase to the last one, `age` (T in the literature) the time from
    the first purchase to the end of what was observed. `monetary` is the mean spend of a repeat purchase, in
    major units, 0 where there is none. `weight` says how many customers a row stands for.
    """

    frequency: Numbers = field(converter=_floats)
    recency: Numbers = field(converter=_floats)
    age: Numbers = field(converter=_floats)
    monetary: Numbers | None = field(default=None, converter=_maybe_floats)
    weight: Numbers = field(converter=_floats)

    @weight.default
    def _ones(self) -> Numbers:
        return np.ones(len(self.frequency))

    def __len__(self) -> int:
        return len(self.frequency)

    @property
    def customers(self) -> float:
        """How many customers the rows stand for."""
        return float(self.weight.sum())

    @property
    def repeaters(self) -> float:
        """How many of them came back."""
        return float(self.weight[self.frequency > 0].sum())

    @cached_property
    def purchases(self) -> npt.NDArray[np.intp]:
        """`frequency` as whole numbers."""
        return self.frequency.astype(np.intp)

    def by_frequency(self, function: Callable[[Numbers], Numbers]) -> Numbers:
        """A function of the frequency for each row: worked out once for each number that there can be."""
        most = int(self.purchases.max(initial=0))
        if most > 10 * len(self) + 1_000:
            return np.asarray(function(self.frequency))
        return np.asarray(function(np.arange(most + 1.0))[..., self.purchases])

    def mean(self, name: str) -> float:
        """The mean of a column over the customers; 1 where it would be 0."""
        return float(np.average(getattr(self, name), weights=self.weight)) or 1.0

    def grouped(self, names: Sequence[str] = _FIELDS) -> Histories:
        """The same with equal rows (by the fields in `names`) counted once; the others are left out."""
        columns = [np.zeros(len(self)) if name not in names else getattr(self, name) for name in _FIELDS[:3]]
        if "monetary" in names and self.monetary is not None:
            columns.append(self.monetary)
        order, first = _runs(columns)
        weight = np.add.reduceat(self.weight[order], first) if len(first) else self.weight
        kept = [column[order[first]] for column in columns]
        return Histories(
            frequency=kept[0],
            recency=kept[1],
            age=kept[2],
            monetary=kept[3] if len(kept) > 3 else None,
            weight=weight,
        )

    def chosen(self, rows: Any) -> Histories:
        """The rows that a mask or an array of indices names."""
        return evolve(
            self,
            frequency=self.frequency[rows],
            recency=self.recency[rows],
            age=self.age[rows],
            monetary=None if self.monetary is None else self.monetary[rows],
            weight=self.weight[rows],
        )


def _runs(columns: Sequence[Numbers]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """The order that brings equal rows together, and where in it each run of them begins."""
    order = np.lexsort(tuple(columns))
    changes = np.zeros(len(order), dtype=bool)
    changes[:1] = True
    for column in columns:
        ranked = column[order]
        changes[1:] |= ranked[1:] != ranked[:-1]
    return order, np.flatnonzero(changes)
