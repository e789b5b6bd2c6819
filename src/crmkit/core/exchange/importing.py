"""Imports: rows of a file into customers or interactions, in batches that keep their place on record."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from attrs import define, evolve, field

from crmkit.core.customers.sets import without_collector
from crmkit.core.errors import CrmError
from crmkit.core.exchange.customer_rows import CustomerRows
from crmkit.core.exchange.interaction_rows import InteractionRows
from crmkit.core.exchange.mapping import FileMapping, mapping_of
from crmkit.core.exchange.occurrences import Occurrences
from crmkit.core.exchange.rejects import RejectsFile
from crmkit.core.exchange.report import ImportReport, RejectedRow
from crmkit.core.exchange.rows import Row, Table, read_table
from crmkit.core.exchange.runs import Counts, Request, Run, begun, was_finished
from crmkit.core.exchange.survey import Survey, survey

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.model.batches import Refusal
    from crmkit.core.model.customer import CustomerDraft
    from crmkit.core.model.interaction import InteractionDraft
    from crmkit.core.store.unit import Transaction

# Called with how many rows are done and about how many there are.
Progress = Callable[[int, int | None], None]
BATCH: Final = 10_000
_EXAMPLES: Final = 5
_NOTHING: Final[Mapping[str, str]] = {}


def import_customers(
    crm: Crm,
    path: str | Path,
    *,
    mapping: Mapping[str, str] | None = None,
    defaults: Mapping[str, str] | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    batch_size: int = BATCH,
) -> ImportReport:
    """Save the customers of a CSV file (UTF-8, with a header line; `.gz` is unpacked).

    `mapping` says what columns mean, header → target: `name`, `email`, `address.city`, `identity:SCHEME`,
    `field:NAME`, `tag`, `ignore`, …; other columns are guessed from their headers. `defaults` gives a target
    one value for all rows. Rows find their customers as `[matching]` says; one that has none of its keys is a
    new customer, unless this very file was imported before. What is refused goes to `FILE.rejects.csv`.

    Each batch is one unit of work: an import that was interrupted, given again, goes on where it stopped. A
    dry run does everything and keeps nothing; meanwhile nobody else can write.

    Raises `Invalid` for a file or mapping that cannot be used, `NotFound`, `NotAllowed`.
    """
    crm.require("customers.import")
    return _Import.prepare(crm, Path(path), "customers", mapping, defaults).run(
        lambda import_: _CustomerSink(crm, import_), dry_run, progress, batch_size
    )


def import_interactions(
    crm: Crm,
    path: str | Path,
    *,
    mapping: Mapping[str, str] | None = None,
    defaults: Mapping[str, str] | None = None,
    source: str | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    batch_size: int = BATCH,
) -> ImportReport:
    """Record the interactions of a CSV file, as history: each is taken as known when it happened.

    As `import_customers`, with the targets `customer`, `email` or `identity:SCHEME` (whose it is), `type`,
    `at`, `amount`, `currency`, `source_ref`, `channel`, `outlet`, `payload:KEY`, `line.product`, …. A row
    about a customer that nobody knows is refused. A row is told by its `source` and `source_ref`: recorded
    once, however often it is imported. Without such a column the row's content tells it, under the source
    `file:NAME`; then a row that is corrected in the file is another row.
    """
    crm.require("customers.import")
    fixed = {**(defaults or {}), **({"source": source} if source else {})}
    prepared = _Import.prepare(crm, Path(path), "interactions", mapping, fixed)
    return prepared.run(lambda import_: _InteractionSink(crm, import_), dry_run, progress, batch_size)


class _Done(NamedTuple):
    """What became of a batch: counts, and the refused rows with their reasons."""

    counts: Counts
    refused: Sequence[Row]


class _Sink(Protocol):
    """Where rows go."""

    def passed(self, row: Row) -> None:
        """A row that an earlier run has done."""

    def take(self, rows: Sequence[Row], run: Run) -> _Done:
        """Save a batch of rows inside the current unit of work."""


@define
class _Import:
    """A file that is about to be imported."""

    crm: Crm
    table: Table
    survey: Survey
    mapping: FileMapping
    examples: list[RejectedRow] = field(factory=list)

    @classmethod
    def prepare(
        cls,
        crm: Crm,
        path: Path,
        what: str,
        by_hand: Mapping[str, str] | None,
        defaults: Mapping[str, str] | None,
    ) -> _Import:
        seen = survey(path)
        table = read_table(path, damaged=seen.damaged)
        mapping = mapping_of(table, what, crm.words, by_hand or _NOTHING, defaults or _NOTHING)
        return cls(crm, table, seen, mapping)

    def run(
        self,
        sink_of: Callable[[_Import], _Sink],
        dry_run: bool,
        progress: Progress | None,
        batch_size: int,
    ) -> ImportReport:
        begin = time.perf_counter()
        sink = sink_of(self)
        run = Run() if dry_run else begun(self.crm, self.request)
        resumed_from = run.counts.rows
        with _kept_nothing(self.crm) if dry_run else _as_it_comes(), self.table.rows() as rows:
            for row in islice(rows, resumed_from):
                sink.passed(row)
            for batch in _batches(rows, batch_size):
                run = self._batch(sink, batch, run)
                if progress is not None:
                    progress(run.counts.rows, max(run.counts.rows, self.survey.lines - 1))
        run.finish(self.crm)
        return self._report(run, resumed_from, time.perf_counter() - begin)

    @property
    def request(self) -> Request:
        """What is imported."""
        return Request(
            what=self.mapping.what,
            file=self.table.path,
            digest=self.survey.digest,
            mapping=json.dumps(self.mapping.plain(), ensure_ascii=False, sort_keys=True),
        )

    def _batch(self, sink: _Sink, batch: Sequence[Row], run: Run) -> Run:
        with without_collector(), self.crm.transaction() as tx:
            done = sink.take(batch, run)
            run = self._keep(done.refused, run)
            size = run.counts.rejects_size
            run = run.advance(self.crm, tx, run.counts.plus(done.counts, size))
            if run.id is None:
                _let_go(tx)
        return run

    def _keep(self, refused: Sequence[Row], run: Run) -> Run:
        """Write refused rows to their file, before the batch is committed: it knows the file's new size."""
        for row in refused[: _EXAMPLES - len(self.examples)]:
            self.examples.append(RejectedRow(row.line, row.reason or ""))
        if run.id is None or not refused:
            return run
        assert run.rejects_file is not None
        file = RejectsFile(
            run.rejects_file, self.table.headers, self.table.delimiter, run.counts.rejects_size
        )
        counts = evolve(run.counts, rejects_size=file.append(refused))
        return evolve(run, counts=counts)

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
            mapping=self.mapping.plain(),
            resumed_from=resumed_from,
            examples=tuple(self.examples),
        )


