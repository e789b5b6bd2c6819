"""Taking back what an import changed about customers and records who were there before."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from json import loads
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from crmkit.core.customers.changing import as_json
from crmkit.core.customers.consent import WITHDRAWN
from crmkit.core.customers.drafts import Drafts
from crmkit.core.customers.saving import Batch
from crmkit.core.customers.sets import rows_among
from crmkit.core.editing.entries import Touched
from crmkit.core.editing.putting_back import PuttingBack
from crmkit.core.errors import CrmError
from crmkit.core.exchange.tally import Tally
from crmkit.core.model.naming import part_named
from crmkit.core.people.visibility import seen_among
from crmkit.core.phrase import as_phrase, nphrase, phrase
from crmkit.core.records.numbers import LOGGED, Number, drop_numbers, take_number
from crmkit.core.records.rows import load_rows
from crmkit.core.records.saving import Batch as RecordBatch
from crmkit.core.records.saving import entity_of
from crmkit.core.undo.values import source_of

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.customers.drafts import Prepared
    from crmkit.core.customers.record import Record
    from crmkit.core.model.words import RecordType
    from crmkit.core.store.unit import Transaction

_AT_ONCE: Final = 5_000
_PARTS: Final = ("contact_point", "identity", "preference", "consent", "relationship")
_SINCE: Final = phrase("it was changed since")


class Entry(NamedTuple):
    """One entry of the change log that the import wrote."""

    seq: int
    action: str
    entity: str
    entity_id: int
    customer_id: int
    field: str
    old: Any
    new: Any


class _Values(PuttingBack):
    """Puts values and tags back; what hangs on the customer is taken off by `_Parts`."""

    def _planned(self, record: Record, mine: Touched) -> tuple[Record, Prepared, list[str]]:
        mine.others.clear()
        return super()._planned(record, mine)


def take_back(
    crm: Crm,
    tx: Transaction,
    changes: tuple[int, int],
    source: str,
    created: Mapping[int, int],
    tally: Tally,
) -> None:
    """Put back what the import changed about customers whom it had not created itself."""
    entries = _entries(tx, changes, source)
    by_customer: dict[int, list[Entry]] = {}
    for entry in entries:
        if entry.customer_id not in created and not entry.entity.startswith("record:"):
            by_customer.setdefault(entry.customer_id, []).append(entry)
    ids = sorted(by_customer)
    seen = seen_among(tx.connection, crm.kernel, crm.actor, ids)
    for id_ in set(ids).difference(seen):
        tally.leave(id_, phrase("customer {id}", id=id_), phrase("you do not see them"))
    ids = seen
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        values = _Values(crm.kernel, crm.actor, tx, len(some), source_of(source))
        done = values.run(source, changes[0] - 1, some)
        tally.add(nphrase("put {count} value back", "put {count} values back", done.values))
        tally.add(nphrase("take {count} tag off again", "take {count} tags off again", done.tags))
        tally.left += done.left
        _Parts(crm, tx, source, tally).run({id_: by_customer[id_] for id_ in some})


class _Parts:
    """Takes contact points, identities, preferences, ties and consents off that the import put on."""

    def __init__(self, crm: Crm, tx: Transaction, source: str, tally: Tally) -> None:
        self._crm = crm
        self._tx = tx
        self._source = source_of(source)
        self._tally = tally

    def run(self, by_customer: Mapping[int, Sequence[Entry]]) -> None:
        """Take off what `by_customer` put on, where nobody has changed it since."""
        entries = [
            each
            for some in by_customer.values()
            for each in some
            if each.action == "created" and each.entity in _PARTS
        ]
        if not entries:
            return
        later = self._later(entries)
        batch = Batch(self._crm.kernel, self._crm.actor, self._tx, Drafts(self._crm.kernel), len(by_customer))
        records = {record.id: record for record in batch.load(sorted(by_customer))}
        for entry in entries:
            record = records.get(entry.customer_id)
            if record is None:
                continue
            if (entry.entity, entry.entity_id) in later:
                self._leave(record, entry, _SINCE)
            else:
                self._one(batch, record, entry)
        batch.finish()
        self._rows(entries, records, later)

    def _later(self, entries: Sequence[Entry]) -> set[tuple[str, int]]:
        """Parts about which the log has something newer than their creation."""
        created = {(each.entity, each.entity_id): each.seq for each in entries}
        select = "SELECT entity, entity_id, seq, source FROM change WHERE customer_id"
        rows = rows_among(self._tx.connection, select, sorted({each.customer_id for each in entries}))
        own = self._source.removeprefix("undo:")
        return {
            (entity, id_)
            for entity, id_, seq, source in rows
            if seq > created.get((entity, id_), seq) and source != own
        }

    def _one(self, batch: Batch, record: Record, entry: Entry) -> None:
        changing = batch.changing
        if entry.entity == "contact_point":
            found = next((each for each in record.contacts.values() if each.id == entry.entity_id), None)
            if found is not None and changing.remove_contact(record, found, self._source):
                self._tally.add(
                    nphrase("remove {count} address or number", "remove {count} addresses and numbers", 1)
                )
        elif entry.entity == "identity":
            if changing.remove_identity(record, (entry.field, entry.new), self._source):
                self._tally.add(
                    nphrase("remove {count} identity number", "remove {count} identity numbers", 1)
                )
        elif entry.entity == "preference" and changing.remove_preferences(
            record, [(entry.field, entry.new)], self._source
        ):
            self._tally.add(nphrase("remove {count} preference", "remove {count} preferences", 1))

    def _rows(
        self, entries: Sequence[Entry], records: Mapping[int, Record], later: set[tuple[str, int]]
    ) -> None:
        """Ties and consents have no place in a customer's record."""
        for entity in ("relationship", "consent"):
            mine = []
            for each in entries:
                if (
                    each.entity != entity
                    or each.customer_id not in records
                    or (entity, each.entity_id) in later
                ):
                    continue
                if entity == "consent" and each.new.get("state") == WITHDRAWN:
                    reason = phrase("an objection is not taken back by an undo")
                    self._leave(records[each.customer_id], each, reason)
                    continue
                mine.append(each)
            ids = [each.entity_id for each in mine]
            list(rows_among(self._tx.connection, f"DELETE FROM {entity} WHERE id", ids))
            for each in mine:
                entry = ("removed", entity, each.entity_id, each.customer_id, each.field)
                uid = records[each.customer_id].uid
                self._tx.append_change((*entry, as_json(each.new), None, self._source, uid))
            self._tally.add(
                nphrase("remove {count} tie", "remove {count} ties", len(mine))
                if entity == "relationship"
                else nphrase("remove {count} consent", "remove {count} consents", len(mine))
            )

    def _leave(self, record: Record, entry: Entry, reason: str) -> None:
        what = phrase("{name}: {part}", name=record.shown_name(), part=part_named(entry.entity))
        self._tally.leave(record.id, what, reason)


