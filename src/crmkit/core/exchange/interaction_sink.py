"""Rows of interactions into the log."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from attrs import asdict, define, evolve, field, has

from crmkit.core.exchange.customer_rows import plain_cells
from crmkit.core.exchange.interaction_rows import InteractionRows
from crmkit.core.exchange.loop import REFUSED, AtOnce, Batch, Done, Import, built
from crmkit.core.exchange.mapping import FileMapping
from crmkit.core.exchange.occurrences import Occurrences
from crmkit.core.exchange.preview import ambiguous
from crmkit.core.exchange.sources import Row
from crmkit.core.instants import format_instant
from crmkit.core.interactions.repeats import Key
from crmkit.core.interactions.travelling import at_home, known_interactions
from crmkit.core.model.money import format_amount
from crmkit.core.phrase import as_phrase, phrase

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.exchange.runs import Run
    from crmkit.core.incoming.strangers import Strangers
    from crmkit.core.model.batches import RecordReport, Refusal
    from crmkit.core.model.interaction import InteractionDraft
    from crmkit.core.store.unit import Transaction


_SUPERSEDED: Final = phrase("was corrected or voided where it comes from, and was left out")


@define
class Told:
    """What a row says: the interaction, how it is told from others, and of which purchase a refund is."""

    draft: InteractionDraft
    key: Key
    purchase: Key | None = None
    is_superseded: bool = field(default=False, kw_only=True)


class InteractionSink(AtOnce):
    """Records rows as interactions of the past; `live` as what has just come in, which rules act upon.
    `strangers` admits people who are not on record; without it, what is said of them is refused."""

    def __init__(
        self,
        crm: Crm,
        import_: Import,
        mapping: FileMapping,
        *,
        live: bool = False,
        strangers: Strangers | None = None,
    ) -> None:
        self._crm = crm
        self._strangers = strangers
        self._interactions = crm.interactions
        self._constants = mapping.constants
        self._is_csv = import_.table.format == "csv"
        is_named = mapping.column("source_ref") is not None
        source = "import" if is_named else f"file:{import_.table.path.name}"
        self._rows = InteractionRows(crm, mapping, source, live=live)
        self._names: Occurrences | None = None
        if not is_named:
            self._names = Occurrences(mapping.used())
            with import_.table.rows() as rows:
                self._names.prepare(rows, import_.table.survey.lines)

    def passed(self, row: Row) -> None:
        """A row's name counts the equal rows before it."""
        if row.reason is None and self._names is not None:
            self._names.name(row.cells)

    def read(self, rows: Sequence[Row]) -> Batch:
        """Drafts of the rows."""
        return built(rows, self._told)

    def save(self, batch: Batch, run: Run, tx: Transaction) -> Done:
        """Record the drafts; what is on record already is unchanged.

        Refunds come after the other rows: the purchase that one is of has its number by then.
        """
        told: list[Told] = batch.drafts
        done = ["unchanged"] * len(told)
        home = at_home(tx.connection, {each.key for each in told})
        places = [i for i, each in enumerate(told) if not each.is_superseded and each.key not in home]
        notes = [_SUPERSEDED] * sum(each.is_superseded for each in told)
        late = self._admit(batch, places, run, tx)
        places = [i for i in places if i not in late]
        seqs: list[RecordReport] = []
        refunds = [i for i in places if told[i].purchase is not None]
        plain = [i for i in places if told[i].purchase is None]
        if plain:
            seqs.append(self._record(plain, [told[i].draft for i in plain], done, late))
        if refunds:
            tx.flush()
            refunds = self._of_known(tx, told, refunds, late)
            seqs.append(self._record(refunds, [told[i].draft for i in refunds], done, late))
        done = [REFUSED if i in late else each for i, each in enumerate(done)]
        refused = [batch.accepted[i]._replace(reason=reason) for i, reason in late.items()]
        return Done(
            done=done,
            refused=refused,
            recorded=sum(each.recorded for each in seqs),
            seqs=chain.from_iterable(each.seqs for each in seqs),
            notes=notes,
        )

    def _record(
        self, places: Sequence[int], drafts: Sequence[InteractionDraft], done: list[str], late: dict[int, str]
    ) -> RecordReport:
        report = self._interactions.record_all(drafts)
        before = set(report.repeats)
        for number, place in enumerate(places):
            done[place] = "unchanged" if number in before else "created"
        for refusal in report.refused:
            late[places[refusal.index]] = _reason(refusal)
            done[places[refusal.index]] = REFUSED
        return report

    def who(self, draft: Any) -> str:
        """What happened, when, and to whom."""
        said: InteractionDraft = draft.draft
        day = format_instant(said.at, self._crm.kernel.tz) if said.at is not None else ""
        currency = said.currency or self._crm.config.crs.currency
        amount = "" if said.amount is None else f"{format_amount(said.amount, currency)} {currency}"
        what = " ".join(filter(None, (said.type, day, amount)))
        return phrase("{what} of {customer}", what=what, customer=said.customer)

    def _admit(self, batch: Batch, places: Sequence[int], run: Run, tx: Transaction) -> dict[int, str]:
        """Make prospects of strangers; why some are not let in, by their places."""
        if self._strangers is None:
            return {}
        told: list[Told] = batch.drafts
        cells = {i: (told[i].draft, batch.accepted[i].cells) for i in places}
        admitted, refused = self._strangers.admit(cells, run, tx)
        for i, draft in admitted.items():
            told[i].draft = draft
        return refused

    def _of_known(
        self, tx: Transaction, told: Sequence[Told], refunds: Sequence[int], late: dict[int, str]
    ) -> list[int]:
        """Put the numbers of their purchases into refunds; those whose purchase is known."""
        numbers = known_interactions(tx.connection, {key for i in refunds if (key := told[i].purchase)})
        left = []
        for i in refunds:
            key = told[i].purchase
            assert key is not None
            if (seq := numbers.get(key)) is None:
                late[i] = phrase(
                    "There is no purchase {reference} of {source}. Import it first, or in the same file",
                    reference=key[1],
                    source=key[0],
                )
            else:
                told[i].draft = evolve(told[i].draft, payload=_with_purchase(told[i].draft.payload, seq))
                left.append(i)
        return left

    def _told(self, row: Row) -> Told:
        name = self._names.name(row.cells) if self._names else ""
        cells = row.cells + self._constants if self._constants else row.cells
        if self._is_csv:  # the only format in which a spreadsheet takes a text for a formula
            cells = plain_cells(cells)
        draft = self._rows.draft(cells, name)
        assert draft.source is not None
        assert draft.source_ref is not None
        key = draft.source, draft.source_ref
        return Told(draft, key, self._rows.purchase(cells), is_superseded=self._rows.is_superseded(cells))


def _reason(refusal: Refusal) -> str:
    return ambiguous(refusal.reason) if refusal.code == "ambiguous" else as_phrase(refusal.reason)


def _with_purchase(payload: Any, seq: int) -> dict[str, Any]:
    said = asdict(payload) if has(type(payload)) else dict(payload)
    return said | {"purchase": seq}
