"""Imports of records: rows of a CSV file into records, in batches that keep their place on record."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import define, evolve, field

from crmkit.core.customers.fields import to_driver
from crmkit.core.customers.sets import rows_among
from crmkit.core.errors import CrmError, Invalid
from crmkit.core.exchange.rejects import RejectsFile
from crmkit.core.exchange.report import ImportReport, RejectedRow
from crmkit.core.exchange.rows import Row, Table, read_table
from crmkit.core.exchange.runs import Counts, Request, Run, begun, was_finished
from crmkit.core.exchange.survey import Survey, survey
from crmkit.core.model.batches import SaveReport
from crmkit.core.model.record import RecordDraft
from crmkit.core.model.words import RecordType
from crmkit.core.normalise.text import quoted
from crmkit.core.records.files import Columns, columns_of_file
from crmkit.core.store.bulk import quoted as quoted_name
from crmkit.core.store.tables import column_name

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.store.unit import Transaction

Progress = Callable[[int, int | None], None]
BATCH: Final = 10_000
_EXAMPLES: Final = 5


def import_records(
    crm: Crm,
    type: str,
    path: str | Path,
    *,
    mapping: Mapping[str, str] | None = None,
    defaults: Mapping[str, str] | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    batch_size: int = BATCH,
) -> ImportReport:
    """Save the records of a CSV file (UTF-8, with a header line; `.gz` is unpacked).

    `mapping` says what columns mean, header → target: `id`, `customer`, `email`, `identity:SCHEME`,
    `state`, `owner`, `field:NAME`, `ignore`; other columns are guessed from their headers. `defaults`
    gives a target one value for all rows. A row with an `id`, or with the value of a unique field that is
    on record, changes that record; its state must be one into which the record can move. Other rows are
    new records, unless this very file was imported before. What is refused goes to `FILE.rejects.csv`.
    Each batch is one unit of work: an import that was interrupted, given again, goes on where it stopped.
    A dry run does everything and keeps nothing.

    Raises `Invalid` for a file or mapping that cannot be used, `NotFound`, `NotAllowed`.
    """
    crm.require("customers.import")
    word = crm.words.record_types[type]
    seen = survey(Path(path))
    table = read_table(Path(path), damaged=seen.damaged)
    columns = columns_of_file(word, crm.words, table.headers, mapping or {}, defaults or {})
    return _Import(crm, word, table, seen, columns).run(dry_run, progress, batch_size)


@define
class _Import:
    """A file that is about to be imported."""

    crm: Crm
    type: RecordType
    table: Table
    survey: Survey
    columns: Columns
    examples: list[RejectedRow] = field(factory=list)
    repeated: bool = False

    def run(self, dry_run: bool, progress: Progress | None, batch_size: int) -> ImportReport:
        begin = time.perf_counter()
        # Rows that nothing tells from others would be new records each time.
        self.repeated = was_finished(self.crm, self.request)
        run = Run() if dry_run else begun(self.crm, self.request)
        resumed_from = run.counts.rows
        with _kept_nothing(self.crm) if dry_run else _as_it_comes(), self.table.rows() as rows:
            remaining = islice(rows, resumed_from, None)
            while batch := list(islice(remaining, batch_size)):
                run = self._batch(batch, run)
                if progress is not None:
                    progress(run.counts.rows, max(run.counts.rows, self.survey.lines - 1))
        run.finish(self.crm)
        return self._report(run, resumed_from, time.perf_counter() - begin)

    @property
    def request(self) -> Request:
        """What is imported."""
        return Request(
            what=f"records:{self.type.name}",
            file=self.table.path,
            digest=self.survey.digest,
            mapping=json.dumps([self.columns.targets, self.columns.defaults], ensure_ascii=False),
        )

    def _batch(self, batch: Sequence[Row], run: Run) -> Run:
        with self.crm.transaction() as tx:
            counts, refused = self._take(tx, batch, run)
            size = self._keep(refused, run)
            run = run.advance(self.crm, tx, run.counts.plus(counts, size))
            if run.id is None:
                tx.flush()
        return run

    def _take(self, tx: Transaction, batch: Sequence[Row], run: Run) -> tuple[Counts, list[Row]]:
        accepted: list[Row] = []
        refused: list[Row] = []
        drafts: list[RecordDraft] = []
        for row in batch:
            try:
                if row.reason is not None:
                    raise Invalid(row.reason)
                drafts.append(self.columns.draft(row.cells, self._id))
                accepted.append(row)
            except CrmError as error:
                refused.append(row._replace(reason=_sentence(error)))
        pairs = list(zip(accepted, self._matched(tx, drafts), strict=True))
        known = [pair for pair in pairs if self._is_known(pair[1])]
        fresh = [pair for pair in pairs if not self._is_known(pair[1])]
        report = self._save(fresh, run, refused)
        with _kept_nothing(self.crm):
            repeated = self._save(known, run, refused)
        counts = Counts(
            created=report.created,
            updated=report.updated,
            unchanged=report.unchanged + repeated.created,
            rejected=len(refused),
        )
        return counts, sorted(refused, key=lambda row: row.line)

    def _save(self, pairs: Sequence[tuple[Row, RecordDraft]], run: Run, refused: list[Row]) -> SaveReport:
        report = self.crm.records.save_all(self.type.name, [draft for _, draft in pairs], source=run.ref)
        refused += [pairs[each.index][0]._replace(reason=each.reason) for each in report.refused]
        return report

    def _is_known(self, draft: RecordDraft) -> bool:
        return self.repeated and draft.id is None and not self._has_key(draft)

    def _id(self, text: str) -> int:
        bare = text.removeprefix(f"{self.type.name}:")
        if not (bare.isascii() and bare.isdecimal()):
            raise Invalid(f"{quoted(text)} is not the number of a {self.type.name}")
        return int(bare)

    def _has_key(self, draft: RecordDraft) -> bool:
        return any(draft.fields.get(each.name) for each in self.type.fields if each.unique)

    def _matched(self, tx: Transaction, drafts: list[RecordDraft]) -> list[RecordDraft]:
        """Drafts with the id of the record that has their value of a unique field."""
        for each in self.type.fields:
            if not each.unique:
                continue
            wanted: dict[int, object] = {}
            for place, draft in enumerate(drafts):
                text = draft.fields.get(each.name)
                if draft.id is None and text:
                    try:
                        wanted[place] = to_driver(each, text, self.crm.kernel)
                    except Invalid:  # the save says so
                        continue
            select = f"SELECT {quoted_name(column_name(each))}, id FROM {self.type.table} WHERE "
            select += quoted_name(column_name(each))
            ids = {row[0]: row[1] for row in rows_among(tx.connection, select, list(set(wanted.values())))}
            for place, value in wanted.items():
                drafts[place] = evolve(drafts[place], id=ids.get(value))
        return drafts

    def _keep(self, refused: Sequence[Row], run: Run) -> int:
        """Write refused rows to their file, before the batch is committed; the file's size afterwards."""
        for row in refused[: _EXAMPLES - len(self.examples)]:
            self.examples.append(RejectedRow(row.line, row.reason or ""))
        if run.id is None or not refused:
            return run.counts.rejects_size
        assert run.rejects_file is not None
        headers, delimiter = self.table.headers, self.table.delimiter
        return RejectsFile(run.rejects_file, headers, delimiter, run.counts.rejects_size).append(refused)

    def _report(self, run: Run, resumed_from: int, seconds: float) -> ImportReport:
        counts = run.counts
        return ImportReport(
            ref=None if run.id is None else run.ref,
            rows=counts.rows,
            created=counts.created,
            updated=counts.updated,
            unchanged=counts.unchanged,
            rejected=counts.rejected,
            rejects_file=run.rejects_file if counts.rejects_size else None,
            seconds=seconds,
            mapping=dict(zip(self.table.headers, self.columns.targets, strict=True)),
            resumed_from=resumed_from,
            examples=tuple(self.examples),
        )


def _sentence(error: CrmError) -> str:
    message = error.message.rstrip(".")
    return f"{message}. {error.hint}" if error.hint else message


class _Undo(Exception):
    """Ends a unit of work so that nothing of it is kept."""


@contextmanager
def _kept_nothing(crm: Crm) -> Iterator[None]:
    """Everything that is written inside is undone at the end."""
    try:
        with crm.transaction():
            yield
            raise _Undo
    except _Undo:
        return


@contextmanager
def _as_it_comes() -> Iterator[None]:
    yield
