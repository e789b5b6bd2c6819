"""Putting customers back to what they were before an edit, where they still are as the edit left them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attrs import define, field

from crmkit.core.customers.drafts import Drafts, Prepared
from crmkit.core.customers.saving import Batch
from crmkit.core.customers.unique import UniqueValues
from crmkit.core.editing.entries import Touched, touched
from crmkit.core.editing.staff_rows import StaffRows
from crmkit.core.errors import Conflict
from crmkit.core.model.customer import CustomerDraft
from crmkit.core.model.naming import column_named
from crmkit.core.model.record import RecordDraft
from crmkit.core.phrase import Phrase, as_phrase, nphrase, phrase
from crmkit.core.records.rows import load_rows
from crmkit.core.records.saving import Batch as RecordBatch
from crmkit.core.undo.values import Left

if TYPE_CHECKING:
    from crmkit.core.customers.record import Record
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor
    from crmkit.core.store.unit import Transaction

_SINCE = phrase("it was changed since")
_MERGED = phrase("they were merged with somebody else since")


@define
class Tally:
    """What was put back, and what was left and why."""

    customers: int = 0
    values: int = 0
    tags: int = 0
    records: int = 0
    rows: dict[str, int] = field(factory=dict)
    left: list[Left] = field(factory=list)

    @property
    def words(self) -> tuple[str, ...]:
        """In counted words."""
        said: list[str] = []
        if self.values:
            said.append(
                nphrase(
                    "put {count} value back (customers: {customers:,})",
                    "put {count} values back (customers: {customers:,})",
                    self.values,
                    customers=self.customers,
                )
            )
        if self.tags:
            said.append(
                nphrase("put {count} tag back as they were", "put {count} tags back as they were", self.tags)
            )
        if self.records:
            said.append(
                nphrase(
                    "put {count} record back with whom it was",
                    "put {count} records back with whom they were",
                    self.records,
                )
            )
        said += [
            nphrase(
                "put {count} row of {table} back with whom it was",
                "put {count} rows of {table} back with whom they were",
                count,
                table=table,
            )
            for table, count in self.rows.items()
        ]  # fmt: skip
        return tuple(said)


class PuttingBack:
    """One batch of the undo of an edit, within a unit of work."""

    def __init__(self, kernel: Kernel, actor: Actor, tx: Transaction, size: int, source: str) -> None:
        self._kernel = kernel
        self._tx = tx if tx.actor is actor else tx.acting(actor)
        self._batch = Batch(kernel, actor, tx, Drafts(kernel), size)
        self._unique = UniqueValues(kernel, tx.connection)
        self._source = source
        self.tally = Tally()

    def run(self, edit: str, after: int, ids: Sequence[int]) -> Tally:
        """Put back what the edit (`edit:4`, whose entries come after `after`) did to these customers."""
        records = {record.id: record for record in self._batch.load(ids)}
        uids = {id_: record.uid for id_, record in records.items()}
        done = touched(self._tx.connection, edit, after, uids)
        planned = [self._planned(records[id_], mine) for id_, mine in done.items()]
        self._unique.look_up(prepared for _, prepared, _ in planned)
        for record, prepared, off in planned:
            self._apply(record, prepared, off)
        self._batch.finish()
        self._owners(done)
        return self.tally

    def rows(self, edit: str, after: int) -> None:
        """Give the rows of plugins back to whom the edit took them from; the same for all its customers."""
        self.tally.rows, left = StaffRows(self._kernel, self._tx).put_back(edit, after, self._source)
        self.tally.left += left

    def _planned(self, record: Record, mine: Touched) -> tuple[Record, Prepared, list[str]]:
        """What to save, and which tags to take off."""
        if mine.merged:
            self._leave(record.id, record.shown_name(), _MERGED)
        prepared = Prepared(CustomerDraft())
        for (entity, name), (old, new) in mine.values.items():
            if entity == "customer":
                self._attribute(record, prepared, name, old, new)
            else:
                self._field(record, prepared, name, old, new)
        off: list[str] = []
        for tag, put_on in mine.tags.items():
            if put_on and tag in record.tags:
                off.append(tag)
            elif not put_on and tag not in record.tags:
                prepared.tags.append(tag)
        for other in mine.others:
            self._leave(record.id, _of(record, other), phrase("a plugin added it, and knows why"))
        return record, prepared, off

    def _attribute(self, record: Record, prepared: Prepared, name: str, old: Any, new: Any) -> None:
        current = getattr(record, name, None)
        if current == new:
            prepared.attributes[name] = old
        elif current != old:
            self._leave(record.id, _of(record, column_named(name)), _SINCE)

    def _field(self, record: Record, prepared: Prepared, name: str, old: Any, new: Any) -> None:
        what = _of(record, name)
        word = self._kernel.words.fields.get(name)
        if word is None:
            self._leave(record.id, what, phrase("the field is not declared any more"))
        elif word.type == "multi-choice":
            chosen = set(record.choices.get(name, ()))
            if chosen == set(new or ()):
                prepared.choices[name] = tuple(old or ())
            elif chosen != set(old or ()):
                self._leave(record.id, what, _SINCE)
        elif (current := record.values.get(name)) == new:
            prepared.values[name] = old
        elif current != old:
            self._leave(record.id, what, _SINCE)

    def _apply(self, record: Record, prepared: Prepared, off: list[str]) -> None:
        try:
            self._unique.require_free(prepared, record.id, {})
        except Conflict as error:
            name = str(error.details["field"])
            del prepared.values[name]
            self._leave(record.id, _of(record, name), phrase("somebody else has that value now"))
        tally, changing = self.tally, self._batch.changing
        values = len(prepared.attributes) + len(prepared.values) + len(prepared.choices)
        changing.apply(record, prepared, self._source)
        changing.remove_tags(record, off, self._source)
        tally.values += values
        tally.customers += bool(values)
        tally.tags += len(off) + len(prepared.tags)

    def _owners(self, done: Mapping[int, Touched]) -> None:
        """Give records back to whom they were taken from."""
        by_type: dict[str, dict[int, tuple[int, Any, Any]]] = {}
        for customer_id, mine in done.items():
            for (name, id_), (old, new) in mine.owners.items():
                by_type.setdefault(name, {})[id_] = (customer_id, old, new)
        for name, owners in by_type.items():
            self._owners_of(name, owners)

    def _owners_of(self, name: str, owners: Mapping[int, tuple[int, Any, Any]]) -> None:
        type_ = self._kernel.words.record_types.get(name)
        if type_ is None:
            for id_, (customer_id, _, _) in owners.items():
                gone = phrase("that kind of record is not declared any more")
                self._leave(customer_id, f"{name}:{id_}", gone)
            return
        rows = load_rows(self._tx.connection, type_, list(owners))
        drafts = []
        for id_, (customer_id, old, new) in owners.items():
            row = rows.get(id_)
            if row is not None and row.employee_id == new:
                drafts.append(RecordDraft(id=id_, owner="" if old is None else old))
            elif row is None or row.employee_id != old:
                self._leave(customer_id, f"{name}:{id_}", _SINCE)
        batch = RecordBatch(self._kernel, self._tx, type_, len(drafts), self._source)
        saved = batch.save(drafts)
        for position, error in saved.errors.items():
            id_ = drafts[position].id or 0
            self._leave(owners[id_][0], f"{name}:{id_}", as_phrase(error.message))
        self.tally.records += len(drafts) - len(saved.errors)

    def _leave(self, customer_id: int | None, what: str, reason: str) -> None:
        self.tally.left.append(Left(customer_id=customer_id, what=what, reason=reason))


def _of(record: Record, what: str) -> Phrase:
    return phrase("{name}: {part}", name=record.shown_name(), part=what)
