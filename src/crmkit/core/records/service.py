"""`crm.records`: add, change, move, find and list the records of a business's own types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import evolve

from crmkit.core.customers.fields import plain_value, to_driver
from crmkit.core.customers.references import resolve
from crmkit.core.customers.sets import without_collector
from crmkit.core.deprecation import warn_of_word
from crmkit.core.errors import Conflict, TryAgain
from crmkit.core.model.batches import Refusal, SaveReport
from crmkit.core.model.people import Actor
from crmkit.core.model.record import Record, RecordDraft, RecordPage
from crmkit.core.people.current import allowed
from crmkit.core.people.employees import find_employee
from crmkit.core.phrase import phrase
from crmkit.core.records.history import history_of
from crmkit.core.records.numbers import numbers_of
from crmkit.core.records.reading import READ, Filter, Reader
from crmkit.core.records.rows import Row, names_of, public
from crmkit.core.records.states import state_named

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.interaction import Change
    from crmkit.core.model.words import RecordType
    from crmkit.core.records.saving import Batch, Saved
    from crmkit.core.store.unit import Transaction

BATCH: Final = 10_000
WRITE: Final = "records.write"
Ref = int | str


class Records:
    """Records, for one actor: those of the customers whom the actor sees.

    `type` is the name of a record type. A reference is an id, `cake_order:12`, or words that
    only one record's title has.
    Methods raise `NotFound` and `Ambiguous` for references, `Invalid` for values and moves, `NotAllowed`.
    """

    def __init__(self, kernel: Kernel, actor: Actor) -> None:
        self._kernel = kernel
        self._actor = actor

    def types(self) -> tuple[RecordType, ...]:
        """Every record type, by name."""
        return tuple(self._kernel.words.record_types)

    def add(
        self,
        type: str,
        customer: Ref,
        fields: Mapping[str, Any] | None = None,
        state: str | None = None,
        owner: Ref | None = None,
        *,
        source: str = "",
    ) -> Record:
        """A new record of a customer. It may begin in any state, the type's initial one when None.

        Fields that are not given take their default. Raises `Conflict` for a unique value that is taken.
        """
        draft = RecordDraft(customer=customer, fields=fields or {}, state=state, owner=owner)
        with self._writing() as tx:
            return self._save(tx, self._type(type), draft, source)

    def update(
        self,
        type: str,
        record: Ref,
        fields: Mapping[str, Any] | None = None,
        version: int | None = None,
        *,
        owner: Ref | None = None,
        source: str = "",
    ) -> Record:
        """Set fields, and the owner; None clears a field.

        Raises `Conflict` when `version` is not the current one.
        """
        type_ = self._type(type)
        with self._writing() as tx:
            id_ = self._reader(type_, tx.actor).resolve(record)
            draft = RecordDraft(id=id_, fields=fields or {}, owner=owner, version=version)
            return self._save(tx, type_, draft, source)

    def move(
        self,
        type: str,
        record: Ref,
        state: str,
        version: int | None = None,
        *,
        source: str = "",
    ) -> Record:
        """Move a record to another state; where it is there already nothing happens.

        Raises `Invalid`, naming the moves that are allowed, for one that is not.
        """
        type_ = self._type(type)
        with self._writing() as tx:
            id_ = self._reader(type_, tx.actor).resolve(record)
            return self._save(tx, type_, RecordDraft(id=id_, state=state, version=version), source)

    def save_all(
        self,
        type: str,
        drafts: Iterable[RecordDraft],
        *,
        source: str = "",
        history: bool = False,
    ) -> SaveReport:
        """Save many drafts in one unit of work; those that are refused say why, and the others go on.

        `history` marks records of the past: what they say of themselves does not go onto timelines.
        """
        type_ = self._type(type)
        report = SaveReport(created=0, updated=0, unchanged=0)
        ids: list[int | None] = []
        done: list[str] = []
        refused: list[Refusal] = []
        remaining = iter(drafts)
        with self._writing() as tx, without_collector():
            while batch := list(islice(remaining, BATCH)):
                saved = self._batch(tx, type_, len(batch), source, tells=not history).save(batch)
                refused += _refusals(saved, len(ids))
                ids += [row.id if row else None for row in saved.rows]
                done += saved.done
                report = _added(report, saved)
        return evolve(report, ids=ids, refused=refused, done=done)

    def get(self, type: str, record: Ref) -> Record:
        """The record."""
        type_ = self._type(type)
        with self._reading() as (connection, actor):
            reader = self._reader(type_, actor, connection)
            return reader.get([reader.resolve(record)])[0]

    def list(
        self,
        type: str,
        customer: Ref | None = None,
        state: str | Iterable[str] | None = None,
        *,
        owner: Ref | None = None,
        open: bool = False,
        archived: bool = False,
        order: str = "-id",
        limit: int = 50,
        cursor: str | None = None,
    ) -> RecordPage:
        """A page of the records of a type, the newest first.

        `open` leaves out those in a final state, `archived` lists the archived too. `order` is `id`,
        `created`, `updated`, `title`, `state`, `customer`, `owner` or a field, with `-` in front for the
        other way round.
        """
        type_ = self._type(type)
        with self._reading() as (connection, actor):
            wanted = self._filter(connection, actor, type_, customer, state, owner)
            wanted = evolve(wanted, open=open, archived=archived)
            return self._reader(type_, actor, connection).page(wanted, order, limit, cursor)

    def count(
        self,
        type: str,
        customer: Ref | None = None,
        state: str | Iterable[str] | None = None,
        *,
        open: bool = False,
        archived: bool = False,
    ) -> int:
        """How many records there are, without those archived unless asked for."""
        type_ = self._type(type)
        with self._reading() as (connection, actor):
            wanted = self._filter(connection, actor, type_, customer, state, None)
            return self._reader(type_, actor, connection).count(evolve(wanted, open=open, archived=archived))

    def find(self, text: str, type: str | None = None, limit: int = 20) -> Sequence[Record]:
        """Records by words of their title, whatever the accents; of one type, or of all of them."""
        types = self.types() if type is None else (self._type(type),)
        with self._reading() as (connection, actor):
            readers = [self._reader(each, actor, connection) for each in types]
            found = [each for reader in readers for each in reader.find(text, limit)]
        found.sort(key=lambda each: each.updated_at, reverse=True)
        return found[:limit]

    def archive(self, type: str, record: Ref) -> Record:
        """Leave the record out of lists and searches; nothing is lost."""
        return self._archived(self._type(type), record, archived=True)

    def restore(self, type: str, record: Ref) -> Record:
        """Bring an archived record back."""
        return self._archived(self._type(type), record, archived=False)

    def history(self, type: str, record: Ref, limit: int = 50) -> Sequence[Change]:
        """What happened to a record, newest first, with values as people read them.

        The entry of its creation has the initial values as a mapping; each later one is about one field,
        `state` and `owner` among them.
        """
        type_ = self._type(type)
        with self._reading() as (connection, actor):
            reader = self._reader(type_, actor, connection)
            found = reader.get([reader.resolve(record)])[0]
            return history_of(connection, self._kernel, type_, found.id, found.customer_id, limit)

    def known_as(self, type: str, record: Ref) -> tuple[str, ...]:
        """By which numbers other systems know a record, such as `hubspot:9001`; imports bring them."""
        type_ = self._type(type)
        with self._reading() as (connection, actor):
            found = self._reader(type_, actor, connection).resolve(record)
            return tuple(map(str, numbers_of(connection, type_, found)))

    def rows(
        self,
        type: str,
        customer: Ref | None = None,
        state: str | Iterable[str] | None = None,
        *,
        archived: bool = True,
    ) -> Iterator[dict[str, Any]]:
        """Every record as a plain mapping, oldest first, with a key for each field: for files.

        Values are what JSON can hold: dates and exact numbers as text, instants as microseconds UTC.
        """
        type_ = self._type(type)
        with self._reading() as (connection, actor):
            wanted = self._filter(connection, actor, type_, customer, state, None)
        for batch in self._reader(type_, actor).every(evolve(wanted, archived=archived), BATCH):
            with self._kernel.reading() as connection:
                customers = names_of(connection, "customer", (each.customer_id for each in batch))
                owners = names_of(connection, "employee", (each.owner_id for each in batch))
            for each in batch:
                yield self._plain(type_, each, customers, owners)

    def names(self, records: Iterable[Record]) -> tuple[Mapping[int, str], Mapping[int, str]]:
        """The names of the customers, and of the owners, of these records, by id."""
        every = list(records)
        with self._reading() as (connection, _):
            customers = names_of(connection, "customer", (each.customer_id for each in every))
            return customers, names_of(connection, "employee", (each.owner_id for each in every))

    def _plain(
        self, type_: RecordType, record: Record, customers: Mapping[int, str], owners: Mapping[int, str]
    ) -> dict[str, Any]:
        fields = {}
        for each in type_.fields:
            kept = to_driver(each, record.fields.get(each.name), self._kernel)
            fields[each.name] = plain_value(each, kept, self._kernel.currency)
        return {
            "id": record.id,
            "customer_id": record.customer_id,
            "customer": customers.get(record.customer_id),
            "title": record.title,
            "state": record.state,
            "owner": owners.get(record.owner_id) if record.owner_id else None,
            **fields,
            "version": record.version,
            "created_at": record.created_at,
            "updated_at": record.updated_at,
            "archived_at": record.archived_at,
        }

    def _type(self, name: str) -> RecordType:
        found = self._kernel.words.record_types[name]
        warn_of_word("record_types", found)
        return found

    def _reader(self, type_: RecordType, actor: Actor, connection: sa.Connection | None = None) -> Reader:
        return Reader(self._kernel, actor, type_, connection)

    def _filter(
        self,
        connection: sa.Connection,
        actor: Actor,
        type_: RecordType,
        customer: Ref | None,
        state: str | Iterable[str] | None,
        owner: Ref | None,
    ) -> Filter:
        states = None if state is None else [state] if isinstance(state, str) else [*state]
        return Filter(
            customer_id=None if customer is None else resolve(connection, self._kernel, actor, customer),
            states=None if states is None else [state_named(type_, each) for each in states],
            owner_id=None if owner is None else find_employee(connection, self._kernel.tables, owner).id,
        )

    def _batch(
        self, tx: Transaction, type_: RecordType, size: int, source: str = "", *, tells: bool = True
    ) -> Batch:
        from crmkit.core.records.saving import Batch

        return Batch(self._kernel, tx, type_, size, source, tells=tells)

    def _save(self, tx: Transaction, type_: RecordType, draft: RecordDraft, source: str) -> Record:
        saved = self._batch(tx, type_, 1, source).save([draft])
        if saved.errors:
            raise saved.errors[0]
        row = saved.rows[0]
        assert row is not None
        return public(type_, row, self._kernel.currency)

    def _archived(self, type_: RecordType, record: Ref, *, archived: bool) -> Record:
        with self._writing() as tx:
            batch = self._batch(tx, type_, 1)

            def set_archived(row: Row) -> None:
                if archived and row.state in type_.held:
                    raise Conflict(
                        phrase(
                            "{type}:{id} is {state}, and is not put into the archive so",
                            type=type_.name,
                            id=row.id,
                            state=row.state,
                        ),
                        hint=phrase(
                            "Close it first; its states: crm records {type} show {id}",
                            type=type_.name,
                            id=row.id,
                        ),
                    )
                if bool(row.archived_at) != archived:
                    batch.attribute(row, "archived_at", tx.at if archived else None)

            row = batch.change(self._reader(type_, tx.actor).resolve(record), set_archived)
        return public(type_, row, self._kernel.currency)

    @contextmanager
    def _reading(self) -> Iterator[tuple[sa.Connection, Actor]]:
        with self._kernel.reading() as connection:
            yield connection, allowed(self._kernel, connection, self._actor, READ)

    @contextmanager
    def _writing(self) -> Iterator[Transaction]:
        """The unit of work on behalf of the actor as they are now; they also need to see what they change."""
        try:
            with self._kernel.unit(self._actor) as tx:
                actor = allowed(self._kernel, tx.connection, self._actor, WRITE)
                yield tx if actor is tx.actor else tx.acting(actor)
        except sa.exc.IntegrityError as error:
            raise TryAgain(
                "Somebody else saved the same value at the same moment; nothing was written",
                hint="Repeat it: the record is then found as they left it.",
            ) from error


def _refusals(saved: Saved, offset: int) -> Iterator[Refusal]:
    for position, error in sorted(saved.errors.items()):
        yield Refusal(offset + position, error.message, code=error.code, hint=error.hint)


def _added(report: SaveReport, saved: Saved) -> SaveReport:
    from crmkit.core.records.saving import CREATED, UNCHANGED, UPDATED

    return evolve(
        report,
        created=report.created + saved.done.count(CREATED),
        updated=report.updated + saved.done.count(UPDATED),
        unchanged=report.unchanged + saved.done.count(UNCHANGED),
    )
