"""Seeing to it that what was erased is gone from the database's files, however long readers hold on to it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crmkit.core.privacy.erasing import SCRUBBED, SCRUBBING
from crmkit.core.store.remnants import Needles
from crmkit.core.store.scrub import file_numbers, rewrite, scrub_file

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel


def scrub(kernel: Kernel, values: Iterable[str] | None = None) -> bool:
    """Scrub the files if an erasure is waiting for it; whether none is waiting any more.

    It looks at the register of erasures and does what is due, so it may be killed and repeated at will.
    `values` are what was just erased, as long as that is known: an SQLite file is then rewritten only where
    something of these is left in it.
    """
    due = waiting(kernel)
    if not due:
        return True
    if kernel.store.path is not None:
        # Others that wait were erased by somebody else, whose values nobody knows any more.
        needles = Needles(values) if values is not None and len(due) <= 1 else None
        if not scrub_file(kernel.store.path, needles):
            return False
    elif to_rewrite(kernel):
        return False
    table = kernel.tables.erasure
    with kernel.unit(kernel.house) as tx:
        tx.execute(
            sa.update(table)
            .where(table.c.state == SCRUBBING, table.c.id.in_(due))
            .values(state=SCRUBBED, scrubbed_at=tx.at)
        )
    return True


def scrub_now(kernel: Kernel) -> bool:
    """Scrub an SQLite database's files whether or not an erasure waits for it, as after blanking."""
    if kernel.store.path is not None and not scrub_file(kernel.store.path):
        return False
    return scrub(kernel)


def to_rewrite(kernel: Kernel) -> list[str]:
    """On PostgreSQL: the tables whose files still hold rows as they were before an erasure."""
    if kernel.store.is_sqlite:
        return []
    table = kernel.tables.erasure
    found: set[str] = set()
    with kernel.reading() as connection:
        texts = connection.execute(sa.select(table.c.counts).where(table.c.state == SCRUBBING)).scalars()
        files = [json.loads(text).get("files", {}) for text in texts]
        now = file_numbers(connection, sorted({name for each in files for name in each}))
    for each in files:
        found |= {name for name, number in each.items() if now.get(name) == number}
    return sorted(found)


def rewrite_files(kernel: Kernel) -> list[str]:
    """Rewrite those tables, each locked meanwhile; their names."""
    tables = to_rewrite(kernel)
    if tables:
        rewrite(kernel.store, tables)
    scrub(kernel)
    return tables


def waiting(kernel: Kernel) -> list[int]:
    """The erasures that wait for the files to be scrubbed."""
    table = kernel.tables.erasure
    with kernel.reading() as connection:
        return list(connection.execute(sa.select(table.c.id).where(table.c.state == SCRUBBING)).scalars())
