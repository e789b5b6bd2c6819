"""New titles for old records, after their title was declared otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from crmkit.core.model.words import RecordType
from crmkit.core.normalise import fold
from crmkit.core.records.rows import load_rows, retitle

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel

_AT_ONCE: Final = 5_000


def retitled(kernel: Kernel, connection: sa.Connection, type_: RecordType) -> int:
    """Give every record of a type the title that its fields make; how many got another.

    A title follows from the fields, so neither the version nor the change log knows of it.
    """
    table = kernel.tables.records[type_.name]
    change = (
        sa.update(table)
        .where(table.c.id == sa.bindparam("of"))
        .values(title=sa.bindparam("is_now"), fold=sa.bindparam("folded"))
    )
    after, count = 0, 0
    while ids := list(
        connection.scalars(
            sa.select(table.c.id).where(table.c.id > after).order_by(table.c.id).limit(_AT_ONCE)
        )
    ):
        changed = []
        for row in load_rows(connection, type_, ids).values():
            before = row.title
            retitle(type_, row, kernel)
            if row.title != before:
                changed.append({"of": row.id, "is_now": row.title, "folded": fold(row.title)})
        if changed:
            connection.execute(change, changed)
        after, count = ids[-1], count + len(changed)
    return count
