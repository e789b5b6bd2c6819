"""What an export writes: its columns, and its rows in batches."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

from attrs import frozen

if TYPE_CHECKING:
    from crmkit.core.exporting.columns import Column

Batches = Generator[list[list[Any]], None, None]


@frozen(kw_only=True)
class Source:
    """What is to be written: the columns, how many rows and people there are, and the rows in batches.

    `detail` is what the access log keeps of the question; nothing about a person is in it.
    """

    what: str
    columns: Sequence[Column]
    rows: int
    customers: int
    batches: Batches
    detail: dict[str, Any]
