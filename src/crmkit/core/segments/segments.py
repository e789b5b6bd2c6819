"""`crm.segments`: who is in them, why, since when; and the lists that are kept by hand."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from crmkit.core.customers.references import resolve, resolve_all
from crmkit.core.errors import Invalid, NotFound
from crmkit.core.normalise.text import quoted
from crmkit.core.people.current import allowed
from crmkit.core.phrase import phrase
from crmkit.core.predicates.predicate import Predicate, parse
from crmkit.core.segments import lists, stays
from crmkit.core.segments.meaning import condition_of
from crmkit.core.segments.members import all_counts, asked, counted, is_member, member_ids
from crmkit.core.segments.order import needed_by

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor
    from crmkit.core.model.words import Segment
    from crmkit.core.segments.explained import Explanation
    from crmkit.core.segments.types import TypeCount
    from crmkit.core.store.unit import Transaction

READ: Final = "customers.read"
WRITE: Final = "customers.write"
Ref = int | str
# Anything else is a condition, as a rule.
_NAME: Final = re.compile(r"[\w.-]+")


class Segments:
    """The segments, for one actor: their members are only those whom the actor sees.

    `as_of` is an instant in the past, as of which everything is answered by what was known then; None is now.
    Methods raise `NotFound` for an unknown segment or customer, and `PredicateError` for a condition that
    cannot be understood, or has no past. Archived customers are members as others are.
    """

    def __init__(self, kernel: Kernel, actor: Actor) -> None:
        self._kernel = kernel
        self._actor = actor

    def list(self) -> Sequence[Segment]:
        """Every segment, by name."""
        return tuple(self._kernel.words.segments)

    def get(self, name: str) -> Segment:
        """The segment of this name."""
        segment = self._kernel.words.segments.get(name)
        if segment is None and not _NAME.fullmatch(name):
            raise NotFound(
                phrase("There is no segment {name}", name=quoted(name)),
                hint=phrase(
                    "Who meets a condition: crm customers list --where {condition}; how many: crm segments "
                    "count --where {condition}",
                    condition=shlex.quote(name),
                ),
            )
        return segment or self._kernel.words.segments[name]

    def predicate(self, name: str) -> Predicate:
        """What the segment says, understood."""
        segment = self.get(name)
        return parse(
            condition_of(segment), self._kernel.context, where=phrase('segment "{name}"', name=segment.name)
        )

    def needs(self, name: str) -> Sequence[str]:
        """The segments that this one speaks of, each after those that it speaks of itself."""
        return needed_by(self._kernel, self.get(name))

    def count(self, name: str, as_of: int | None = None) -> int:
        """How many members there are."""
        with self._reading() as (connection, actor):
            return counted(self._kernel, connection, actor, self.predicate(name), as_of)

    def count_where(self, condition: str, as_of: int | None = None) -> int:
        """How many customers meet a condition, be they in a segment or not."""
        predicate = parse(condition, self._kernel.context)
        with self._reading() as (connection, actor):
            return counted(self._kernel, connection, actor, predicate, as_of)

    def counts(self, names: Iterable[str] | None = None, as_of: int | None = None) -> Mapping[str, int]:
        """How many members each segment has (all of them, when None), in one pass over the records."""
        wanted = [each.name for each in self.list()] if names is None else [self.get(n).name for n in names]
        predicates = {name: self.predicate(name) for name in wanted}
        with self._reading() as (connection, actor):
            return all_counts(self._kernel, connection, actor, predicates, as_of)

    def members(
        self, name: str, as_of: int | None = None, *, limit: int | None = None, after: int | None = None
    ) -> Sequence[int]:
        """The ids of the members in ascending order: at most `limit`, those beyond the id `after`."""
        with self._reading() as (connection, actor):
            return member_ids(self._kernel, connection, actor, self.predicate(name), as_of, limit, after)

    def contains(self, name: str, customer: Ref, as_of: int | None = None) -> bool:
        """Whether a customer is in the segment."""
        predicate = self.predicate(name)
        with self._reading() as (connection, actor):
            id_ = resolve(connection, self._kernel, actor, customer)
            return is_member(self._kernel, connection, predicate, id_, as_of)

    def containing(self, customer: Ref, as_of: int | None = None) -> Sequence[str]:
        """The names of the segments that a customer is in."""
        predicates = {each.name: self.predicate(each.name) for each in self.list()}
        with self._reading() as (connection, actor):
            id_ = resolve(connection, self._kernel, actor, customer)
            found = asked(self._kernel, connection, predicates, id_, as_of)
        return [name for name, holds in found.items() if holds]

    def explain(self, name: str, customer: Ref, as_of: int | None = None) -> Explanation:
        """Why a customer is in the segment, or is not: each clause with what it found."""
        from crmkit.core.segments.explained import explained

        predicate = self.predicate(name)
        with self._reading() as (connection, actor):
            id_ = resolve(connection, self._kernel, actor, customer)
            return explained(self._kernel, connection, predicate, id_, as_of)

    def history(self, name: str, customer: Ref | None = None, limit: int = 50) -> Sequence[stays.Stay]:
        """Who entered when and left when, latest first: as noticed by `snapshot`, or exactly for a list."""
        segment = self.get(name)
        with self._reading() as (connection, actor):
            id_ = None if customer is None else resolve(connection, self._kernel, actor, customer)
            return stays.stays_of(self._kernel, connection, actor, segment.name, id_, limit)

    def recomputed(self, name: str, customer: Ref, instants: Iterable[int]) -> Mapping[int, bool]:
        """Whether a customer was in the segment at each instant, by what was known then."""
        predicate = self.predicate(name)
        with self._reading() as (connection, actor):
            id_ = resolve(connection, self._kernel, actor, customer)
            return {at: is_member(self._kernel, connection, predicate, id_, at) for at in instants}

    def types(self) -> Sequence[TypeCount]:
        """The customer types in the order in which they decide, each with its customers and overdue ones."""
        from crmkit.core.segments.types import type_counts

        with self._reading() as (connection, actor):
            return type_counts(self._kernel, connection, actor)

    def add(self, name: str, *customers: Ref) -> Sequence[int]:
        """Put customers on the list of a static segment; the ids of those who were not on it."""
        segment = self._static(name)
        with self._writing() as (tx, actor):
            ids = resolve_all(tx.connection, self._kernel, actor, customers)
            return lists.add(self._kernel, tx, segment.name, ids)

    def remove(self, name: str, *customers: Ref) -> Sequence[int]:
        """Take customers off the list of a static segment; the ids of those who were on it."""
        segment = self._static(name)
        with self._writing() as (tx, actor):
            ids = resolve_all(tx.connection, self._kernel, actor, customers)
            return lists.remove(self._kernel, tx, segment.name, ids)

    def snapshot(self, names: Iterable[str] | None = None) -> Mapping[str, stays.Moved]:
        """Note who has entered and left each segment with a condition since the last snapshot."""
        return self._noticed(names, None)

    def refresh(
        self, customers: Iterable[Ref], names: Iterable[str] | None = None
    ) -> Mapping[str, stays.Moved]:
        """The same for these customers only: afterwards all is as a snapshot of everybody would leave it."""
        with self._reading() as (connection, actor):
            ids = resolve_all(connection, self._kernel, actor, customers)
        return self._noticed(names, ids)

    def _noticed(self, names: Iterable[str] | None, ids: Sequence[int] | None) -> Mapping[str, stays.Moved]:
        wanted = self.list() if names is None else [self.get(name) for name in names]
        predicates = {each.name: self.predicate(each.name) for each in wanted if not each.is_static}
        found: dict[str, stays.Moved] = {}
        for name, predicate in predicates.items():
            # A unit each: nobody waits for all of them before they can write.
            with self._writing() as (tx, _):
                found[name] = stays.notice(self._kernel, tx, name, predicate, ids)
        return found

    def _static(self, name: str) -> Segment:
        segment = self.get(name)
        if not segment.is_static:
            raise Invalid(
                phrase(
                    "The members of {segment} follow from its condition: {who}",
                    segment=quoted(segment.name),
                    who=segment.who,
                ),
                hint='Only a segment with kind = "static" is a list kept by hand.',
            )
        return segment

    @contextmanager
    def _reading(self) -> Iterator[tuple[sa.Connection, Actor]]:
        with self._kernel.reading() as connection:
            yield connection, allowed(self._kernel, connection, self._actor, READ)

    @contextmanager
    def _writing(self) -> Iterator[tuple[Transaction, Actor]]:
        with self._kernel.unit(self._actor) as tx:
            yield tx, allowed(self._kernel, tx.connection, self._actor, WRITE)
