"""The one loop of all imports: rows of a file through a sink into the database, in batches on record."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Protocol

from attrs import define, field, frozen

from crmkit.core.customers.sets import without_collector
from crmkit.core.errors import CrmError, TryAgain, reason_of
from crmkit.core.exchange.preview import Samples
from crmkit.core.exchange.rejects import RejectsFile
from crmkit.core.exchange.report import ImportReport, Meaning, RejectedRow
from crmkit.core.exchange.runs import Counts, Request, Run, begun
from crmkit.core.exchange.sources import Row, Table
from crmkit.core.language import N_
from crmkit.core.phrase import as_phrase, phrase

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.store.unit import Transaction

# Called with how many rows are done and about how many there are.
Progress = Callable[[int, int | None], None]
BATCH: Final = 10_000
# So many rows change what a database should do for a question.
_MUCH: Final = 5_000
REFUSED: Final = "refused"
_EXAMPLES: Final = 5
_TRIES: Final = 5
_PAUSE: Final = 0.05


@frozen
class Mapped:
    """What the columns of the file mean; `key` tells this mapping from others."""

    what: str
    columns: tuple[Meaning, ...]
    defaults: tuple[tuple[str, str], ...] = ()
    preset: str | None = None

    @property
    def key(self) -> str:
        """Equal for two imports that would read the file alike. A hash: a file without a header line has
        people's data where the headers should be, and nobody could erase them from here.
        """
        text = json.dumps(self.plain(), ensure_ascii=False, sort_keys=True)
        return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    def plain(self) -> dict[str, str]:
        """Header → target, as a person may write it; fixed values as `=VALUE`."""
        return {each.header: each.target for each in self.columns} | {
            f"={value}": target for target, value in self.defaults
        }

    @property
    def unknown(self) -> tuple[str, ...]:
        """The columns that nobody could tell and that are left out."""
        return tuple(each.header for each in self.columns if each.how == "unknown")


@define
class Batch:
    """Rows as the sink understood them: `accepted[i]` became `drafts[i]`; `refused` say why not."""

    accepted: list[Row]
    drafts: list[Any]
    refused: list[Row]


@frozen(kw_only=True)
class Done:
    """What became of a batch: by position of its drafts `created`, `updated`, `unchanged` or `refused`.

    `ids` are what the drafts ended in, `refused` the rows that were refused late, `entries` numbers of the
    interactions that it recorded (known after the flush).
    """

    done: Sequence[str]
    ids: Sequence[int | None] = ()
    refused: Sequence[Row] = ()
    recorded: int = 0
    seqs: Iterable[int | None] = ()
    notes: Sequence[str] = ()


class Sink(Protocol):
    """Where rows go."""

    def passed(self, row: Row) -> None:
        """A row that an earlier run has done."""

    def read(self, rows: Sequence[Row]) -> Batch:
        """Make drafts of rows. Nothing is written, and each row is read once."""

    def save(self, batch: Batch, run: Run, tx: Transaction) -> Done:
        """Save the drafts inside the unit of work. It may be called again when that fails."""

    def kept(self) -> None:
        """The last batch is committed."""

    @property
    def waits(self) -> bool:
        """Whether something of the rows waits until all of them are saved."""

    def rest(self, run: Run, tx: Transaction) -> Sequence[str]:
        """Write what waited, after the last row; what was left out."""

    def who(self, draft: Any) -> str:
        """Whom or what a draft is about, in a few words."""


class AtOnce:
    """What sinks have in common of whose rows none waits: what one refers to stands before it."""

    def kept(self) -> None:
        """The last batch is committed."""

    @property
    def waits(self) -> bool:
        """Nothing waits."""
        return False

    def rest(self, run: Run, tx: Transaction) -> Sequence[str]:  # noqa: ARG002 - the same for all sinks
        """Nothing waits."""
        return ()


class Import:
    """One import of one file."""

    def __init__(self, crm: Crm, table: Table, mapped: Mapped) -> None:
        self.crm = crm
        self.table = table
        self.mapped = mapped
        self.notes: dict[str, int] = {}
        self._examples: list[RejectedRow] = []
        self._clock = _Clock()

    @property
    def request(self) -> Request:
        """What is imported."""
        return Request(
            what=self.mapped.what,
            file=self.table.path,
            digest=self.table.survey.digest,
            mapping=self.mapped.key,
        )

    def run(
        self, sink: Sink, *, dry_run: bool, progress: Progress | None = None, batch_size: int = BATCH
    ) -> ImportReport:
        """Import all rows. Raises `Conflict` where somebody else imports the same at the same time."""
        run = Run() if dry_run else begun(self.crm, self.request)
        resumed_from = run.counts.rows
        samples = Samples(self.crm) if dry_run else None
        keeping = kept_nothing(self.crm) if dry_run else _as_it_comes()
        with without_collector() as collect_young, keeping, self.table.rows() as rows:
            for row in islice(rows, resumed_from):
                sink.passed(row)
            while batch := self._clock.measured(N_("read"), lambda: list(islice(rows, batch_size))):
                run = self._batch(sink, batch, run, samples)
                collect_young()
                if progress is not None:
                    progress(run.counts.rows, max(run.counts.rows, self.table.survey.lines - 1))
            if sink.waits:
                self._rest(sink, run)
        run.finish(self.crm)
        if not dry_run and run.counts.rows >= _MUCH:
            self.crm.kernel.store.analyse()
        return self._report(run, resumed_from, samples)

    def _rest(self, sink: Sink, run: Run) -> None:
        with self.crm.transaction() as tx:
            self._note(sink.rest(run, tx))
            run.note_batch(self.crm, tx, run.counts, (), tx.flush()[1])

    def _note(self, notes: Sequence[str]) -> None:
        for note in notes:
            self.notes[note] = self.notes.get(note, 0) + 1

    def _batch(self, sink: Sink, rows: Sequence[Row], run: Run, samples: Samples | None) -> Run:
        batch = self._clock.measured(N_("understand"), lambda: sink.read(rows))
        run, done, refused = self._saved(sink, batch, run, samples)
        sink.kept()
        self._note(done.notes)
        for row in refused[: _EXAMPLES - len(self._examples)]:
            self._examples.append(RejectedRow(row.line, row.reason or ""))
        return run

    def _saved(
        self, sink: Sink, batch: Batch, run: Run, samples: Samples | None
    ) -> tuple[Run, Done, list[Row]]:
        """Save a batch; again when others were in the way, unless a larger unit of work is over it."""
        from sqlalchemy.exc import IntegrityError

        tries = 1 if self.crm.kernel.current is not None else _TRIES
        for attempt in range(1, tries + 1):
            try:
                return self._written(sink, batch, run, samples)
            except (TryAgain, IntegrityError):
                if attempt == tries:
                    raise
                time.sleep(_PAUSE * attempt)
        raise AssertionError

    def _written(
        self, sink: Sink, batch: Batch, run: Run, samples: Samples | None
    ) -> tuple[Run, Done, list[Row]]:
        clock = self._clock
        with clock.rest(N_("commit")), self.crm.transaction() as tx:
            mark = tx.mark()
            done = clock.measured(N_("save"), lambda: sink.save(batch, run, tx))
            refused = sorted([*batch.refused, *done.refused], key=_line)
            counts = run.counts.plus(_counted(done, refused), self._keep(refused, run))
            if samples is not None:
                samples.take(sink, batch, done, refused, tx.changes_since(mark))
            clock.measured(N_("log"), tx.flush)
            changes = tx.mark().written_changes - mark.written_changes
            run.note_batch(self.crm, tx, counts, numbered(done), changes)
            run = run.advance(self.crm, tx, counts)
        return run, done, refused

    def _keep(self, refused: Sequence[Row], run: Run) -> int:
        """Write refused rows to their file, before the batch is committed; the file's size afterwards."""
        if run.id is None or not refused:
            return run.counts.rejects_size
        assert run.rejects_file is not None
        table = self.table
        file = RejectsFile(run.rejects_file, table.headers, table.delimiter, run.counts.rejects_size)
        size: int = self._clock.measured(N_("refused rows"), lambda: file.append(refused))
        return size

    def _report(self, run: Run, resumed_from: int, samples: Samples | None) -> ImportReport:
        counts = run.counts
        return ImportReport(
            ref=None if run.id is None else run.ref,
            rows=counts.rows,
            created=counts.created,
            updated=counts.updated,
            unchanged=counts.unchanged,
            rejected=counts.rejected,
            rejects_file=run.rejects_file if counts.rejects_size else None,
            seconds=self._clock.total(),
            mapping=self.mapped.plain(),
            unmapped=self.mapped.unknown,
            resumed_from=resumed_from,
            examples=tuple(self._examples),
            columns=self.mapped.columns,
            preset=self.mapped.preset,
            samples=samples.found() if samples is not None else {},
            notes=(*self.table.notes, *self._counted()),
            taken_for=self.table.taken_for,
            steps=self._clock.steps,
        )

    def _counted(self) -> Iterator[str]:
        return (
            phrase("{count:,} × {note}", count=count, note=as_phrase(note))
            for note, count in self.notes.items()
        )


