"""Imports of records: rows of a file into records of one type, through the loop of all imports."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import evolve

from crmkit.core.customers.fields import to_driver
from crmkit.core.customers.sets import rows_among
from crmkit.core.errors import CrmError, Invalid
from crmkit.core.exchange.customer_rows import plain_cells
from crmkit.core.exchange.loop import (
    BATCH,
    REFUSED,
    AtOnce,
    Batch,
    Done,
    Import,
    Progress,
    built,
    kept_nothing,
)
from crmkit.core.exchange.mapping import Unknown
from crmkit.core.exchange.report import ImportReport
from crmkit.core.exchange.runs import Run, was_finished
from crmkit.core.exchange.saved import saved_wish
from crmkit.core.exchange.sources import Row, open_source
from crmkit.core.exchange.written import day_as_written, is_month_first, moment_as_written, money_as_written
from crmkit.core.instants import parse_instant
from crmkit.core.model.record import RecordDraft
from crmkit.core.model.words import Field, RecordType
from crmkit.core.normalise import fold
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import joined, phrase
from crmkit.core.records.files import Columns, Told, columns_of_file
from crmkit.core.records.numbers import Given, Number, give_numbers, known_numbers, owners_of
from crmkit.core.records.saving import CREATED, UNCHANGED, UPDATED
from crmkit.core.records.saving import Batch as RecordBatch
from crmkit.core.store.bulk import quoted as quoted_name
from crmkit.core.store.lines import Lines
from crmkit.core.store.tables import column_name

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.store.unit import Transaction


def import_records(
    crm: Crm,
    type: str,
    path: str | Path,
    *,
    mapping: Mapping[str, str] | None = None,
    defaults: Mapping[str, str] | None = None,
    saved: str | None = None,
    unknown: Unknown | None = None,
    source: str | None = None,
    format: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    batch_size: int = BATCH,
) -> ImportReport:
    """Save the records of a file: CSV, NDJSON or XLSX, told by its content or by `format`.

    `mapping` says what columns mean, header → target: `id`, `source_ref`, `customer`, `email`,
    `identity:SCHEME`, `state`, `owner`, `field:NAME`, `ignore`; `saved` names a mapping of `[imports]`. Other
    columns are guessed from their headers; those that nobody can tell are refused, or left out where
    `unknown` is `ignore`.
    `defaults` gives a target one value for all rows. A `source_ref` is the number by which another system,
    the `source`, knows the record; it is kept. A row with an `id`, or with a number or the value of a unique
    field that is on record, changes that record; its state must be one into which the record can move. Other
    rows are new records, unless this very file was imported before. What is refused goes to
    `FILE.rejects.csv`.
    Each batch is one unit of work: an import that was interrupted, given again, goes on where it stopped.
    A dry run does everything and keeps nothing.

    Raises `Invalid` for a file or mapping that cannot be used, `NotFound`, `NotAllowed`.
    """
    crm.require("customers.import")
    word = crm.words.record_types[type]
    table = open_source(path, format, encoding, sheet)
    fixed = {**(defaults or {}), **({"source": source} if source else {})}
    wish = saved_wish(crm, f"records:{word.name}", saved, mapping, fixed, None, unknown)
    columns = columns_of_file(word, crm.words, table.headers, wish)
    import_ = Import(crm, table, columns.mapped(word.name))
    sink = RecordSink(crm, import_, word, columns)
    return import_.run(sink, dry_run=dry_run, progress=progress, batch_size=batch_size)


class RecordSink(AtOnce):
    """Saves rows as records of one type."""

    def __init__(self, crm: Crm, import_: Import, type_: RecordType, columns: Columns) -> None:
        self._crm = crm
        self._type = type_
        self._columns = columns
        self._is_csv = import_.table.format == "csv"
        self._unique = [each for each in type_.fields if each.unique]
        self._readers = _readers(crm, type_)
        # Rows that nothing tells from others would be new records each time.
        self._is_repeated = was_finished(crm, import_.request)
        self._lines = Lines()

    def passed(self, row: Row) -> None:
        """A row's number is its own."""
        if row.reason is None:
            with suppress(CrmError):  # it was refused
                self._told(row)

    def read(self, rows: Sequence[Row]) -> Batch:
        """Drafts of the rows."""
        return built(rows, self._told)

    def save(self, batch: Batch, run: Run, tx: Transaction) -> Done:
        """Save the drafts; those that a repeated file may have brought before are only judged."""
        told: list[Told] = batch.drafts
        numbered = known_numbers(tx.connection, self._type, (each.number for each in told if each.number))
        drafts, clashes = self._by_number(told, self._own(tx, told), numbered)
        drafts = self._matched(tx, drafts)
        done = [REFUSED if i in clashes else "" for i in range(len(drafts))]
        ids: list[int | None] = [None] * len(drafts)
        places = [i for i in range(len(drafts)) if i not in clashes]
        known = [i for i in places if told[i].number is None and self._is_known(drafts[i])]
        fresh = [i for i in places if told[i].number is not None or not self._is_known(drafts[i])]
        late = clashes | self._saved(drafts, fresh, run, done, ids)
        if known:
            with kept_nothing(self._crm):
                late |= self._saved(drafts, known, run, done, ids)
            for i in known:
                done[i], ids[i] = (done[i] if i in late else "unchanged"), None
        self._number(tx, told, done, ids, numbered, run)
        for each, outcome, id_ in zip(told, done, ids, strict=True):
            if each.archived_at is not None and outcome == CREATED and id_ is not None:
                self._archive(tx, id_, each.archived_at, run)
        refused = [batch.accepted[i]._replace(reason=reason) for i, reason in late.items()]
        return Done(done=done, ids=ids, refused=refused)

    def who(self, draft: Any) -> str:
        """The record, or whose it is, and its first values."""
        said: RecordDraft = draft.draft
        about = (
            f"{self._type.name}:{said.id}"
            if said.id is not None
            else phrase("of {customer}", customer=said.customer)
        )
        return joined(", ", [about, *(str(value) for value in list(said.fields.values())[:2] if value)])

    def _saved(
        self,
        drafts: Sequence[RecordDraft],
        places: Sequence[int],
        run: Run,
        done: list[str],
        ids: list[int | None],
    ) -> dict[int, str]:
        """Save the drafts at `places`; why some were refused, by place."""
        report = self._crm.records.save_all(
            self._type.name, [drafts[i] for i in places], source=run.ref, history=True
        )
        for i, outcome, id_ in zip(places, report.done, report.ids, strict=True):
            done[i], ids[i] = outcome, id_
        late = {places[each.index]: each.reason for each in report.refused}
        for i in late:
            done[i] = REFUSED
        return late

    def _by_number(
        self, told: Sequence[Told], drafts: Sequence[RecordDraft], numbered: Mapping[Number, int]
    ) -> tuple[list[RecordDraft], dict[int, str]]:
        """The drafts with the ids of the records that have their numbers, and which name two records."""
        found, clashes = list(drafts), dict[int, str]()
        for i, (each, draft) in enumerate(zip(told, drafts, strict=True)):
            id_ = None if each.number is None else numbered.get(each.number)
            if id_ is not None and draft.id not in (None, id_):
                name = self._type.name
                clashes[i] = phrase(
                    "{number} is {known}, not {given}",
                    number=each.number,
                    known=f"{name}:{id_}",
                    given=f"{name}:{draft.id}",
                )
            elif id_ is not None:
                found[i] = evolve(draft, id=id_)
        return found, clashes

    def _number(
        self,
        tx: Transaction,
        told: Sequence[Told],
        done: list[str],
        ids: Sequence[int | None],
        numbered: Mapping[Number, int],
        run: Run,
    ) -> None:
        """Keep the numbers that are new; a record of which only that is new was updated."""
        new: list[tuple[int, int, Number]] = [
            (i, id_, number)
            for i, id_ in enumerate(ids)
            if id_ is not None and (number := told[i].number) is not None and number not in numbered
        ]
        owners = owners_of(tx.connection, self._type, {id_ for _, id_, _ in new})
        given = [Given(id_, owners[id_], number, done[i] == CREATED) for i, id_, number in new]
        give_numbers(tx, self._type, given, run.ref)
        for i, _, _ in new:
            done[i] = UPDATED if done[i] == UNCHANGED else done[i]

    def _told(self, row: Row) -> Told:
        # The only format in which a spreadsheet takes a text for a formula.
        cells = plain_cells(row.cells) if self._is_csv else row.cells
        told = self._columns.draft(cells, self._id, self._instant)
        if told.number is not None and (line := self._lines.first(told.number, row.line)) != row.line:
            raise Invalid(phrase("{number} is in line {line} already", number=told.number, line=line))
        fields = dict(told.draft.fields)
        for name, read in self._readers.items():
            if name in fields:
                fields[name] = read(fields[name])
        state = told.draft.state
        state = self._type.state_names.get(fold(state), state) if state is not None else None
        return evolve(told, draft=evolve(told.draft, fields=fields, state=state))

    def _instant(self, text: str) -> int:
        return parse_instant(text, self._crm.kernel.tz, self._crm.clock.now())

    def _archive(self, tx: Transaction, id_: int, at: int, run: Run) -> None:
        batch = RecordBatch(self._crm.kernel, tx, self._type, 1, run.ref)
        batch.change(id_, lambda row: batch.attribute(row, "archived_at", at))

    def _own(self, tx: Transaction, told: Sequence[Told]) -> list[RecordDraft]:
        """The drafts without numbers of another installation, whose records were made at other times."""
        dated = [each.created_at is not None and each.draft.id is not None for each in told]
        numbers = {each.draft.id for each, is_dated in zip(told, dated, strict=True) if is_dated}
        select = f"SELECT id, created_at FROM {self._type.table} WHERE id"
        made: dict[int, int] = dict(rows_among(tx.connection, select, numbers))
        return [
            evolve(each.draft, id=None)
            if is_dated and made.get(each.draft.id or 0) != each.created_at
            else each.draft
            for each, is_dated in zip(told, dated, strict=True)
        ]

    def _is_known(self, draft: RecordDraft) -> bool:
        return self._is_repeated and draft.id is None and not self._has_key(draft)

    def _id(self, text: str) -> int:
        bare = text.removeprefix(f"{self._type.name}:")
        if not (bare.isascii() and bare.isdecimal()):
            raise Invalid(
                phrase("{text} is not the number of a {type}", text=quoted(text), type=self._type.name)
            )
        return int(bare)

    def _has_key(self, draft: RecordDraft) -> bool:
        return any(draft.fields.get(each.name) for each in self._unique)

    def _matched(self, tx: Transaction, drafts: list[RecordDraft]) -> list[RecordDraft]:
        """Drafts with the id of the record that has their value of a unique field."""
        for each in self._unique:
            wanted = self._wanted(each, drafts)
            select = f"SELECT {quoted_name(column_name(each))}, id FROM {self._type.table} WHERE "
            select += quoted_name(column_name(each))
            ids = {row[0]: row[1] for row in rows_among(tx.connection, select, list(set(wanted.values())))}
            for place, value in wanted.items():
                drafts[place] = evolve(drafts[place], id=ids.get(value))
        return drafts

    def _wanted(self, field: Field, drafts: list[RecordDraft]) -> dict[int, object]:
        """The value of a unique field, as it is kept, by the place of each draft that names no record."""
        wanted: dict[int, object] = {}
        for place, draft in enumerate(drafts):
            text = draft.fields.get(field.name)
            if draft.id is None and text:
                with suppress(Invalid):  # the save says so
                    wanted[place] = to_driver(field, text, self._crm.kernel)
        return wanted


def _readers(crm: Crm, type_: RecordType) -> dict[str, Callable[[str], str]]:
    """How the cells of fields are read that exports write in ways of their own, by the field."""
    crs = crm.config.crs
    month_first = is_month_first(crs)

    def day(text: str) -> str:
        return day_as_written(text, month_first)

    def moment(text: str) -> str:
        return moment_as_written(text, month_first)

    def money(text: str) -> str:
        return money_as_written(text, crs.currency)

    ways = {"date": day, "datetime": moment, "money": money}
    return {each.name: ways[each.type] for each in type_.fields if each.type in ways}
