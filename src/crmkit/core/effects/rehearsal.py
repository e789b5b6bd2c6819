"""Rehearsing: until a business goes live, what would leave it is written to files instead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from crmkit.core.instants import local_date
from crmkit.core.store.setting import LIVE_AT, read_setting

if TYPE_CHECKING:
    from crmkit.core.effects.line import Line
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.acting import Message

FOLDER: Final = "rehearsal"
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9@._+-]+")
_LONGEST: Final = 80
# What the names of test messages begin with; the customer in whose words they are follows.
_TEST: Final = "test-"


def is_rehearsing(connection: sa.Connection) -> bool:
    """Whether the business has not gone live."""
    return read_setting(connection, LIVE_AT) is None


def folder_of(kernel: Kernel) -> Path:
    """Where the files of the rehearsal are."""
    return kernel.config.directory / FOLDER


def file_of(kernel: Kernel, number: int) -> Path | None:
    """The file that effect `number` was rehearsed to, None where there is none (any more)."""
    return next(folder_of(kernel).glob(f"*/{number}-*.txt"), None)


def unrehearse(kernel: Kernel, numbers: Iterable[int]) -> None:
    """Throw away the files that these effects were rehearsed to."""
    for path in _files_of(kernel, numbers):
        path.unlink(missing_ok=True)


def files_about(kernel: Kernel, connection: sa.Connection, customer_id: int) -> list[Path]:
    """The files that were written of what would have reached a customer."""
    effect = kernel.tables.effect
    # What is open may have been written to its file a moment ago.
    is_there = sa.or_(effect.c.rehearsed == 1, effect.c.due_at.is_not(None))
    chosen = sa.select(effect.c.id).where(effect.c.customer_id == customer_id, is_there)
    tests = folder_of(kernel).glob(f"*/{_TEST}{customer_id}-*.txt")
    return [*_files_of(kernel, connection.execute(chosen).scalars()), *tests]


def _files_of(kernel: Kernel, numbers: Iterable[int]) -> Iterator[Path]:
    """The files of these effects; the folders are read once for all of them."""
    wanted = set(map(str, numbers))
    if wanted:
        for path in folder_of(kernel).glob("*/*.txt"):
            if path.name.partition("-")[0] in wanted:
                yield path


def write_rehearsed(kernel: Kernel, line: Line) -> Path:
    """Write what a line would hand over to a file beside `crm.toml`, such as
    `rehearsal/2026-05-04/12-email-anna@example.com.txt`; written again, it is the same file.

    Raises `OSError`.
    """
    assert line.parcel is not None
    day = local_date(line.created_at, kernel.tz)
    folder = folder_of(kernel) / str(day)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{line.id}-{_part(line.channel or line.action)}-{_part(line.parcel.to)}.txt"
    # It may have been to go to another address, before it was interrupted.
    for other in folder.glob(f"{line.id}-*.txt") if line.attempts > 1 else ():
        if other != path:
            other.unlink(missing_ok=True)
    beside = folder / f".{line.id}.{line.token}.part"
    beside.write_text(line.parcel.says, encoding="utf-8")
    beside.replace(path)
    return path


def write_test(kernel: Kernel, message: Message, says: str, *, customer: int, template: str) -> Path:
    """Write a test message to a file of the rehearsal; `customer` is in whose words it is, 0 for nobody's.

    Raises `OSError`.
    """
    folder = folder_of(kernel) / str(local_date(kernel.clock.now(), kernel.tz))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{_TEST}{customer}-{_part(template)}-{_part(message.to)}.txt"
    path.write_text(says, encoding="utf-8")
    return path


def _part(text: str) -> str:
    """As a part of a file's name."""
    return _UNSAFE.sub("_", text)[:_LONGEST].strip(".") or "_"
