"""`crm.exporting`: customers, interactions and records out to files."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Final

from crmkit.core.access import record_access
from crmkit.core.customers.sets import without_collector
from crmkit.core.exporting.asked import Asked, Progress, without_literals
from crmkit.core.exporting.cells import Manner
from crmkit.core.exporting.files import Target, opened, path_of
from crmkit.core.exporting.formats import CUSTOMERS, TABLES, format_of
from crmkit.core.exporting.report import ExportReport
from crmkit.core.exporting.source import Batches, Source
from crmkit.core.exporting.writers import Writer, writer_for
from crmkit.core.people.current import allowed

if TYPE_CHECKING:
    import sqlalchemy as sa

    from crmkit.core.crm import Crm
    from crmkit.core.model.people import Actor

EXPORT: Final = "customers.export"


class Exporting:
    """Exports, for one actor: only customers whom the actor sees. Each is noted in the access log.

    `to` is a path, `-` for stdout, or a binary file object, which stays open. The format is `format`, else
    what the path's name says. Methods raise `NotAllowed`; `Invalid` for a format; `PredicateError`;
    `StoreError` where the file cannot be written; `ExtraMissing` for XLSX and Parquet without their library.
    """

    def __init__(self, crm: Crm) -> None:
        self._crm = crm

    def customers(
        self,
        to: Target,
        *,
        format: str | None = None,  # noqa: A002 - what a format is called
        where: str | None = None,
        view: str | None = None,
        columns: Sequence[str] | None = None,
        order: str | None = None,
        archived: bool = False,
        restricted: bool = False,
        version: str | None = None,
        progress: Progress | None = None,
    ) -> ExportReport:
        """Write customers: those of `view` who also meet `where`, in `order`.

        Without columns, the view's or these, whole customers are written, in the words that an import reads.
        `columns` are such words (`email`, `identity:shop`, `tag`) and expressions. `archived` adds those in
        the archive, `restricted` those whose use is restricted. `version` is that of vCard: `4.0` or `3.0`.
        """
        from crmkit.core.exporting.customers import customers_source

        asked = Asked(
            where=where, view=view, columns=columns, order=order, archived=archived, restricted=restricted
        )
        kind = format_of(format, path_of(to), CUSTOMERS)
        with self._reading() as (connection, actor):
            source = customers_source(self._crm, connection, actor, asked, kind)
            return self._write(source, to, kind, version, progress)

    def interactions(
        self,
        to: Target,
        *,
        format: str | None = None,  # noqa: A002 - what a format is called
        where: str | None = None,
        types: Sequence[str] = (),
        since: int | None = None,
        until: int | None = None,
        superseded: bool = False,
        archived: bool = False,
        restricted: bool = False,
        progress: Progress | None = None,
    ) -> ExportReport:
        """Write interactions, in the order in which they were recorded: of these types, from `since` until
        before `until`, microseconds UTC, of the customers who meet `where`.

        What was corrected or voided is left out unless `superseded`; `archived` and `restricted` as for
        customers.
        """
        from crmkit.core.exporting.interactions import interactions_source
        from crmkit.core.interactions.reading import Filter

        wanted = Filter(types=types, since=since, until=until, superseded=superseded)
        asked = Asked(where=where, archived=archived, restricted=restricted)
        kind = format_of(format, path_of(to), TABLES)
        with self._reading() as (connection, actor):
            source = interactions_source(self._crm, connection, actor, wanted, asked)
            return self._write(source, to, kind, None, progress)

    def records(
        self,
        type: str,  # noqa: A002 - what a record's type is called
        to: Target,
        *,
        format: str | None = None,  # noqa: A002 - what a format is called
        customer: int | str | None = None,
        states: Sequence[str] | None = None,
        columns: Sequence[str] | None = None,
        archived: bool = True,
        progress: Progress | None = None,
    ) -> ExportReport:
        """Write the records of a type, oldest first."""
        from crmkit.core.exporting.records import records_source

        kind = format_of(format, path_of(to), TABLES)
        with self._reading() as (connection, actor):
            source = records_source(
                self._crm, connection, actor, type, customer, states, columns, archived=archived
            )
            return self._write(source, to, kind, None, progress)

    @cached_property
    def _manner(self) -> Manner:
        kernel = self._crm.kernel
        return Manner(kernel.currency, kernel.tz)

    @contextmanager
    def _reading(self) -> Iterator[tuple[sa.Connection, Actor]]:
        """One consistent state, for an actor who may export."""
        kernel = self._crm.kernel
        with kernel.reading() as connection:
            yield connection, allowed(kernel, connection, self._crm.actor, EXPORT)

    def _write(
        self, source: Source, to: Target, kind: str, version: str | None, progress: Progress | None
    ) -> ExportReport:
        began = time.perf_counter()
        path, rows = path_of(to), 0
        with opened(to) as stream, closing(source.batches) as batches:
            writer = writer_for(kind, stream, source.columns, self._manner, version)
            try:
                # Before the first row leaves: what is killed half-way is on record too.
                self._note(source, kind)
                while count := _next(batches, writer):
                    rows += count
                    if progress is not None:
                        progress(rows, max(rows, source.rows))
                    self._crm.require(EXPORT)  # it may have been taken away meanwhile
                writer.end()
            except BaseException:
                writer.give_up()
                raise
        return ExportReport(
            what=source.what,
            format=kind,
            rows=rows,
            customers=source.customers,
            columns=tuple(column.header for column in source.columns),
            path=path,
            seconds=time.perf_counter() - began,
        )

    def _note(self, source: Source, kind: str) -> None:
        columns = [without_literals(column.said) for column in source.columns]
        detail = {
            "format": kind,
            "rows": source.rows,
            "columns": list(dict.fromkeys(columns)),
            **source.detail,
        }
        with self._crm.transaction() as tx:
            record_access(tx, "export", source.what, customers=source.customers, detail=detail)


def _next(batches: Batches, writer: Writer) -> int:
    """Write the next batch; how many rows it had, 0 at the end."""
    with without_collector():
        batch = next(batches, None)
        if batch is None:
            return 0
        count = len(batch)
        writer.rows(batch)
        return count