class _CustomerSink:
    """Rows of customers."""

    def __init__(self, crm: Crm, import_: _Import) -> None:
        self._customers = crm.customers
        self._constants = import_.mapping.constants
        self._rows = CustomerRows(crm, import_.mapping)
        # Rows that nothing tells from others would be new customers each time.
        self._is_repeated = was_finished(crm, import_.request)

    def passed(self, row: Row) -> None:
        """Customers do not depend on rows before them."""

    def take(self, rows: Sequence[Row], run: Run) -> _Done:
        drafts: list[CustomerDraft] = []
        accepted, refused = _built(rows, self._constants, self._draft, drafts.append)
        known = 0
        if self._is_repeated:
            told = [i for i, draft in enumerate(drafts) if self._rows.has_key(draft)]
            known = len(drafts) - len(told)
            accepted, drafts = [accepted[i] for i in told], [drafts[i] for i in told]
        report = self._customers.save_all(drafts, source=run.ref)
        refused = _in_order(accepted, report.refused, refused)
        counts = Counts(
            created=report.created,
            updated=report.updated,
            unchanged=report.unchanged + known,
            rejected=len(refused),
        )
        return _Done(counts, refused)

    def _draft(self, cells: list[str]) -> CustomerDraft:
        draft = self._rows.draft(cells)
        if self._is_repeated and not self._rows.has_key(draft):
            self._rows.check(draft)
        return draft


class _InteractionSink:
    """Rows of interactions."""

    def __init__(self, crm: Crm, import_: _Import) -> None:
        mapping = import_.mapping
        self._interactions = crm.interactions
        self._constants = mapping.constants
        source = "import"
        self._names: Occurrences | None = None
        if mapping.column("source_ref") is None:
            source = f"file:{import_.table.path.name}"
            self._names = Occurrences(mapping.used())
            with import_.table.rows() as rows:
                self._names.prepare(rows, import_.survey.lines)
        self._rows = InteractionRows(crm, mapping, source)

    def passed(self, row: Row) -> None:
        """A row's name counts the equal rows before it."""
        if row.reason is None and self._names is not None:
            self._names.name(row.cells)

    def take(self, rows: Sequence[Row], run: Run) -> _Done:  # noqa: ARG002 - its source is the file
        drafts: list[InteractionDraft] = []
        accepted, refused = _built(rows, self._constants, self._draft, drafts.append)
        report = self._interactions.record_all(drafts)
        refused = _in_order(accepted, report.refused, refused)
        counts = Counts(created=report.recorded, unchanged=report.repeated, rejected=len(refused))
        return _Done(counts, refused)

    def _draft(self, cells: list[str]) -> InteractionDraft:
        own = len(cells) - len(self._constants)
        name = self._names.name(cells[:own] if self._constants else cells) if self._names else ""
        return self._rows.draft(cells, name)


def _built(
    rows: Sequence[Row],
    constants: list[str],
    build: Callable[[list[str]], object],
    keep: Callable[..., None],
) -> tuple[list[Row], list[Row]]:
    """Build a draft of every row that can be; the rows in the order of the drafts, and the refused ones."""
    accepted: list[Row] = []
    refused: list[Row] = []
    for row in rows:
        if row.reason is not None:
            refused.append(row)
            continue
        try:
            keep(build(row.cells + constants if constants else row.cells))
        except CrmError as error:
            refused.append(row._replace(reason=_sentence(error)))
        else:
            accepted.append(row)
    return accepted, refused


def _in_order(accepted: Sequence[Row], refusals: Sequence[Refusal], refused: list[Row]) -> list[Row]:
    """All refused rows of a batch, as they stand in the file."""
    if not refusals:
        return refused
    late = [accepted[refusal.index]._replace(reason=_reason(refusal)) for refusal in refusals]
    return sorted([*refused, *late], key=lambda row: row.line)


def _reason(refusal: Refusal) -> str:
    return f"ambiguous: {refusal.reason}" if refusal.code == "ambiguous" else refusal.reason


def _sentence(error: CrmError) -> str:
    message = error.message.rstrip(".")
    return f"{message}. {error.hint}" if error.hint else message


def _batches(rows: Iterator[Row], size: int) -> Iterator[list[Row]]:
    while batch := list(islice(rows, size)):
        yield batch


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


def _let_go(tx: Transaction) -> None:
    """Write what a dry run has buffered, so that it does not pile up; it is undone with the rest."""
    tx.flush()
