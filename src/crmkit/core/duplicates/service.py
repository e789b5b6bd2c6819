"""`crm.duplicates`: customers who may be the same: find them, look at them, say no, or merge them."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from attrs import evolve

from crmkit.core.config.control import part
from crmkit.core.customers.references import resolve
from crmkit.core.duplicates import choosing, noticing, queue
from crmkit.core.duplicates.finding import Found, Progress, find_pairs
from crmkit.core.duplicates.judged import RULES, Asking, chosen_judge
from crmkit.core.duplicates.judging import Judge
from crmkit.core.duplicates.reading import read_people
from crmkit.core.duplicates.rules import SCALE, Rules, rules_of
from crmkit.core.duplicates.showing import comparison, judged_comparison
from crmkit.core.duplicates.values import (
    DISMISSED,
    OPEN,
    Comparison,
    Duplicate,
    LookAlike,
    MergeReport,
    ScanReport,
)
from crmkit.core.errors import Invalid
from crmkit.core.people.current import allowed
from crmkit.core.phrase import phrase
from crmkit.core.predicates.predicate import parse
from crmkit.core.segments.members import member_ids

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.duplicates.person import Person
    from crmkit.core.model.judge import DuplicateJudge
    from crmkit.core.model.people import Actor

READ: Final = "customers.read"
MERGE: Final = "customers.merge"
Ref = int | str


class Duplicates:
    """Suggested pairs, for one actor: only pairs of whom the actor sees both.

    What is compared and what agreement is worth stands in `[matching.duplicates]`. Archived and restricted
    customers are not compared. A reference is one as `crm.customers` takes it.
    """

    def __init__(self, crm: Crm) -> None:
        self._crm = crm
        self._kernel = crm.kernel
        self._actor = crm.actor

    @property
    def rules(self) -> Rules:
        """The rules in force. Raises `Invalid` when `crm.toml` names a rule or field that there is not."""
        return self._judge.rules

    def scan(
        self,
        where: str | None = None,
        *,
        customers: Sequence[int] | None = None,
        progress: Progress | None = None,
    ) -> ScanReport:
        """Compare everybody, or those for whom `where` holds (or whose ids are given) with everybody.

        Adds pairs to the list, brings the scores there up to date, and removes pairs that no longer match;
        pairs that were dismissed stay so. `progress(n)` is called with the comparisons made so far. Raises
        `NotAllowed`, `PredicateError`, `ExtraMissing` (rapidfuzz, or what the judge needs), `Invalid` for a
        judge that there is not.
        """
        began = time.monotonic()
        judge = self._judge
        with self._reading(MERGE) as (connection, actor):
            focus = self._focus(connection, actor, where, customers)
            seen = self._seen(connection, actor)
            people = read_people(connection, self._kernel, judge.rules)
            if seen is not None:
                people = {id_: person for id_, person in people.items() if id_ in seen}
        found, judge_name = self._found(judge, people, focus, progress)
        with self._reading(MERGE) as (connection, actor):
            work = queue.work_of(connection, found, focus, seen)
        added = queue.write(self._kernel, actor, work)
        return ScanReport(
            customers=len(people if focus is None else focus & people.keys()),
            compared=found.compared, found=len(found.pairs), added=added, updated=len(work.update),
            removed=len(work.remove), dismissed=work.dismissed, open=self.count(),
            seconds=time.monotonic() - began, left_out=found.left_out, is_complete=found.is_complete,
            judge=judge_name, expected_precision=found.expected_precision,
        )  # fmt: skip

    def list(
        self,
        limit: int = 50,
        after: str | None = None,
        *,
        state: str = OPEN,
        min_score: float | None = None,
        customer: Ref | None = None,
    ) -> tuple[Sequence[Duplicate], str | None]:
        """One page of pairs, the surest first, and the cursor of the next page, if any."""
        with self._reading(READ) as (connection, actor):
            id_ = None if customer is None else resolve(connection, self._kernel, actor, customer)
            found = queue.page(
                connection, self._kernel, self._kernel.visible(actor), state=state, min_score=min_score,
                customer=id_, limit=limit + 1, after=after,
            )  # fmt: skip
        last = found[limit - 1] if len(found) > limit else None
        return found[:limit], queue.cursor_of(last.score, last.id) if last else None

    def count(self, state: str = OPEN) -> int:
        """How many pairs are on the list."""
        with self._reading(READ) as (connection, actor):
            return queue.count(connection, self._kernel, self._kernel.visible(actor), state)

    def compare(self, a: Ref, b: Ref) -> Comparison:
        """Two customers rule by rule, on the list or not; of a pair that another judge has suggested, its
        evidence."""
        customers = self._crm.customers.get(a), self._crm.customers.get(b)
        ids = [each.id for each in customers]
        with self._reading(READ) as (connection, _):
            people = read_people(connection, self._kernel, self._judge.rules, ids)
            state = queue.state_of(connection, self._kernel, *ids)
            kept = queue.evidence_of(connection, self._kernel, *ids) if self._other is not None else {}
        if kept:
            return judged_comparison(self._judge, kept, customers, state)
        return comparison(self._judge, (people[ids[0]], people[ids[1]]), customers, state)

    def look_alikes(self, customer: Ref) -> Sequence[LookAlike]:
        """At most five whom a customer looks like, by a few look-ups of the same name, number or address.

        It is quick, sees less than a scan and leaves nothing on the list: for a warning when one is added.
        """
        known = self._crm.customers.get(customer)
        with self._reading(READ) as (connection, actor):
            return noticing.look_alikes(connection, self._kernel, actor, known)

    def dismiss(self, a: Ref, b: Ref) -> None:
        """Say that two customers are two: they are never suggested again, whatever becomes of either."""
        self._settle(a, b, DISMISSED)

    def reopen(self, a: Ref, b: Ref) -> None:
        """Take back a dismissal: the pair is on the list again, and the next scan judges it."""
        self._settle(a, b, OPEN)

    def merge(self, min_score: float | None = None, *, dry_run: bool = False) -> MergeReport:
        """Merge every suggested pair of at least `min_score` (`sure`, when None) in which no doubt is.

        In a group of several, every two must be suggested; who has most on record stays. Raises `Invalid` for
        a score below the threshold.
        """
        lowest = self.rules.threshold / SCALE
        wanted = self.rules.sure / SCALE if min_score is None else min_score
        if wanted < lowest and self._other is None:
            raise Invalid(
                phrase("Pairs of fewer than {lowest:g} points are not on the list", lowest=lowest),
                hint=phrase(
                    "Choose {lowest:g} or more, or lower the threshold in [matching.duplicates] and scan.",
                    lowest=lowest,
                ),
            )
        report = self._planned(wanted)
        if dry_run or not report.groups:
            return report
        merge_all = self._crm.merging.merge_all
        refs = [merge_all(pairs, source="duplicates").ref for pairs in choosing.in_runs(report.groups)]
        return evolve(report, refs=tuple(refs))

    def _planned(self, min_score: float) -> MergeReport:
        with self._reading(MERGE) as (connection, actor):
            found = queue.page(
                connection, self._kernel, self._kernel.visible(actor), min_score=min_score, limit=None
            )
            sure = [each for each in found if not each.doubts]
            made = choosing.grouped(sure)
            standings = choosing.standings_of(connection, [id_ for ids in made.groups for id_ in ids])
        return MergeReport(
            groups=choosing.chosen(made, standings), doubtful=len(found) - len(sure), apart=made.apart,
            min_score=min_score,
        )  # fmt: skip

    @cached_property
    def _judge(self) -> Judge:
        return Judge(rules_of(self._kernel.config.matching.duplicates, self._kernel.words.fields))

    @cached_property
    def _other(self) -> DuplicateJudge | None:
        """The judge in place of the rules, if there is one."""
        kernel = self._kernel
        return chosen_judge(kernel.config.matching.duplicates.judge, kernel.loaded.judges)

    def _found(
        self,
        judge: Judge,
        people: Mapping[int, Person],
        focus: Collection[int] | None,
        progress: Progress | None,
    ) -> tuple[Found, str]:
        """The pairs, and who judged them."""
        other = self._other
        if other is not None:
            wanted = part(self._kernel.config.matching.duplicates.expected_precision)
            found = Asking(other, judge, people, wanted).found(focus, progress)
            if found is not None:
                return found, other.name
        return find_pairs(judge, people, focus, progress), RULES

    def _settle(self, a: Ref, b: Ref, state: str) -> None:
        with self._kernel.unit(self._actor) as tx:
            actor = allowed(self._kernel, tx.connection, self._actor, MERGE)
            ids = [resolve(tx.connection, self._kernel, actor, each) for each in (a, b)]
            queue.settle(self._kernel, tx, ids[0], ids[1], state)

    def _focus(
        self, connection: sa.Connection, actor: Actor, where: str | None, customers: Sequence[int] | None
    ) -> frozenset[int] | None:
        if where is None:
            return None if customers is None else frozenset(customers)
        predicate = parse(where, self._kernel.context, where="--where")
        ids = member_ids(self._kernel, connection, actor, predicate, None, None, None)
        return frozenset(ids)

    def _seen(self, connection: sa.Connection, actor: Actor) -> frozenset[int] | None:
        """The ids of everybody whom the actor sees; None for all."""
        visible = self._kernel.visible(actor)
        if visible is None:
            return None
        return frozenset(
            connection.execute(sa.select(self._kernel.tables.customer.c.id).where(visible)).scalars()
        )

    @contextmanager
    def _reading(self, permission: str) -> Iterator[tuple[sa.Connection, Actor]]:
        with self._kernel.reading() as connection:
            yield connection, allowed(self._kernel, connection, self._actor, permission)
