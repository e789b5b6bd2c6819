"""The report into a file: there whole, or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from secrets import token_hex
from typing import TYPE_CHECKING

from crmkit import StoreError
from crmkit.plugin import phrase

if TYPE_CHECKING:
    from pathlib import Path

    from crmkit.plugin import Period


def called(period: Period) -> str:
    """A period by its days: `2026-05`, `2026-Q2`, `2026`, `2026-05-04 to 2026-05-10`."""
    start = period.start
    if start is None:
        return phrase("all time to {day}", day=period.last)
    if period.unit == "month" and period.amount == 1:
        return f"{start:%Y-%m}"
    if period.unit == "month" and period.amount == 3:
        return f"{start.year}-Q{(start.month + 2) // 3}"
    if period.unit == "month" and period.amount == 12:
        return f"{start.year}"
    if start == period.last:
        return f"{start}"
    return phrase("{first} to {last}", first=start, last=period.last)


def file_name(period: Period) -> str:
    """What the file of a report on the period is called: `report-2026-05.html`."""
    return f"report-{called(period).replace(' ', '-')}.html"


def write(path: Path, html: str) -> None:
    """Put the report at `path`, in the place of an earlier one. Raises `StoreError` where that cannot be."""
    part = path.with_name(f".{path.name}.{token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("x", encoding="utf-8") as file:
            file.write(html)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise StoreError(
            phrase(
                'The report cannot be written to "{path}": {strerror}',
                path=path,
                strerror=phrase(error.strerror or str(error)),
            ),
            hint="Name another file: crm analytics report --output FILE",
        ) from error
