"""What became of an export."""

from __future__ import annotations

from pathlib import Path

from attrs import frozen


@frozen(kw_only=True)
class ExportReport:
    """What was written: `rows` rows of `what` in `format`, about `customers` people, into `path`.

    `path` is None for a stream. `columns` are the headers, empty for cards. `seconds` is how long it took.
    """

    what: str
    format: str
    rows: int
    customers: int
    columns: tuple[str, ...]
    path: Path | None
    seconds: float
