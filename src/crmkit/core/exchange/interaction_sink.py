"""Rows of interactions into the log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from crmkit.core.exchange.customer_rows import plain_cells
from crmkit.core.exchange.interaction_rows import InteractionRows
from crmkit.core.exchange.loop import REFUSED, Batch, Done, Import, built
from crmkit.core.exchange.mapping import FileMapping
from crmkit.core.exchange.occurrences import Occurrences
from crmkit.core.exchange.preview import AMBIGUOUS
from crmkit.core.exchange.sources import Row
from crmkit.core.instants import format_instant
from crmkit.core.model.money import format_amount

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.exchange.runs import Run
    from crmkit.core.model.batches import Refusal
    from crmkit.core.model.interaction import InteractionDraft
    from crmkit.core.store.unit import Transaction


class InteractionSink:
    """Records rows as interactions of the past."""

    def __init__(self, crm: Crm, import_: Import, mapping: FileMapping) -> None:
        self._crm = crm
        self._interactions = crm.interactions
        self._constants = mapping.constants
        self._is_csv = import_.table.format == "csv"
        source = "import"
        self._names: Occurrences | None = None
        if mapping.column("source_ref") is None:
            source = f"file:{import_.table.path.name}"
            self._names = Occurrences(mapping.used())
            with import_.table.rows() as rows:
                self._names.prepare(rows, import_.table.survey.lines)
        self._rows = InteractionRows(crm, mapping, source)

    def passed(self, row: Row) -> None:
        """A row's name counts the equal rows before it."""
        if row.reason is None and self._names is not None:
            self._names.name(row.cells)

    def read(self, rows: Sequence[Row]) -> Batch:
        """Drafts of the rows."""
        return built(rows, self._draft)

    def save(self, batch: Batch, run: Run, tx: Transaction) -> Done:  # noqa: ARG002 - the same for all sinks
        """Record the drafts; what is on record already is unchanged."""
        report = self._interactions.record_all(batch.drafts)
        late = {refusal.index: _reason(refusal) for refusal in report.refused}
        before = set(report.repeats)
        done = [
            REFUSED if i in late else "unchanged" if i in before else "created"
            for i in range(len(batch.drafts))
        ]
        refused = [batch.accepted[i]._replace(reason=reason) for i, reason in late.items()]
        return Done(done=done, refused=refused, recorded=report.recorded, seqs=report.seqs)

    def kept(self) -> None:
        """The last batch is committed."""

    @property
    def waits(self) -> bool:
        """Nothing waits: what refers to something comes after it."""
        return False

    def rest(self, run: Run, tx: Transaction) -> Sequence[str]:  # noqa: ARG002 - the same for all sinks
        """Nothing waits."""
        return ()

    def who(self, draft: Any) -> str:
        """What happened, when, and to whom."""
        said: InteractionDraft = draft
        day = format_instant(said.at, self._crm.kernel.tz) if said.at is not None else ""
        currency = said.currency or self._crm.config.crs.currency
        amount = "" if said.amount is None else f"{format_amount(said.amount, currency)} {currency}"
        return " ".join(filter(None, (said.type, day, amount, "of", str(said.customer))))

    def _draft(self, row: Row) -> InteractionDraft:
        name = self._names.name(row.cells) if self._names else ""
        cells = row.cells + self._constants if self._constants else row.cells
        if self._is_csv:  # the only format in which a spreadsheet takes a text for a formula
            cells = plain_cells(cells)
        return self._rows.draft(cells, name)


def _reason(refusal: Refusal) -> str:
    return f"{AMBIGUOUS}{refusal.reason}" if refusal.code == "ambiguous" else refusal.reason
