"""Samples of what an import would do: a few rows of each outcome, with what they would change."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from crmkit.core.exchange.report import FieldChange, Sample
from crmkit.core.language import N_
from crmkit.core.phrase import Phrase, as_phrase, phrase

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.exchange.loop import Batch, Done, Sink
    from crmkit.core.exchange.sources import Row
    from crmkit.core.store.bulk import Row as Entry

_EACH: Final = 5
_OUTCOMES: Final = (
    N_("created"), N_("updated"), N_("unchanged"), N_("ambiguous"), N_("rejected")
)  # fmt: skip
AMBIGUOUS: Final = "ambiguous: "
# Where the parts of a buffered change stand: at, actor, action, entity, entity_id, customer_id, field, …
_ACTION: Final = 2
_ENTITY, _ENTITY_ID, _CUSTOMER, _FIELD, _OLD, _NEW = 3, 4, 5, 6, 7, 8


def ambiguous(reason: str) -> Phrase:
    """Why a row fits several, marked as such by `AMBIGUOUS`."""
    return phrase("ambiguous: {reason}", reason=as_phrase(reason))


class Samples:
    """Collects the first few rows of each outcome."""

    def __init__(self, crm: Crm) -> None:
        self._crm = crm
        self._found: dict[str, list[Sample]] = {outcome: [] for outcome in _OUTCOMES}

    def take(
        self, sink: Sink, batch: Batch, done: Done, refused: Sequence[Row], changes: Sequence[Entry]
    ) -> None:
        """Look at a batch; `changes` are what it put into the change log."""
        for outcome in ("created", "updated", "unchanged"):
            self._first(outcome, sink, batch, done, changes)
        for row in refused:
            reason = row.reason or ""
            outcome = "ambiguous" if reason.startswith(AMBIGUOUS) else "rejected"
            if len(self._found[outcome]) < _EACH:
                self._found[outcome].append(Sample(row.line, _cells(row), reason=reason))

    def found(self) -> Mapping[str, tuple[Sample, ...]]:
        """The samples by outcome; outcomes that did not occur are left out."""
        return {outcome: tuple(samples) for outcome, samples in self._found.items() if samples}

    def _first(self, outcome: str, sink: Sink, batch: Batch, done: Done, changes: Sequence[Entry]) -> None:
        found = self._found[outcome]
        start = 0
        while len(found) < _EACH and outcome in done.done[start:]:
            at = list(done.done).index(outcome, start)
            start = at + 1
            id_ = done.ids[at] if done.ids else None
            mine = self._changes(id_, changes) if outcome == "updated" and id_ is not None else ()
            found.append(Sample(batch.accepted[at].line, sink.who(batch.drafts[at]), mine))

    def _changes(self, id_: int, changes: Sequence[Entry]) -> tuple[FieldChange, ...]:
        """What changes about the customer or record `id_`; not that an earlier row of the file made it."""
        return tuple(
            FieldChange(_named(each), *self._values(each))
            for each in changes
            if (each[_ENTITY_ID] if _is_record(each) else each[_CUSTOMER]) == id_ and not _makes(each)
        )

    def _values(self, change: Entry) -> tuple[Any, Any]:
        from crmkit.core.customers.fields import plain_value

        old, new = (None if text is None else json.loads(text) for text in (change[_OLD], change[_NEW]))
        word = self._crm.words.fields.get(change[_FIELD]) if change[_ENTITY] == "field" else None
        if word is None:
            return old, new
        currency = self._crm.config.crs.currency
        return plain_value(word, old, currency), plain_value(word, new, currency)


def _is_record(change: Entry) -> bool:
    return str(change[_ENTITY]).startswith("record:")


def _makes(change: Entry) -> bool:
    """Whether it is that the customer or the record came to be."""
    return change[_ACTION] == "created" and (change[_ENTITY] == "customer" or _is_record(change))


def _named(change: Entry) -> str:
    entity, field = str(change[_ENTITY]), str(change[_FIELD])
    if entity == "contact_point" and field in ("email", "phone", "address", "handle"):
        return field
    if entity in ("customer", "field") or _is_record(change):
        return field or entity
    return f"{entity} {field}".strip()


def _cells(row: Row) -> str:
    return ", ".join(cell.strip() for cell in row.cells if cell.strip())[:80]