def take_back_records(
    crm: Crm, tx: Transaction, name: str, changes: tuple[int, int] | None, source: str, tally: Tally
) -> None:
    """Remove the records that the import created and nobody has touched; put the others back."""
    type_ = crm.words.record_types.get(name)
    if changes is None:
        return
    if type_ is None:
        tally.leave(
            None,
            phrase("records of the type {type}", type=name),
            phrase("that kind of record is not declared any more"),
        )
        return
    entity = entity_of(type_)
    entries = [each for each in _entries(tx, changes, source) if each.entity == entity]
    latest = {each.entity_id: each.seq for each in entries}
    later = _changed_later(tx, entity, latest, source)
    owners = sorted({each.customer_id for each in entries})
    seen = frozenset(seen_among(tx.connection, crm.kernel, crm.actor, owners))
    created, updated = set[int](), dict[int, list[Entry]]()
    for each in entries:
        if each.customer_id not in seen:
            later.setdefault(each.entity_id, phrase("you do not see whose it is"))
        if each.action == "created":
            created.add(each.entity_id)
        else:
            updated.setdefault(each.entity_id, []).append(each)
    for id_ in sorted(created & later.keys()):
        tally.leave(None, f"{name}:{id_}", later[id_])
    _delete_records(tx, type_, entries, created - later.keys(), source, tally)
    for id_ in sorted(updated.keys() - created):
        if id_ in later:
            tally.leave(None, f"{name}:{id_}", later[id_])
        else:
            _restore(crm, tx, type_, id_, updated[id_], source, tally)


