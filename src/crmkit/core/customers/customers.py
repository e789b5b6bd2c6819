"""`crm.customers`: save, find, show, tag, relate, archive."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Final, overload

import sqlalchemy as sa
from attrs import evolve

from crmkit.core.customers import finding, ties
from crmkit.core.customers.drafts import Drafts, normalised_tags
from crmkit.core.customers.fields import plain_value
from crmkit.core.customers.listing import Listing, list_ids
from crmkit.core.customers.profile import Profile, profiles_of
from crmkit.core.customers.record import Contact, Record, load_records
from crmkit.core.customers.references import by_email, candidates_of, resolve
from crmkit.core.customers.saving import CREATED, UNCHANGED, UPDATED, Batch, Saved
from crmkit.core.customers.sets import without_collector
from crmkit.core.errors import Ambiguous, CrmError, Invalid, NotFound, TryAgain
from crmkit.core.language import N_
from crmkit.core.logs import change_of
from crmkit.core.model.batches import Refusal, SaveReport
from crmkit.core.model.customer import Customer, CustomerDraft, CustomerSummary, Preference, Relationship
from crmkit.core.model.people import Actor
from crmkit.core.normalise.text import quoted
from crmkit.core.people.current import allowed
from crmkit.core.people.visibility import seen_among
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.interaction import Change
    from crmkit.core.store.unit import Transaction

BATCH: Final = 10_000
READ: Final = "customers.read"
WRITE: Final = "customers.write"
Ref = int | str


class Customers:
    """Customers, for one actor: only those whom the actor sees, and as the role allows at this moment.

    A reference is an id, a uid, an e-mail address, a phone number, `scheme:value` or a name. Methods that
    take one raise `NotFound` or `Ambiguous`.
    """

    def __init__(self, kernel: Kernel, actor: Actor) -> None:
        self._kernel = kernel
        self._actor = actor

    @overload
    def save(self, draft: CustomerDraft, *, source: str = "") -> Customer: ...

    @overload
    def save(self, draft: Iterable[CustomerDraft], *, source: str = "") -> SaveReport: ...

    def save(
        self, draft: CustomerDraft | Iterable[CustomerDraft], *, source: str = ""
    ) -> Customer | SaveReport:
        """Save one draft, matched to a known customer as `[matching]` says; many of them as `save_all` does.

        Raises `Invalid`, `Ambiguous` (the draft joins the review list), `Conflict` for a stale version, an
        identity or a unique value that somebody else has.
        """
        if not isinstance(draft, CustomerDraft):
            return self.save_all(draft, source=source)
        with self._writing() as (tx, actor):
            saved = self._batch(tx, actor, 1).save([draft], source)
        return self._one(saved)

    def save_all(self, drafts: Iterable[CustomerDraft], *, source: str = "") -> SaveReport:
        """Save many drafts in one unit of work; those that are refused say why, and the others go on."""
        report = SaveReport(created=0, updated=0, unchanged=0)
        ids: list[int | None] = []
        done: list[str] = []
        refused: list[Refusal] = []
        remaining = iter(drafts)
        with without_collector(), self._writing() as (tx, actor):
            ready = Drafts(self._kernel)
            while batch := list(islice(remaining, BATCH)):
                saved = Batch(self._kernel, actor, tx, ready, len(batch)).save(batch, source, whole=False)
                refused += _refusals(saved, len(ids))
                ids += [record.id if record else None for record in saved.records]
                done += saved.done
                report = _added(report, saved)
        return evolve(report, ids=ids, refused=refused, done=done)

    def update(self, customer: Ref, draft: CustomerDraft) -> Customer:
        """What the draft says, on a known customer. Raises `Conflict` when `draft.version` is stale."""
        with self._writing() as (tx, actor):
            id_ = resolve(tx.connection, self._kernel, actor, customer)
            if draft.id not in (None, id_):
                raise Invalid(
                    phrase(
                        "{customer} is customer {id}, but the draft is about customer {draft}",
                        customer=quoted(customer),
                        id=id_,
                        draft=draft.id,
                    )
                )
            saved = self._batch(tx, actor, 1).save([evolve(draft, id=id_)], draft.source)
        return self._one(saved)

    def get(self, customer: Ref) -> Customer:
        """The customer, with contact points, identities, preferences, tags and fields."""
        with self._reading() as (connection, actor):
            return self._public(self._record(connection, resolve(connection, self._kernel, actor, customer)))

    def resolve(self, customer: Ref) -> int:
        """The id of the customer."""
        with self._reading() as (connection, actor):
            return resolve(connection, self._kernel, actor, customer)

    def summaries(self, ids: Iterable[int]) -> list[CustomerSummary]:
        """The customers with these ids in one line each, in that order; unknown ones are left out."""
        with self._reading() as (connection, actor):
            seen = seen_among(connection, self._kernel, actor, list(ids))
            return finding.summaries_of(connection, seen)

    def people_of(self, organisation: Ref) -> list[int]:
        """The ids of the people who belong to an organisation, of whom the acting person sees.

        Those who have a tie to it, of whatever kind, that has not ended. Raises `Invalid` for a person.
        """
        from crmkit.core.customers.ties import people_of
        from crmkit.core.instants import local_date

        today = local_date(self._kernel.clock.now(), self._kernel.tz)
        with self._reading() as (connection, actor):
            id_ = resolve(connection, self._kernel, actor, organisation)
            people = people_of(connection, self._kernel, id_, today)
            return list(seen_among(connection, self._kernel, actor, people))

    def find(self, text: str, limit: int = 20) -> list[CustomerSummary]:
        """Customers by words of name, e-mail, city or number, whatever the accents; none who is archived."""
        with self._reading() as (connection, actor):
            return finding.find(connection, self._kernel, actor, text, limit)

    def find_by_email(self, address: str) -> list[CustomerSummary]:
        """Everybody who has this e-mail address, which may be shared."""
        with self._reading() as (connection, actor):
            ids = by_email(connection, self._kernel, address)
            return finding.summaries_of(connection, seen_among(connection, self._kernel, actor, ids))

    def list(
        self,
        limit: int = 50,
        after: str | None = None,
        *,
        archived: bool = False,
        tag: str | None = None,
        lifecycle: str | None = None,
        owner_id: int | None = None,
    ) -> tuple[list[CustomerSummary], str | None]:
        """One page of customers in the order in which they came, and the cursor of the next page, if any.

        `archived` lists those who are archived too.
        """
        wanted = Listing(archived=archived, tag=tag, lifecycle=lifecycle, owner_id=owner_id)
        with self._reading() as (connection, actor):
            ids = list_ids(connection, self._kernel, actor, wanted, after, limit + 1)
            page = finding.summaries_of(connection, ids[:limit])
        return page, str(ids[limit - 1]) if len(ids) > limit else None

    def count(self, *, archived: bool = False) -> int:
        """How many customers there are, without those archived unless asked for."""
        table = self._kernel.tables.customer
        query = sa.select(sa.func.count()).select_from(table)
        with self._reading() as (connection, actor):
            query = query.where(*self._kernel.seen(actor))
            if not archived:
                query = query.where(table.c.archived_at.is_(None))
            return int(connection.execute(query).scalar_one())

    def profile(self, customer: Ref) -> Profile:
        """The customer's page."""
        return self.profiles([customer])[0]

    def profiles(self, customers: Sequence[Ref]) -> Sequence[Profile]:
        """The pages of several customers, with the sections that plugins add."""
        from crmkit.core.records.page import with_records

        with self._reading() as (connection, actor):
            ids = [resolve(connection, self._kernel, actor, customer) for customer in customers]
            self._noted(ids)
            pages = with_records(connection, self._kernel, actor, profiles_of(connection, self._kernel, ids))
        return self._extended(pages)

    def _noted(self, ids: Sequence[int]) -> None:
        """Whose pages were looked at, where `[privacy] log_reads` wants that on record."""
        if not self._kernel.config.privacy.log_reads:
            return
        from crmkit.core.access import record_access

        with self._kernel.unit(self._actor) as tx:
            for id_ in ids:
                record_access(tx, "read", N_("customer page"), customers=1, customer_id=id_)

    def tag(self, customer: Ref, *tags: str) -> Customer:
        """Put tags on; upper and lower case do not matter."""
        names = normalised_tags(tags)
        return self.update(customer, CustomerDraft(tags=tuple(names)))

    def untag(self, customer: Ref, *tags: str) -> Customer:
        """Take tags off; those that are not there do not matter."""
        names = normalised_tags(tags)
        return self._change(customer, lambda batch, record: batch.changing.remove_tags(record, names, ""))

    def archive(self, customer: Ref) -> Customer:
        """Leave the customer out of lists and searches; nothing is lost."""
        return self._archived(customer, archived=True)

    def restore(self, customer: Ref) -> Customer:
        """Bring an archived customer back."""
        return self._archived(customer, archived=False)

    def prefer(
        self, customer: Ref, topic: str, value: str, origin: str = "stated", *, source: str = ""
    ) -> Customer:
        """Note what a customer likes: `stated` by them, or `inferred`."""
        preference = Preference(topic=topic, value=value, origin=origin, source=source)
        return self.update(customer, CustomerDraft(preferences=(preference,)))

    def forget_preference(self, customer: Ref, topic: str, value: str | None = None) -> Customer:
        """Forget one preference, or all of a topic. Raises `NotFound` when there is none."""

        def forget(batch: Batch, record: Record) -> None:
            keys = [key for key in record.preferences if key[0] == topic and value in (None, key[1])]
            if not keys:
                raise NotFound(
                    phrase(
                        "{name} has no preference on {topic}", name=record.shown_name(), topic=quoted(topic)
                    )
                )
            batch.changing.remove_preferences(record, keys, "")

        return self._change(customer, forget)

    def remove_contact_point(self, customer: Ref, id_: int) -> Customer:
        """Remove the contact point with this id. Raises `NotFound` when the customer has none such."""
        return self._change(
            customer,
            lambda batch, record: batch.changing.remove_contact(record, _contact(record, id_), ""),
        )

    def set_primary(self, customer: Ref, id_: int) -> Customer:
        """Make the contact point with this id the primary one of its kind."""
        return self._change(
            customer,
            lambda batch, record: batch.changing.set_primary(record, _contact(record, id_), ""),
        )

    def relate(self, customer: Ref, kind: str, other: Ref, since: date | None = None) -> Relationship:
        """Record a tie, such as `relate(anna, "works_at", bakery)`; again with `since` to date it."""
        name = ties.kind_of(kind)
        with self._writing() as (tx, actor):
            ids = [resolve(tx.connection, self._kernel, actor, each) for each in (customer, other)]
            ties.relate(tx, self._kernel, ids[0], name, ids[1], since)
            found = ties.relationships(tx.connection, self._kernel, ids[0])
        return next(
            tie for tie in found if (tie.customer_id, tie.kind, tie.other_id) == (ids[0], name, ids[1])
        )

    def unrelate(self, customer: Ref, kind: str, other: Ref) -> None:
        """Remove a tie. Raises `NotFound` when there is none."""
        name = ties.kind_of(kind)
        with self._writing() as (tx, actor):
            ids = [resolve(tx.connection, self._kernel, actor, each) for each in (customer, other)]
            ties.unrelate(tx, self._kernel, ids[0], name, ids[1])

    def relationships(self, customer: Ref) -> Sequence[Relationship]:
        """Every tie from and to a customer."""
        with self._reading() as (connection, actor):
            id_ = resolve(connection, self._kernel, actor, customer)
            return ties.relationships(connection, self._kernel, id_)

    def history(self, customer: Ref, limit: int = 50) -> Sequence[Change]:
        """What changed about a customer, newest first; values of fields as people read them."""
        table = self._kernel.tables.change
        names = (
            "seq",
            "at",
            "actor",
            "action",
            "entity",
            "entity_id",
            "customer_id",
            "field",
            "old",
            "new",
            "source",
        )
        with self._reading() as (connection, actor):
            id_ = resolve(connection, self._kernel, actor, customer)
            query = sa.select(*(table.c[name] for name in names)).where(table.c.customer_id == id_)
            rows = connection.execute(query.order_by(table.c.seq.desc()).limit(limit)).all()
        return [readable(change_of(row), self._kernel) for row in rows]

    def _archived(self, customer: Ref, *, archived: bool) -> Customer:
        def set_archived(batch: Batch, record: Record) -> None:
            if bool(record.archived_at) != archived:
                at = self._kernel.clock.now() if archived else None
                batch.changing.set_attribute(record, "archived_at", at, "")

        return self._change(customer, set_archived)

    def _change(self, customer: Ref, change: Callable[[Batch, Record], object]) -> Customer:
        with self._writing() as (tx, actor):
            batch = self._batch(tx, actor, 1)
            record = batch.known(resolve(tx.connection, self._kernel, actor, customer))
            change(batch, record)
            batch.finish()
        return self._public(record)

    def _batch(self, tx: Transaction, actor: Actor, size: int) -> Batch:
        return Batch(self._kernel, actor, tx, Drafts(self._kernel), size)

    def _record(self, connection: sa.Connection, id_: int) -> Record:
        return load_records(connection, self._kernel, [id_])[id_]

    def _public(self, record: Record) -> Customer:
        return record.public(
            {field.name: field for field in self._kernel.words.fields}, self._kernel.currency
        )

    def _one(self, saved: Saved) -> Customer:
        if saved.errors:
            raise self._explained(saved.errors[0])
        record = saved.records[0]
        assert record is not None
        return self._public(record)

    def _explained(self, error: CrmError) -> CrmError:
        """An ambiguous match with the candidates as summaries, so that a person can choose."""
        if not isinstance(error, Ambiguous):
            return error
        with self._kernel.reading() as connection:
            candidates = candidates_of(connection, error.details["candidates"])
        return Ambiguous(error.message, hint=error.hint, candidates=candidates)

    def _extended(self, pages: Sequence[Profile]) -> Sequence[Profile]:
        customers = [page.customer for page in pages]
        pairs, warnings = self._kernel.hooks.extend_profile(customers, self._kernel.crm(self._actor))
        if not pairs and not warnings:
            return pages
        return [
            evolve(
                page,
                sections=tuple(section for id_, section in pairs if id_ == page.customer.id),
                warnings=tuple(warnings),
            )
            for page in pages
        ]

    @contextmanager
    def _reading(self) -> Iterator[tuple[sa.Connection, Actor]]:
        with self._kernel.reading() as connection:
            yield connection, allowed(self._kernel, connection, self._actor, READ)

    @contextmanager
    def _writing(self) -> Iterator[tuple[Transaction, Actor]]:
        try:
            with self._kernel.unit(self._actor) as tx:
                yield tx, allowed(self._kernel, tx.connection, self._actor, WRITE)
        except sa.exc.IntegrityError as error:
            raise TryAgain(
                "Somebody else saved the same identity or value at the same moment; nothing was written",
                hint="Repeat it: the record is then found as they left it.",
            ) from error


