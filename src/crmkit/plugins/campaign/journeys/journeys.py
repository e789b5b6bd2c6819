"""Journeys, for programs: look, start, stop, try out, and see who is where."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit import Conflict, Invalid, NotFound
from crmkit.plugin import _, phrase, written_reason, written_state, zone_of
from crmkit.plugins.campaign.audiences.audiences import Audiences
from crmkit.plugins.campaign.journeys.arriving import Arrivals
from crmkit.plugins.campaign.journeys.entering import Entering, entry_condition
from crmkit.plugins.campaign.journeys.files import File, findings_of, journey_file, journey_files
from crmkit.plugins.campaign.journeys.graph import Graph, graph_of
from crmkit.plugins.campaign.journeys.kept import Kept, kept_journeys, newest_of_logs, running_versions
from crmkit.plugins.campaign.journeys.model import (
    DRAFT,
    SOURCE,
    STOPPED,
    Intake,
    Journey,
    LetterReach,
    Passage,
    Standing,
    StepState,
)
from crmkit.plugins.campaign.journeys.moving import Moving
from crmkit.plugins.campaign.journeys.payload import ENTERED, EXITED, STEP, JourneyMoved
from crmkit.plugins.campaign.journeys.pinning import edited_templates
from crmkit.plugins.campaign.journeys.reasons import STOPPED_NOW, TAKEN_OUT, written_why
from crmkit.plugins.campaign.journeys.rules import letter_of, parts_of, said_of
from crmkit.plugins.campaign.journeys.starting import start
from crmkit.plugins.campaign.journeys.states import ACTIVE, LEFT
from crmkit.plugins.campaign.journeys.tables import JOURNEY, PERSON
from crmkit.plugins.campaign.journeys.telling import Told

if TYPE_CHECKING:
    from datetime import date

    from crmkit import Crm, Interaction
    from crmkit.plugin import Decision, Finding, Simulation

READ: Final = "customers.read"
APPLY: Final = "strategy.apply"
_SAMPLE: Final = 5
LAST: Final = 2**63


class Journeys:
    """The journeys of a business, for one actor. Built by `crm.service(Journeys)`."""

    def __init__(self, crm: Crm) -> None:
        self._crm = crm

    def list(self) -> Sequence[Journey]:
        """Every journey: of the files, and of those that were started."""
        self._crm.require(READ)
        files = journey_files(self._crm)
        rows = self._rows()
        with self._crm.reading() as execute:
            running = running_versions(self._crm, execute)
        counts = self._counts()
        return [
            self._journey(name, files.get(name), rows.get(name), running.get(name), counts.get(name, {}))
            for name in sorted({*files, *rows})
        ]

    def get(self, name: str) -> Journey:
        """One journey. Raises `NotFound` with the nearest name."""
        for each in self.list():
            if each.name == name:
                return each
        journey_file(self._crm, name)
        raise NotFound(phrase('There is no journey "{name}"', name=name), hint="See them: crm journeys list")

    def steps(self, name: str) -> Sequence[StepState]:
        """Its steps, of each version that somebody is in and of the one of whoever comes in next; of a draft,
        those of its file."""
        self._crm.require(READ)
        kept = self._kept(name)
        if kept is None:
            return _steps_of({1: graph_of(journey_file(self._crm, name).required())}, {})
        person = self._crm.plugins.table(PERSON)
        chosen = (
            sa.select(person.c.version, person.c.step, sa.func.count())
            .where(person.c.journey == name, person.c.state == ACTIVE)
            .group_by(person.c.version, person.c.step)
        )
        with self._crm.reading() as execute:
            people = {(row[0], row[1]): row[2] for row in execute(chosen)}
        return _steps_of(kept.versions, people)

    def check(self, *names: str) -> Sequence[Finding]:
        """What is wrong with the files (all of them, or those named), each with its line."""
        files = [journey_file(self._crm, name) for name in names] or journey_files(self._crm).values()
        return [found for file in files for found in findings_of(self._crm, file)]

    def intake(self, name: str) -> Intake:
        """Whom the journey of the file would take in now. Raises `Invalid` for a file with faults."""
        self._crm.require(READ)
        graph = self._checked(journey_file(self._crm, name))
        if graph.declared.on:
            return Intake(name=name, people=None, sample=())
        chosen, customer = self._coming(name, graph), self._crm.tables.customer
        with self._crm.reading() as execute:
            count = execute(sa.select(sa.func.count()).select_from(chosen.subquery())).scalar_one()
            ids = execute(chosen.order_by(customer.c.id).limit(_SAMPLE)).scalars().all()
        names = [each.name for each in self._crm.customers.summaries(ids)]
        return Intake(name=name, people=count, sample=tuple(names))

    def reach(self, name: str) -> LetterReach | None:
        """Of those whom it would take in now, whom its first letter would reach now, and whom each gate would
        leave out. None where people come in upon what happens, and where nobody is written to. Raises
        `Invalid` for a file with faults."""
        self._crm.require(READ)
        graph = self._checked(journey_file(self._crm, name))
        letter = letter_of(graph)
        if graph.declared.on or letter is None:
            return None
        with self._crm.reading() as execute:
            ids = execute(self._coming(name, graph)).scalars().all()
        occasion = str(self._crm.clock.now())
        found = Audiences(self._crm).reach(f"{SOURCE}:{name}", said_of(graph, letter), ids, occasion)
        return LetterReach(step=letter.id, reach=found)

    def start(self, name: str, *, expected: int | None = None) -> Journey:
        """Have the journey run as its file says: people come in from now on, and those who are in it keep the
        version with which they began. `expected` is how many a person agreed to take in now.

        Raises `Invalid` for a file with faults, and `Conflict` where more or fewer would come in.
        """
        self._crm.require(APPLY)
        file = journey_file(self._crm, name)
        graph = self._checked(file)
        with self._crm.transaction() as tx:
            intake = self.intake(name)
            if expected is not None and intake.people != expected:
                raise Conflict(
                    phrase(
                        '"{name}" would take in {people:,} people now, not {expected:,}',
                        name=name,
                        people=intake.people,
                        expected=expected,
                    ),
                    hint=phrase("Look at it again: crm journeys start {name}", name=name),
                )
            self._require_same_variants(name, graph)
            start(self._crm, tx, file, newest_of_logs(self._crm, tx.execute))
            self._crm.strategy.rule(f"{SOURCE}:{name}")
            return self.get(name)

    def stop(self, name: str, *, now: bool = False) -> Journey:
        """Have nobody come in any more; with `now` all leave who are in it, and what waits to be handed over
        for them never is. Raises `Conflict` for one that was never started."""
        self._crm.require(APPLY)
        with self._crm.transaction() as tx:
            kept = self._started(name, lock=True)
            journey = self._crm.plugins.table(JOURNEY)
            tx.execute(journey.update().where(journey.c.id == kept.id).values(state=STOPPED))
            if now:
                told = Told(self._crm, tx)
                moving = Moving(self._crm, tx, kept, told, Arrivals(self._crm, tx))
                moving.leave(LEFT, STOPPED_NOW, [])
                moving.take_back()
                told.record()
            return self.get(name)

    def enter(self, name: str, customers: Collection[int]) -> Sequence[int]:
        """Take these customers in by name, whatever the condition says; the ids of those who came in. Who is
        in it already, or may not come in again yet, does not. Raises `Conflict` unless it runs."""
        self._crm.require(APPLY)
        with self._crm.transaction() as tx:
            kept = self._started(name, lock=True)
            if not kept.is_running:
                raise Conflict(
                    phrase('The journey "{name}" is stopped', name=name),
                    hint=phrase("Start it: crm journeys start {name}", name=name),
                )
            told, arrivals = Told(self._crm, tx), Arrivals(self._crm, tx)
            entering = Entering(self._crm, tx, kept, told, arrivals)
            entering.take_in([sorted(set(customers))])
            told.record()
            return entering.came

    def exit(self, name: str, customers: Collection[int], why: str = TAKEN_OUT) -> int:
        """Have these customers leave the journey; how many were in it."""
        self._crm.require(APPLY)
        with self._crm.transaction() as tx:
            kept = self._started(name, lock=True)
            told = Told(self._crm, tx)
            moving = Moving(self._crm, tx, kept, told, Arrivals(self._crm, tx))
            left = moving.leave(LEFT, why, [moving.person.c.customer_id.in_(sorted(set(customers)))])
            moving.take_back()
            told.record()
            return left

    def people(
        self, name: str, *, state: str | None = ACTIVE, step: str | None = None, limit: int = 50
    ) -> Sequence[Passage]:
        """Who is in it (or, by `state`, who finished, reached the goal or left; None is all), of those whom
        the actor sees, the last to move first. Raises `NotFound` for a step that it does not have."""
        self._crm.require(READ)
        kept = self._started(name)
        person = self._crm.plugins.table(PERSON)
        where = [person.c.state == state] if state else []
        where += [person.c.step == step] if step else []
        found = self._passages(name, where, limit)
        # Somebody may have left at a step of a version that nobody is in any more.
        if step and not found and not any(step in graph.steps for graph in kept.versions.values()):
            raise NotFound(
                phrase('The journey "{name}" has no step "{step}"', name=name, step=step),
                hint=phrase("See its steps: crm journeys show {name}", name=name),
            )
        return found

    def passage(self, name: str, customer: int | str) -> Passage | None:
        """Somebody's way through it, None where they have never been in it. Raises `NotFound`."""
        self._crm.require(READ)
        self._started(name)
        person = self._crm.plugins.table(PERSON)
        found = self._passages(name, [person.c.customer_id == self._crm.customers.resolve(customer)], 1)
        return found[0] if found else None

    def why(self, name: str, customer: int | str) -> Standing:
        """Why somebody is where they are in it, or not in it. Raises `NotFound`."""
        self._crm.require(READ)
        id_ = self._crm.customers.resolve(customer)
        kept = self._kept(name)
        graph = kept.newest if kept else self._checked(journey_file(self._crm, name))
        passage = None if kept is None else self.passage(name, id_)
        condition = entry_condition(graph)
        found = self._crm.predicates.explain(condition, id_).clause if condition else None
        clauses = () if found is None else found.clauses or (found,)
        return Standing(
            customer=self._crm.customers.get(id_).name, passage=passage, way=tuple(self._way(name, id_)),
            condition=condition or _("upon {type}", type=graph.declared.on),
            would_enter=None if found is None or graph.declared.on else found.truth is True,
            clauses=tuple((each.text, each.truth) for each in clauses),
        )  # fmt: skip

    def _way(self, name: str, customer_id: int) -> Sequence[tuple[int, str]]:
        """What is on record of somebody's way, and what was done for them on it or not."""
        page = self._crm.interactions.timeline(customer_id, limit=100, types=(ENTERED, STEP, EXITED))
        moved = [each for each in reversed(page.interactions) if each.payload.journey == name]
        decisions = sorted(self._crm.strategy.why(customer_id, limit=200), key=lambda each: each.at)
        mine = [each for each in decisions if each.rule == f"{SOURCE}:{name}"]
        ends = [*(each.occurred_at for each in moved), LAST][1:]
        way: list[tuple[int, str]] = []
        for each, end in zip(moved, ends, strict=True):
            way.append((each.occurred_at, _told(each.type, each.payload)))
            done = [one for one in mine if _is_of(one, each, end)]
            way += [(one.at, _decided(one)) for one in done]
            mine = [one for one in mine if one not in done]
        return [*way, *((one.at, _decided(one)) for one in mine)]

    def simulate(self, name: str, *, until: date | None = None, **options: Any) -> Simulation:
        """As `crm.strategy.simulate`: what it will do; one that does not run is tried as if it were started
        now, as its file says."""
        if self._kept(name) is None:
            self._checked(journey_file(self._crm, name))
        return self._crm.strategy.simulate(f"{SOURCE}:{name}", until=until, **options)

    def _passages(self, name: str, where: Iterable[Any], limit: int) -> Sequence[Passage]:
        person, customer = self._crm.plugins.table(PERSON), self._crm.tables.customer
        chosen = (
            sa.select(person, customer.c.name.label("customer"))
            .join(customer, customer.c.id == person.c.customer_id)
            .where(person.c.journey == name, *where, *self._crm.seen())
            .order_by(person.c.arrived_at.desc(), person.c.id)
            .limit(limit)
        )
        with self._crm.reading() as execute:
            rows = execute(chosen).all()
        return [
            Passage(
                customer_id=row.customer_id, customer=row.customer, version=row.version, state=row.state,
                step=row.step, arrived_at=row.arrived_at, due_at=row.due_at, entered_at=row.entered_at,
                ended_at=row.ended_at, why=row.why or row.left_out or "", entries=row.entries,
            )
            for row in rows
        ]  # fmt: skip

    def _journey(
        self,
        name: str,
        file: File | None,
        row: Any,
        runs: tuple[str, Graph] | None,
        counts: Mapping[str, int],
    ) -> Journey:
        fault = "" if file is None else next((each.message for each in findings_of(self._crm, file)), "")
        doc = file.value.doc if file is not None and file.value is not None else ""
        if row is None:
            return Journey(name=name, doc=doc, state=DRAFT, version=0, fault=fault)
        edited = file is not None and runs is not None and runs[0] != file.digest
        steps = () if runs is None else tuple(edited_templates(self._crm, name, runs[1]))
        return Journey(
            name=name, doc=doc, state=row.state, version=row.version, started_at=row.started_at,
            edited=edited, edited_steps=steps, fault=fault, **counts,
        )  # fmt: skip

    def _rows(self) -> Mapping[str, Any]:
        with self._crm.reading() as execute:
            return {row.name: row for row in execute(sa.select(self._crm.plugins.table(JOURNEY)))}

    def _counts(self) -> Mapping[str, Mapping[str, int]]:
        person = self._crm.plugins.table(PERSON)
        chosen = sa.select(person.c.journey, person.c.state, sa.func.count())
        found: dict[str, dict[str, int]] = {}
        with self._crm.reading() as execute:
            for row in execute(chosen.group_by(person.c.journey, person.c.state)):
                found.setdefault(row[0], {})[row[1]] = row[2]
        return found

    def _kept(self, name: str, *, lock: bool = False) -> Kept | None:
        with self._crm.reading() as execute:
            found = kept_journeys(self._crm, execute, lock=lock)
        return next((each for each in found if each.name == name), None)

    def _started(self, name: str, *, lock: bool = False) -> Kept:
        kept = self._kept(name, lock=lock)
        if kept is None:
            journey_file(self._crm, name)
            raise Conflict(
                phrase('The journey "{name}" was never started', name=name),
                hint=phrase("Start it: crm journeys start {name}", name=name),
            )
        return kept

    def _checked(self, file: File) -> Graph:
        file.required()
        for found in findings_of(self._crm, file):
            raise Invalid(found.message, hint=found.hint or "Correct it, then run: crm journeys check")
        return graph_of(file.required())

    def _coming(self, name: str, graph: Graph) -> Any:
        """Those whom the condition would take in now."""
        customer, kept = self._crm.tables.customer, self._kept(name)
        chosen = sa.select(customer.c.id).where(
            customer.c.id.in_(self._crm.predicates.select(entry_condition(graph))),
            customer.c.archived_at.is_(None), customer.c.restricted_at.is_(None),
        )  # fmt: skip
        return chosen if kept is None else chosen.where(customer.c.id.not_in(self._not_again(name, graph)))

    def _not_again(self, name: str, graph: Graph) -> Any:
        """Those who are in it, or were, and may not come in again yet."""
        person = self._crm.plugins.table(PERSON)
        were = sa.select(person.c.customer_id).where(person.c.journey == name)
        again = graph.again_after
        if again is None:
            return were
        before = again.before(self._crm.clock.now(), zone_of(self._crm))
        return were.where(sa.or_(person.c.state == ACTIVE, person.c.ended_at > before))

    def _require_same_variants(self, name: str, graph: Graph) -> None:
        """All who are in it are divided alike, or nobody could compare them."""
        kept = self._kept(name)
        for number, other in {}.items() if kept is None else kept.versions.items():
            if self._anybody(name, number) and _variants(other) != _variants(graph):
                raise Conflict(
                    phrase(
                        'People are in version {number} of "{name}", which has other variants',
                        number=number,
                        name=name,
                    ),
                    hint=phrase(
                        "Wait until they are through, or have them leave: crm journeys stop {name} --now",
                        name=name,
                    ),
                )

    def _anybody(self, name: str, version: int) -> bool:
        person = self._crm.plugins.table(PERSON)
        chosen = sa.select(person.c.id).where(
            person.c.journey == name, person.c.state == ACTIVE, person.c.version == version
        )
        with self._crm.reading() as execute:
            return execute(chosen.limit(1)).first() is not None