def _changed_later(tx: Transaction, entity: str, latest: Mapping[int, int], source: str) -> dict[int, str]:
    select = "SELECT entity_id, seq, source FROM change WHERE entity = ? AND entity_id"
    rows = rows_among(tx.connection, select, sorted(latest), entity)
    return {id_: _SINCE for id_, seq, came in rows if seq > latest[id_] and came != source}


def _delete_records(
    tx: Transaction,
    type_: RecordType,
    entries: Sequence[Entry],
    ids: Collection[int],
    source: str,
    tally: Tally,
) -> None:
    drop_numbers(tx, type_, ids)
    list(rows_among(tx.connection, f"DELETE FROM {type_.table} WHERE id", sorted(ids)))
    for each in entries:
        if each.entity_id in ids and each.action == "created":
            entry = ("removed", each.entity, each.entity_id, each.customer_id, "", None, None)
            tx.append_change((*entry, source_of(source), f"{type_.name}:{each.entity_id}"))
    tally.add(nphrase("remove {count} record", "remove {count} records", len(ids)))


def _restore(
    crm: Crm,
    tx: Transaction,
    type_: RecordType,
    id_: int,
    entries: Sequence[Entry],
    source: str,
    tally: Tally,
) -> None:
    """Give a record the values it had before; also a state into which it could not move otherwise."""
    before: dict[str, Any] = {}
    for each in entries:
        before.setdefault(each.field, each.old)
    own = tx if tx.actor is crm.actor else tx.acting(crm.actor)
    if id_ not in load_rows(tx.connection, type_, [id_]):
        return
    for each in entries:
        if each.field.startswith(LOGGED) and each.new is not None:
            number = Number(each.field.removeprefix(LOGGED), each.new)
            take_number(own, type_, id_, each.customer_id, number, source_of(source))
    fields = {name: value for name, value in before.items() if name not in ("state", "owner")}
    batch = RecordBatch(crm.kernel, own, type_, 1, source_of(source))

    def put_back(row: Any) -> None:
        for name, value in fields.items():
            if name in row.values:
                batch.value(row, name, value)
        if "state" in before:
            batch.attribute(row, "state", before["state"])
        if "owner" in before:
            batch.attribute(row, "employee_id", before["owner"], logged_as="owner")

    try:
        batch.change(id_, put_back)
    except CrmError as error:
        tally.leave(None, f"{type_.name}:{id_}", as_phrase(error.message))
    else:
        tally.add(nphrase("put {count} record back", "put {count} records back", 1))


def _entries(tx: Transaction, changes: tuple[int, int], source: str) -> list[Entry]:
    """What the import wrote into the change log, in its order; of people who are still there."""
    mark = "?" if tx.connection.dialect.name == "sqlite" else "%s"
    statement = (
        'SELECT seq, action, entity, entity_id, customer_id, "field", "old", "new" FROM change '
        f"WHERE seq BETWEEN {mark} AND {mark} AND source = {mark} AND customer_id IS NOT NULL "
        "AND NOT (action = 'created' AND entity = 'customer') ORDER BY seq"
    )
    rows = tx.connection.exec_driver_sql(statement, (*changes, source))
    return [Entry(*row[:6], *(None if text is None else loads(text) for text in row[6:])) for row in rows]
