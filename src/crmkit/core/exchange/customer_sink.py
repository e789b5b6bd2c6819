"""Rows of customers into the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from crmkit.core.customers.saving import CREATED
from crmkit.core.errors import Invalid, reason_of
from crmkit.core.exchange.coming import Coming
from crmkit.core.exchange.consents import ConsentWriter
from crmkit.core.exchange.customer_rows import NOTHING, Beside, CustomerRows, plain_cells
from crmkit.core.exchange.loop import REFUSED, Batch, Done, Import, built
from crmkit.core.exchange.mapping import FileMapping
from crmkit.core.exchange.moving_numbers import move_numbers
from crmkit.core.exchange.presets import FORMERLY
from crmkit.core.exchange.preview import ambiguous
from crmkit.core.exchange.runs import Run, refused_before, was_finished
from crmkit.core.exchange.sources import Row
from crmkit.core.exchange.ties import Ties
from crmkit.core.phrase import as_phrase, phrase

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.model.batches import Refusal
    from crmkit.core.model.customer import CustomerDraft
    from crmkit.core.store.unit import Transaction


_STRANGE: Final = phrase("the uid is not one that crmkit gave, and was left out")


class Told(NamedTuple):
    """What a row says: the customer, and what is beside."""

    draft: CustomerDraft
    beside: Beside


class CustomerSink:
    """Saves rows as customers, with their employers, ties and consents."""

    def __init__(self, crm: Crm, import_: Import, mapping: FileMapping) -> None:
        self._customers = crm.customers
        self._constants = mapping.constants
        self._is_csv = import_.table.format == "csv"
        self._rows = CustomerRows(crm, mapping)
        self._ties = Ties(crm, Coming(import_.table, mapping))
        self._consents = ConsentWriter(import_.table.path.name)
        # Rows that nothing tells from others would be new customers each time.
        self._is_repeated = was_finished(crm, import_.request)
        self._refused_before = refused_before(crm, import_.request) if self._is_repeated else None
        self._may_move = any(scheme in FORMERLY for _, scheme in mapping.named("identity"))

    def passed(self, row: Row) -> None:
        """Customers do not depend on rows before them, but these may wait for later ones."""
        if row.reason is None:
            self._ties.passed(row.cells)

    def read(self, rows: Sequence[Row]) -> Batch:
        """Drafts of the rows."""
        return built(rows, self._told)

    def save(self, batch: Batch, run: Run, tx: Transaction) -> Done:
        """Save the drafts, then what stands beside them."""
        if self._may_move:
            move_numbers(tx, (told.draft for told in batch.drafts))
        self._ties.begin()
        done = [""] * len(batch.drafts)
        ids: list[int | None] = [None] * len(batch.drafts)
        late = self._late(batch, tx) if self._rows.says_more else {}
        places = [
            i for i in range(len(batch.drafts)) if i not in late and not self._is_known(batch.drafts[i])
        ]
        report = self._customers.save_all([batch.drafts[i].draft for i in places], source=run.ref)
        for i, outcome, id_ in zip(places, report.done, report.ids, strict=True):
            done[i], ids[i] = outcome, id_
            if outcome == CREATED and id_ is not None and batch.drafts[i].draft.is_organization:
                self._ties.learn(batch.drafts[i].draft.name or "", id_)
        late.update({places[refusal.index]: _reason(refusal) for refusal in report.refused})
        notes = self._write_beside(batch, done, ids, run, tx) if self._rows.says_more else []
        notes += [_STRANGE] * self._rows.strange_uids
        notes += self._passed_over(batch)
        done = [REFUSED if i in late else outcome or "unchanged" for i, outcome in enumerate(done)]
        refused = [batch.accepted[i]._replace(reason=reason) for i, reason in late.items()]
        return Done(done=done, ids=ids, refused=refused, notes=notes)

    def kept(self) -> None:
        """The last batch is committed."""
        self._ties.kept()
        self._rows.strange_uids = 0

    @property
    def waits(self) -> bool:
        """Whether ties wait for everybody to be there."""
        return self._ties.waits

    def rest(self, run: Run, tx: Transaction) -> Sequence[str]:
        """Make the ties that waited."""
        return self._ties.rest(tx, run.ref)

    def who(self, draft: Any) -> str:
        """A name, or what stands for one."""
        said = draft.draft
        name = said.name or " ".join(filter(None, (said.given_name, said.family_name)))
        others = [str(each) for each in said.identities] + [each.value for each in said.contact_points]
        return ", ".join(filter(None, (name, *others[:2])))

    def _told(self, row: Row) -> Told:
        cells = row.cells + self._constants if self._constants else row.cells
        if self._is_csv:  # the only format in which a spreadsheet takes a text for a formula
            cells = plain_cells(cells)
        draft = self._rows.draft(cells)
        if self._is_repeated and not self._rows.has_key(draft):
            self._rows.check(draft)
        return Told(draft, self._rows.beside(cells) if self._rows.says_more else NOTHING)

    def _is_known(self, told: Told) -> bool:
        return self._is_repeated and not self._rows.has_key(told.draft)

    def _passed_over(self, batch: Batch) -> list[str]:
        """A note for each row that is taken for known, where some of these may have been refused before."""
        if self._refused_before is None:
            return []
        note = phrase(
            "nothing tells the row from others, and this file was imported before: if it was refused then, "
            "import {file}",
            file=self._refused_before.name,
        )
        return [note for told in batch.drafts if self._is_known(told)]

    def _late(self, batch: Batch, tx: Transaction) -> dict[int, str]:
        """Rows whose ties cannot be made: their place in the batch, and why."""
        late = {}
        for i, told in enumerate(batch.drafts):
            if told.beside is not NOTHING:
                try:
                    self._ties.check(told.beside, tx)
                except Invalid as error:
                    late[i] = reason_of(error)
        return late

    def _write_beside(
        self, batch: Batch, done: list[str], ids: Sequence[int | None], run: Run, tx: Transaction
    ) -> list[str]:
        """Write ties and consents; a customer about whom only these are new was updated."""
        said = [
            (id_, batch.accepted[i].line, batch.drafts[i].beside)
            for i, id_ in enumerate(ids)
            if id_ is not None and batch.drafts[i].beside is not NOTHING
        ]
        if not said:
            return []
        tied, left = self._ties.write(tx, [(id_, beside) for id_, _, beside in said], run.ref)
        entries = [(id_, line, beside.consents) for id_, line, beside in said if beside.consents]
        agreed, kept = self._consents.write(tx, entries, run.ref)
        news = tied | agreed
        for i, id_ in enumerate(ids):
            if id_ in news:
                news.discard(id_)
                done[i] = "updated" if done[i] == "unchanged" else done[i]
        return [*left, *kept]


def _reason(refusal: Refusal) -> str:
    return ambiguous(refusal.reason) if refusal.code == "ambiguous" else as_phrase(refusal.reason)
