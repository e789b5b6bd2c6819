"""The suppression list as a CSV file, for another system that writes to the same people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from pathlib import Path, PurePath
from typing import Final

from crmkit.core.exporting.files import opened
from crmkit.core.files.lines import line_of
from crmkit.core.instants import format_instant
from crmkit.core.model.suppression import Suppression

_HEADER: Final = ("address", "kind", "reason", "purpose", "scope", "at", "until")


def write_csv(path: Path, entries: Sequence[Suppression], tz: tzinfo) -> None:
    """Write the entries that have an address; `crm suppressions import` reads the file back."""
    shape = PurePath("list.csv")
    with opened(path) as file:
        for cells in (_HEADER, *(_cells(each, tz) for each in entries)):
            file.write((line_of(shape, cells) + "\n").encode())


def _cells(entry: Suppression, tz: tzinfo) -> tuple[str, ...]:
    until = "" if entry.until is None else format_instant(entry.until, tz, exact=True)
    at = format_instant(entry.at, tz, exact=True)
    return entry.address or "", entry.kind, entry.reason, entry.purpose, entry.scope, at, until