def readable(change: Change, kernel: Kernel) -> Change:
    """The change with the values of fields as people read them."""
    if change.entity.startswith("record:"):
        from crmkit.core.records import history

        return history.readable(change, kernel)
    field = kernel.words.fields.get(change.field) if change.entity == "field" else None
    if field is None:
        return change
    old, new = (plain_value(field, kept, kernel.currency) for kept in (change.old, change.new))
    return evolve(change, old=old, new=new)


def match_or_create(
    kernel: Kernel, tx: Transaction, drafts: Sequence[CustomerDraft], source: str = ""
) -> list[int | CrmError]:
    """For each draft the id of whom it matches, who stays as they are, or of whom it made; or an error."""
    saved = Batch(kernel, tx.actor, tx, Drafts(kernel), len(drafts)).save(drafts, source, update=False)
    return [
        saved.errors[position] if record is None else record.id
        for position, record in enumerate(saved.records)
    ]


def _contact(record: Record, id_: int) -> Contact:
    for contact in record.contacts.values():
        if contact.id == id_:
            return contact
    raise NotFound(
        phrase("{name} has no contact point {id}", name=record.shown_name(), id=id_),
        hint=phrase("See them: crm show {record}", record=record.id),
    )


def _refusals(saved: Saved, offset: int) -> Iterator[Refusal]:
    for position, error in sorted(saved.errors.items()):
        yield Refusal(offset + position, error.message, code=error.code)


def _added(report: SaveReport, saved: Saved) -> SaveReport:
    return evolve(
        report,
        created=report.created + saved.done.count(CREATED),
        updated=report.updated + saved.done.count(UPDATED),
        unchanged=report.unchanged + saved.done.count(UNCHANGED),
    )
