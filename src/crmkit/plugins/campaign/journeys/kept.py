"""Journeys and their versions as they are on record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from attrs import field, frozen

from crmkit.plugins.campaign.journeys.graph import Graph, graph_in
from crmkit.plugins.campaign.journeys.model import RUNNING, SOURCE
from crmkit.plugins.campaign.journeys.states import ACTIVE
from crmkit.plugins.campaign.journeys.tables import JOURNEY, PERSON, VERSION

if TYPE_CHECKING:
    from crmkit import Crm

Execute = Callable[..., Any]
# What is not settled in the ledger.
OPEN = ("pending", "claimed", "handing_over")


@frozen(kw_only=True)
class Kept:
    """One journey that was started: `versions` are those that somebody is in, or that something of is still
    to be handed over, and the one of whoever comes in next, `version`."""

    id: int
    name: str
    state: str
    version: int
    started_at: int
    seen_seq: int
    seen_change: int
    taken_in_for: int | None
    versions: Mapping[int, Graph] = field(factory=dict)

    @property
    def is_running(self) -> bool:
        """Whether people come in."""
        return self.state == RUNNING

    @property
    def newest(self) -> Graph:
        """The version of whoever comes in next."""
        return self.versions[self.version]

    @property
    def origin(self) -> str:
        """What its effects are entered under."""
        return f"{SOURCE}:{self.name}"


def kept_journeys(crm: Crm, execute: Execute, *, lock: bool = False) -> list[Kept]:
    """Every journey that was ever started, by name; with `lock` nobody else moves their people meanwhile."""
    journey = crm.plugins.table(JOURNEY)
    chosen = sa.select(journey).order_by(journey.c.name)
    rows = execute(chosen.with_for_update() if lock else chosen).all()
    graphs = _graphs(crm, execute)
    return [
        Kept(
            id=row.id, name=row.name, state=row.state, version=row.version, started_at=row.started_at,
            seen_seq=row.seen_seq, seen_change=row.seen_change, taken_in_for=row.taken_in_for,
            versions={number: graph for (name, number), graph in graphs.items() if name == row.name},
        )
        for row in rows
    ]  # fmt: skip


def running_versions(crm: Crm, execute: Execute) -> Mapping[str, tuple[str, Graph]]:
    """(digest of its file, graph) of the version with which each journey runs, by name."""
    journey, version = crm.plugins.table(JOURNEY), crm.plugins.table(VERSION)
    chosen = (
        sa.select(journey.c.name, version.c.digest, version.c.content)
        .join(version, sa.and_(version.c.journey == journey.c.name, version.c.number == journey.c.version))
        .where(journey.c.state == RUNNING)
    )
    return {row[0]: (row[1], graph_in(row[2])) for row in execute(chosen.order_by(journey.c.name))}


def newest_of_logs(crm: Crm, execute: Execute) -> tuple[int, int]:
    """The highest numbers in the logs of interactions and of changes."""
    tables = (crm.tables.interaction, crm.tables.change)
    newest = (sa.select(sa.func.coalesce(sa.func.max(table.c.seq), 0)).scalar_subquery() for table in tables)
    interaction, change = execute(sa.select(*newest)).one()
    return int(interaction), int(change)


def _graphs(crm: Crm, execute: Execute) -> dict[tuple[str, int], Graph]:
    """The versions that matter, by journey and number."""
    theirs = (crm.plugins.table(name) for name in (JOURNEY, VERSION, PERSON))
    return {(row[0], row[1]): graph_in(row[2]) for row in execute(_that_matter(*theirs, crm.tables.effect))}


@lru_cache(maxsize=8)
def _that_matter(journey: sa.Table, version: sa.Table, person: sa.Table, effect: sa.Table) -> sa.Select[Any]:
    """SELECT of (journey, number, content). Each pass asks it several times, and making it takes longer."""
    is_lived_in = sa.exists().where(
        person.c.journey == version.c.journey, person.c.state == ACTIVE, person.c.version == version.c.number
    )
    number = sa.cast(version.c.number, sa.Text)
    is_under_way = sa.exists().where(
        effect.c.due_at.is_not(None), effect.c.state.in_(OPEN),
        effect.c.origin == sa.literal(f"{SOURCE}:") + version.c.journey,
        effect.c.step.like(sa.literal("v") + number + sa.literal(".%")),
    )  # fmt: skip
    return (
        sa.select(version.c.journey, version.c.number, version.c.content)
        .join(journey, journey.c.name == version.c.journey)
        .where(sa.or_(version.c.number == journey.c.version, is_lived_in, is_under_way))
        .order_by(version.c.journey, version.c.number)
    )