def built(rows: Sequence[Row], build: Callable[[Row], object]) -> Batch:
    """The drafts of the rows of which `build` makes one; a row that it refuses says why."""
    batch = Batch([], [], [])
    accept, keep = batch.accepted.append, batch.drafts.append
    for row in rows:
        if row.reason is not None:
            batch.refused.append(row)
            continue
        try:
            keep(build(row))
        except CrmError as error:
            batch.refused.append(row._replace(reason=reason_of(error)))
        else:
            accept(row)
    return batch


def numbered(done: Done) -> list[tuple[int, int]]:
    """The numbers of the interactions that a batch recorded, as spans; they are the newest of all."""
    if not done.recorded:
        return []
    fresh = sorted({seq for seq in done.seqs if seq is not None})[-done.recorded :]
    spans: list[tuple[int, int]] = []
    for seq in fresh:
        if spans and spans[-1][1] == seq - 1:
            spans[-1] = (spans[-1][0], seq)
        else:
            spans.append((seq, seq))
    return spans


@contextmanager
def kept_nothing(crm: Crm) -> Iterator[None]:
    """Everything that is written inside is undone at the end."""
    try:
        with crm.transaction():
            yield
            raise _Undo
    except _Undo:
        return


class _Undo(Exception):
    """Ends a unit of work so that nothing of it is kept."""


@contextmanager
def _as_it_comes() -> Iterator[None]:
    yield


def _counted(done: Done, refused: Sequence[Row]) -> Counts:
    outcomes = done.done
    return Counts(
        created=outcomes.count("created"),
        updated=outcomes.count("updated"),
        unchanged=outcomes.count("unchanged"),
        rejected=len(refused),
    )


def _line(row: Row) -> int:
    return row.line


@define
class _Clock:
    """Seconds by what took them."""

    steps: dict[str, float] = field(factory=dict)
    _began: float = field(factory=time.perf_counter)

    def measured(self, step: str, work: Callable[[], Any]) -> Any:
        """What `work` returns, its time counted under `step`."""
        began = time.perf_counter()
        try:
            return work()
        finally:
            self.steps[step] = self.steps.get(step, 0.0) + time.perf_counter() - began

    @contextmanager
    def rest(self, step: str) -> Iterator[None]:
        """Count under `step` what no other step inside took."""
        began, inside = time.perf_counter(), sum(self.steps.values())
        yield
        others = sum(self.steps.values()) - inside
        self.steps[step] = self.steps.get(step, 0.0) + time.perf_counter() - began - others

    def total(self) -> float:
        """Seconds since the import began."""
        return time.perf_counter() - self._began
