"""What became of an import."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from attrs import field, frozen


@frozen
class RejectedRow:
    """A row that was not accepted: the line of the file on which it begins, and why."""

    line: int
    reason: str


@frozen(kw_only=True)
class ImportReport:
    """What became of each row of a file: created + updated + unchanged + rejected = rows.

    Of interactions, `created` counts those recorded and `unchanged` those that were on record. `ref` is
    `import:N`, or None for a dry run. `mapping` says what each column was taken for. `examples` are the first
    few rejected rows of this run; `rejects_file` holds them all (None where there are none, or in a dry
    run).
    `resumed_from` counts the rows that an earlier, interrupted run had done; the counts include them.
    """

    ref: str | None
    rows: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    rejects_file: Path | None
    seconds: float
    mapping: Mapping[str, str]
    unmapped: tuple[str, ...] = ()
    resumed_from: int = 0
    examples: tuple[RejectedRow, ...] = field(factory=tuple)
