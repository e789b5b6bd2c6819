"""What became of an import."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import field, frozen


@frozen
class RejectedRow:
    """A row that was not accepted: the line of the file on which it begins, and why."""

    line: int
    reason: str


@frozen
class FieldChange:
    """What an import changes about somebody: `field` from `old` to `new`, as people read them."""

    field: str
    old: Any
    new: Any


@frozen
class Sample:
    """One row as an example of an outcome: its line, whom or what it is about, and what it changes."""

    line: int
    who: str
    changes: tuple[FieldChange, ...] = ()
    reason: str = ""


@frozen
class Meaning:
    """What a column was taken for. `how`: by `hand`, a saved `mapping`, a `preset`, its `header`, its
    `values`; `unknown` for one that nobody can tell and that is left out because it was so wished.
    """

    header: str
    target: str
    how: str


@frozen(kw_only=True)
class ImportReport:
    """What became of each row of a file: created + updated + unchanged + rejected = rows.

    Of interactions, `created` counts those recorded and `unchanged` those that were on record. `ref` is
    `import:N`, or None for a dry run. `mapping` says what each column was taken for, `columns` also how that
    was known; `unmapped` are the columns that nobody could tell and that were left out as wished. `examples`
    are the first few rejected rows of this run; `rejects_file` holds them all (None where there are none, or
    in a dry run). `samples` are a few rows of each outcome (`created`, `updated`, `unchanged`, `rejected`,
    `ambiguous`) with what would change, in a dry run. `notes` are sentences on what was not done as a row
    said though the row was taken. `steps` are seconds by what took them. `taken_for` says what kind of file
    it was taken for.
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
    columns: tuple[Meaning, ...] = ()
    preset: str | None = None
    samples: Mapping[str, tuple[Sample, ...]] = field(factory=dict)
    notes: tuple[str, ...] = ()
    steps: Mapping[str, float] = field(factory=dict)
    taken_for: str = ""