def _variants(graph: Graph) -> Mapping[str, Any]:
    found = (step.declared.variants for step in graph.acts if step.declared.variants)
    return {name: each.get("weight", 1) for name, each in next(found, {}).items()}


def _steps_of(versions: Mapping[int, Graph], people: Mapping[tuple[int, str], int]) -> list[StepState]:
    return [
        StepState(
            version=number,
            id=step.id,
            does=step.does,
            leads=step.leads,
            people=people.get((number, step.id), 0),
        )
        for number, graph in sorted(versions.items())
        for step in graph.steps.values()
    ]


def _told(type_: str, payload: JourneyMoved) -> str:
    if type_ == EXITED:
        return _("left: {reason}", reason=written_why(payload.why))
    if type_ == ENTERED:
        return _("came in, to {step}", step=payload.step)
    return _("to {step}", step=payload.step)


def _is_of(decision: Decision, arrival: Interaction, end: int) -> bool:
    """Whether something was decided about the step at which somebody arrived, while they were there."""
    is_its = parts_of(decision.step) == (arrival.payload.version, arrival.payload.step)
    return is_its and arrival.occurred_at <= decision.at <= end


def _decided(decision: Decision) -> str:
    reason = f" ({written_reason(decision.reason)})" if decision.reason else ""
    return f"{parts_of(decision.step)[1]}: {decision.says}, {written_state(decision.state)}{reason}"
