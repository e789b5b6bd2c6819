"""One page of a list of customers with any columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import field, frozen


@frozen
class Row:
    """A customer's id, and the values of the page's columns."""

    customer_id: int
    values: tuple[Any, ...] = ()


@frozen(kw_only=True)
class Page:
    """Some customers of a list; `next_cursor` is None at its end.

    `kinds` says of each column what its values are: number, money, text, date, instant, bool or employee (a
    name).
    """

    columns: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: Sequence[Row] = field(factory=list)
    next_cursor: str | None = None
