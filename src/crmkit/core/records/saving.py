"""Saving records: the one path that every change takes, for one of them and for a million.

A batch is decided in memory against what is on record, then written table by table.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any, Final

from attrs import define, evolve, field

from crmkit.core.customers.changing import as_json
from crmkit.core.customers.fields import from_driver
from crmkit.core.customers.sets import Numbers
from crmkit.core.errors import Conflict, CrmError, Invalid, NotFound, Unwanted
from crmkit.core.language import N_
from crmkit.core.model.record import RecordDraft
from crmkit.core.model.words import RecordType
from crmkit.core.phrase import joined, phrase
from crmkit.core.records.drafts import Drafts, Prepared, prepared
from crmkit.core.records.links import Links
from crmkit.core.records.reading import Reader
from crmkit.core.records.rows import Row, insert_records, load_rows, public, retitle, update_records
from crmkit.core.records.states import require_move
from crmkit.core.records.telling import Telling
from crmkit.core.records.unique import UniqueValues

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.store.unit import Transaction

CREATED: Final = "created"
UPDATED: Final = N_("updated")
UNCHANGED: Final = "unchanged"
REFUSED: Final = "refused"
DECIDER: Final = "before_records_saved"


def entity_of(type_: RecordType) -> str:
    """What the change log calls records of a type: `record:cake_order`."""
    return f"record:{type_.name}"


@define
class Saved:
    """What became of a batch, by position: the record and what was done, or why it was refused."""

    rows: list[Row | None]
    done: list[str]
    errors: dict[int, CrmError] = field(factory=dict)


class Batch:
    """One batch of records of one type within a unit of work, on behalf of the unit's actor."""

    def __init__(
        self,
        kernel: Kernel,
        tx: Transaction,
        type_: RecordType,
        size: int,
        source: str = "",
        *,
        tells: bool = True,
    ) -> None:
        self._kernel = kernel
        self._tx = tx
        self._type = type_
        self._source = source
        self._entity = entity_of(type_)
        self._drafts = Drafts(kernel, type_)
        self._links = Links(kernel, tx, type_)
        self._unique = UniqueValues(tx.connection, type_)
        self._numbers = Numbers(tx.connection, type_.table, size)
        self._known: dict[int, Row] = {}
        self._created: list[Row] = []
        self._changed: dict[int, Row] = {}
        self._telling = Telling(kernel, tx, type_) if tells and type_.tells else None

    def save(self, drafts: Sequence[RecordDraft]) -> Saved:
        """Decide and write `drafts`."""
        saved = Saved([None] * len(drafts), [REFUSED] * len(drafts))
        ready = prepared(self._drafts, drafts, saved.errors)
        self._load({each.draft.id for each in ready if each and each.draft.id is not None})
        if self._kernel.hooks.decides(DECIDER):
            self._decide(ready, saved.errors)
        there = [each for each in ready if each is not None]
        self._links.look_up(there)
        self._unique.look_up(each.values for each in there)
        for position, each in enumerate(ready):
            if each is None:
                continue
            try:
                saved.rows[position], saved.done[position] = self._one(each)
            except CrmError as error:
                saved.errors[position] = error
        self.write()
        if self._telling is not None:
            self._telling.record()
        return saved

    def change(self, id_: int, change: Callable[[Row], None]) -> Row:
        """Let `change` set attributes of a known record through `attribute`, and write it."""
        self._load({id_})
        row = self._named(id_)
        change(row)
        self.write()
        return row

    def change_all(self, ids: Collection[int], change: Callable[[Row], None]) -> None:
        """As `change`, for each of `ids` that there still is and that the actor sees."""
        self._load(set(ids))
        for id_ in ids:
            if id_ in self._known:
                change(self._known[id_])
        self.write()

    def write(self) -> None:
        """Write what was decided. `Conflict` when a record moved on in the meantime."""
        insert_records(self._tx.connection, self._type, self._created)
        update_records(self._tx.connection, self._type, self._changed.values())

    def attribute(self, row: Row, name: str, value: Any, *, logged_as: str = "") -> None:
        """Set one attribute, and log it if it differs."""
        old = getattr(row, name)
        if old != value:
            setattr(row, name, value)
            row.changed.add(name)
            self._log(row, logged_as or name, old, value)

    def value(self, row: Row, name: str, value: Any) -> None:
        """Set one field to what the database keeps, and log it if it differs."""
        old = row.values.get(name)
        if old != value:
            self._set(row, name, value)
            self._log(row, name, old, value)

    def _decide(self, ready: list[Prepared | None], errors: dict[int, CrmError]) -> None:
        """Let plugins correct and refuse what is valid so far."""
        kernel = self._kernel
        positions = [position for position, each in enumerate(ready) if each is not None]
        self._links.look_up([each for each in ready if each is not None])
        shown = [self._understood(each) for each in ready if each is not None]
        records = {id_: public(self._type, row, kernel.currency) for id_, row in self._known.items()}
        with kernel.acting_in(self._tx, self._tx.actor) as (crm, own):
            items, refusals = kernel.hooks.before_records_saved(self._type.name, shown, records, crm, own)
        refused = {refusal.index: refusal.reason for refusal in refusals}
        remaining = iter(items)
        for index, position in enumerate(positions):
            if index in refused:
                errors[position], ready[position] = Unwanted(refused[index]), None
            elif (item := next(remaining)) is not shown[index]:
                try:
                    ready[position] = self._drafts.prepare(item)
                except CrmError as error:
                    errors[position], ready[position] = error, None

    def _understood(self, ready: Prepared) -> RecordDraft:
        """The draft as plugins see it: names and values as they are kept, however they were written. Where it
        names no state, they may choose in which it begins."""
        currency = self._kernel.currency
        words = ((name, self._drafts.word(name), kept) for name, kept in ready.values.items())
        fields = {name: from_driver(word, kept, currency) for name, word, kept in words}
        customer = self._links.customer_of(ready)
        state = None if ready.draft.state is None else ready.state
        return evolve(ready.draft, customer=customer, state=state, fields=fields)

    def _load(self, ids: set[int]) -> None:
        """The records with these ids that the actor sees, locked."""
        if not ids:
            return
        seen = Reader(self._kernel, self._tx.actor, self._type).seen(ids)
        self._known = load_rows(self._tx.connection, self._type, seen, lock=True)

    def _one(self, ready: Prepared) -> tuple[Row, str]:
        self._links.settle(ready)
        if ready.draft.id is None:
            return self._create(ready), CREATED
        row = self._named(ready.draft.id)
        self._require_same(ready, row)
        self._unique.require_free(ready.values, row.id)
        before = row.version
        self._apply(ready, row)
        return row, UPDATED if row.version != before else UNCHANGED

    def _named(self, id_: int) -> Row:
        row = self._known.get(id_)
        if row is None:
            raise NotFound(
                phrase("There is no {type} {id}", type=self._type.name, id=id_),
                hint=phrase("See: crm records {type} list", type=self._type.name),
            )
        return row

    def _require_same(self, ready: Prepared, row: Row) -> None:
        ref = f"{self._type.name}:{row.id}"
        version = ready.draft.version
        if version is not None and version != row.version:
            raise Conflict(
                phrase(
                    "{ref} was changed in the meantime: you saw version {version}, now it is {row_version}",
                    ref=ref,
                    version=version,
                    row_version=row.version,
                ),
                hint=phrase("Look again: crm records {type} show {id}", type=self._type.name, id=row.id),
                version=row.version,
            )
        if ready.customer_id not in (None, row.customer_id):
            raise Invalid(
                phrase(
                    "{ref} belongs to customer {customer_id}, not to customer {ready_customer_id}",
                    ref=ref,
                    customer_id=row.customer_id,
                    ready_customer_id=ready.customer_id,
                ),
                hint="A record stays with its customer; archive it and add another.",
            )
        if ready.state not in (None, row.state):
            require_move(self._type, ref, row.state, str(ready.state))
        self._require_filled(ref, ready, row)

    def _require_filled(self, ref: str, ready: Prepared, row: Row | None) -> None:
        """A state may ask for fields that there need not be before."""
        state = ready.state or (row.state if row else None)
        there = {**(row.values if row else {}), **ready.values}
        missing = [name for name in self._type.needs.get(state or "", ()) if there.get(name) is None]
        if missing and (row is None or ready.state not in (None, row.state) or {*missing} & {*ready.values}):
            raise Invalid(
                phrase(
                    '{ref} cannot be "{state}" without {missing}',
                    ref=ref,
                    state=state,
                    missing=joined(phrase(" and "), missing),
                ),
                hint=phrase("Give it: --set {missing}=…", missing=missing[0]),
                missing=missing,
            )

    def _create(self, ready: Prepared) -> Row:
        self._unique.require_free(ready.values, None)
        self._require_filled(f"A {self._type.name}", ready, None)
        at = self._tx.at
        own = (self._numbers.take(), ready.customer_id, ready.employee_id, ready.state, "", 1, at, at, None)
        row = Row(own, {each.name: ready.values.get(each.name) for each in self._type.fields})
        retitle(self._type, row, self._kernel)
        self._created.append(row)
        self._unique.keep(ready.values, row.id)
        given = {"state": row.state, "owner": row.employee_id, **row.values}
        begun = {name: value for name, value in given.items() if value is not None}
        self._append(CREATED, row, "", None, begun)
        self._tell(row, None)
        return row

    def _tell(self, row: Row, before: str | None) -> None:
        if self._telling is not None and row.state is not None:
            self._telling.note(row, before)

    def _apply(self, ready: Prepared, row: Row) -> None:
        before = row.state
        if ready.state is not None:
            self.attribute(row, "state", ready.state)
        if ready.draft.owner is not None:
            self.attribute(row, "employee_id", ready.employee_id, logged_as="owner")
        for name, value in ready.values.items():
            old = row.values.get(name)
            if old != value:
                self._set(row, name, value)
                self._unique.move(name, old, value, row.id)
                self._log(row, name, old, value)
        if row.id in self._changed:
            retitle(self._type, row, self._kernel)
        if row.state != before:
            self._tell(row, before)

    def _set(self, row: Row, name: str, value: Any) -> None:
        row.values[name] = value
        row.changed.add(name)

    def _log(self, row: Row, name: str, old: Any, new: Any) -> None:
        if row.id not in self._changed:
            self._changed[row.id] = row
            row.version = row.stored_version + 1
            row.updated_at = self._tx.at
        self._append("changed", row, name, old, new)

    def _append(self, action: str, row: Row, name: str, old: Any, new: Any) -> None:
        origin = f"{self._type.name}:{row.id}"
        self._tx.append_change(
            (
                action,
                self._entity,
                row.id,
                row.customer_id,
                name,
                as_json(old),
                as_json(new),
                self._source,
                origin,
            )
        )
