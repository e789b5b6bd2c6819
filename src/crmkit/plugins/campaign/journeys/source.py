"""Journeys as a source of rules: what is brought, when people move, and who was left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.plugin import LeftOut, SourcedRule, zone_of
from crmkit.plugins.campaign.journeys.arriving import Arrivals
from crmkit.plugins.campaign.journeys.entering import Entering, entry_condition, schedule_of
from crmkit.plugins.campaign.journeys.files import drafts
from crmkit.plugins.campaign.journeys.graph import Graph
from crmkit.plugins.campaign.journeys.kept import OPEN, Kept, kept_journeys, newest_of_logs
from crmkit.plugins.campaign.journeys.moving import Moving
from crmkit.plugins.campaign.journeys.rules import parts_of, rule_said
from crmkit.plugins.campaign.journeys.starting import start_for_trial
from crmkit.plugins.campaign.journeys.states import ACTIVE, LEAVING, LEFT
from crmkit.plugins.campaign.journeys.tables import JOURNEY, PERSON
from crmkit.plugins.campaign.journeys.telling import Told

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Transaction

_AT_ONCE: Final = 5_000
# In a trial, people move at most this often.
_GRID: Final = 15 * 60_000_000


def rules(crm: Crm) -> Iterator[SourcedRule]:
    """A rule for each journey: with the steps of every version that somebody is in."""
    with crm.reading() as execute:
        started = kept_journeys(crm, execute)
    for each in started:
        said = rule_said(each.newest, each.versions.items())
        yield SourcedRule(
            name=each.name, said=said, turns=partial(turns, crm, each.name), doc=each.newest.declared.doc,
            meant=meant(each.newest),
        )  # fmt: skip
    names = {each.name for each in started}
    for name, graph in drafts(crm, names).items():  # nobody is in them, but they can be tried
        said = rule_said(graph, [(1, graph)])
        yield SourcedRule(
            name=name, said=said, turns=partial(turns, crm, name), doc=graph.declared.doc, meant=meant(graph)
        )


def meant(graph: Graph) -> str:
    """The condition on whom it is for; nothing where people come in upon what happens."""
    return "" if graph.declared.on else entry_condition(graph)


def turns(crm: Crm, journey: str, step: str, now: int) -> sa.Select[Any]:
    """Whose turn it is at a step: those who are there, and for whom nobody has decided yet."""
    person = crm.plugins.table(PERSON)
    version, id_ = parts_of(step)
    return sa.select(person.c.customer_id, person.c.occasion).where(
        person.c.journey == journey,
        person.c.state == ACTIVE,
        person.c.version == version,
        person.c.step == id_,
        person.c.due_at <= now,
        person.c.left_out.is_(None),
    )


def advance(crm: Crm, tx: Transaction) -> None:
    """Take people in, and move those who are due."""
    if tx.is_trial:
        start_for_trial(crm, tx)
    told, arrivals = Told(crm, tx), Arrivals(crm, tx)
    for journey in kept_journeys(crm, tx.execute, lock=not tx.is_trial):
        _pass(crm, tx, journey, told, arrivals)
    told.record()


def _pass(crm: Crm, tx: Transaction, journey: Kept, told: Told, arrivals: Arrivals) -> None:
    moving = Moving(crm, tx, journey, told, arrivals)
    entering = Entering(crm, tx, journey, told, arrivals)
    seen = newest_of_logs(crm, tx.execute)
    has_news = seen != (journey.seen_seq, journey.seen_change)
    if has_news:
        moving.put_aside()
        table = crm.plugins.table(JOURNEY)
        noted = table.update().where(table.c.id == journey.id)
        tx.execute(noted.values(seen_seq=seen[0], seen_change=seen[1]))
    if has_news or moving.is_anybody_due():
        moving.reach_goals(everybody=has_news)
        if has_news:
            moving.notice()
        moving.go_on()
    if journey.is_running:
        came = entering.upon_events(seen[0]) if has_news else 0
        if came + entering.by_schedule():
            moving.go_on()
    if has_news or moving.has_left:
        moving.take_back()


def left_out(turns: Sequence[LeftOut], crm: Crm, tx: Transaction) -> None:
    """Whom a gate left out goes on without that step; or leaves, where the gate says that nobody may."""
    groups: dict[tuple[str, str, str, str], list[LeftOut]] = defaultdict(list)
    for each in turns:
        groups[each.rule, each.step, each.gate, each.reason].append(each)
    told = Told(crm, tx)
    for (rule, step, gate, reason), group in groups.items():
        version, id_ = parts_of(step)
        values: dict[str, Any] = {"left_out": f"{gate}: {reason}"}
        if gate in LEAVING:
            values = {"state": LEFT, "why": f"{gate}: {reason}", "ended_at": tx.at, "due_at": None}
        _mark(crm, tx, told, (rule.partition(":")[2], version, id_), values, group)
    told.record()


def _mark(
    crm: Crm,
    tx: Transaction,
    told: Told,
    at: tuple[str, int, str],
    values: dict[str, Any],
    turns: Sequence[LeftOut],
) -> None:
    person = crm.plugins.table(PERSON)
    journey, version, step = at
    here = (
        person.c.journey == journey,
        person.c.state == ACTIVE,
        person.c.version == version,
        person.c.step == step,
    )
    for occasion, ids in _by_occasion(turns):
        change = (
            person.update()
            .where(*here, person.c.occasion == occasion, person.c.customer_id.in_(ids))
            .values(values)
        )
        if "state" not in values or tx.is_trial:
            tx.execute(change)
            continue
        rows = tx.execute(change.returning(person.c.customer_id, person.c.version, person.c.step)).all()
        told.moved(journey, rows, why=values["why"])


def _by_occasion(turns: Iterable[LeftOut]) -> Iterator[tuple[str, list[int]]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for each in turns:
        groups[each.occasion].append(each.customer_id)
    for occasion, ids in groups.items():
        for start in range(0, len(ids), _AT_ONCE):
            yield occasion, ids[start : start + _AT_ONCE]


def next_at(crm: Crm, now: int) -> int | None:
    """When somebody is due next, or comes in; in whole quarters of an hour."""
    person, effect = crm.plugins.table(PERSON), crm.tables.effect
    tz = zone_of(crm)
    with crm.reading() as execute:
        journeys = kept_journeys(crm, execute)
        wakes = [
            schedule_of(each.newest).next(now, tz).due_at
            for each in journeys
            if each.is_running and not each.newest.declared.on
        ]
        due = [
            sa.select(sa.func.min(person.c.due_at)).where(
                person.c.journey == each.name, person.c.state == ACTIVE, person.c.due_at > now
            )
            for each in journeys
        ]
        origins = [each.origin for each in journeys]
        # As an expression it keeps SQLite from reading all that was ever done, instead of what is to come.
        origin = sa.func.coalesce(effect.c.origin, "")
        due.append(
            sa.select(sa.func.min(effect.c.due_at)).where(
                origin.in_(origins), effect.c.state.in_(OPEN), effect.c.due_at > now
            )
        )
        found = [at for each in due if (at := execute(each).scalar_one()) is not None]
    return min([*wakes, *(at + -at % _GRID for at in found)], default=None)
