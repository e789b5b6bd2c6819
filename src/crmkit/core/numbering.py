"""Numbers without gaps, for what has to be counted so: quotes, invoices, receipts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from crmkit.core.errors import Invalid
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor

_LONGEST = 100


class Numbers:
    """Series of numbers, each counted from 1."""

    def __init__(self, kernel: Kernel, actor: Actor) -> None:
        self._kernel = kernel
        self._actor = actor

    def next(self, series: str) -> int:
        """The next number of a series, such as `quote/2026`.

        It is taken for good only if the unit of work in which it was asked for is kept: what is undone leaves
        no gap. Until that ends, others who want one of the same series wait. Raises `Invalid` for a series
        without a name.
        """
        if not 0 < len(series.strip()) <= _LONGEST:
            raise Invalid(
                phrase("A series of numbers has a name of 1 to {longest} characters", longest=_LONGEST)
            )
        statement = sa.text(
            "INSERT INTO numbering (series, last) VALUES (:series, 1) "
            "ON CONFLICT (series) DO UPDATE SET last = numbering.last + 1 RETURNING last"
        )
        with self._kernel.unit(self._actor) as tx:
            return int(tx.execute(statement, {"series": series.strip()}).scalar_one())

    def last(self, series: str) -> int:
        """The number that was given last; 0 for a series of which none was."""
        table = self._kernel.tables.numbering
        with self._kernel.reading() as connection:
            chosen = sa.select(table.c.last).where(table.c.series == series.strip())
            return connection.execute(chosen).scalar() or 0
