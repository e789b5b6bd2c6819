"""Requests for tracked links and images, as they come and as they go onto timelines.

They are kept for some seconds first: only then it shows whether all links of a message were followed at
once, and no rule acts upon what turns out to be a machine's.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import evolve

from crmkit.plugin import N_, InteractionDraft
from crmkit.plugins.email.tables import HIT, LINK
from crmkit.plugins.email.tracking.machines import Hit, told_by_time
from crmkit.plugins.email.tracking.model import CLICKED, OPENED, Clicked, Opened

if TYPE_CHECKING:
    from crmkit import Crm

# Microseconds. So long a hit waits for others; the same link within the second time is the same click.
SETTLED_AFTER: Final = 15_000_000
_REPEATED_WITHIN: Final = 10_000_000
# Of one link of one message; whoever asks more often asks in vain.
_MOST: Final = 20
_BATCH: Final = 500
_log = logging.getLogger("crmkit.email")


def note_hit(crm: Crm, effect: int, link: int | None, machine: str) -> None:
    """Keep one request; nothing where its message was never sent, its customer is erased, or it came often
    enough. Raises `CrmError` where the database does not take it."""
    table, ledger = crm.plugins.table(HIT), crm.tables.effect
    mine = sa.and_(
        table.c.effect == effect,
        table.c.link_id.is_(None) if link is None else table.c.link_id == link,
        table.c.machine == "" if not machine else table.c.machine != "",
    )
    with crm.reading() as execute:
        sent = execute(sa.select(ledger.c.customer_id, ledger.c.channel).where(ledger.c.id == effect)).first()
        kept, last = execute(sa.select(sa.func.count(), sa.func.max(table.c.at)).where(mine)).one()
    now = crm.clock.now()
    is_repeated = last is not None and abs(now - last) < _REPEATED_WITHIN
    if sent is None or sent.customer_id is None or sent.channel is None or kept >= _MOST or is_repeated:
        return
    with crm.transaction() as tx:
        # Asked again: they may be erased or merged by now.
        owner = sa.select(ledger.c.customer_id, *map(sa.literal, (effect, tx.at, machine)))
        values = sa.insert(table).from_select(
            ["customer_id", "effect", "at", "machine", "link_id"],
            owner.add_columns(sa.cast(sa.literal(link), sa.BigInteger)).where(
                ledger.c.id == effect, ledger.c.customer_id.is_not(None)
            ),
        )
        tx.execute(values)


def note_on_timelines(crm: Crm) -> None:
    """Put what has settled onto timelines, each once; the job of `crm worker`."""
    while _noted(crm) == _BATCH:
        pass


def _noted(crm: Crm) -> int:
    """One batch; how many hits it had."""
    table = crm.plugins.table(HIT)
    settled = table.c.at <= crm.clock.now() - SETTLED_AFTER
    with crm.transaction() as tx:
        waiting = sa.select(table.c.id, table.c.effect).where(table.c.noted_at.is_(None), settled)
        found = tx.execute(waiting.order_by(table.c.id).limit(_BATCH)).all()
        if not found:
            return 0
        # Of two workers the second finds them noted, and does nothing.
        open_ = sa.and_(table.c.id.in_([row.id for row in found]), table.c.noted_at.is_(None))
        noting = sa.update(table).where(open_).values(noted_at=tx.at).returning(table.c.id)
        mine = set(tx.execute(noting).scalars())
        rows = tx.execute(_hits(crm, {row.effect for row in found})).all()
        report = crm.interactions.record_all(_drafts(rows, mine), source="email")
    if report.refused:
        _log.warning(
            N_("Clicks and opens that are not on timelines: %d (%s)"), len(report.refused), report.reasons
        )
    return len(found)


def _hits(crm: Crm, effects: set[int]) -> sa.Select[Any]:
    """All hits of these messages, with what is known of each message."""
    table, links, ledger = crm.plugins.table(HIT), crm.plugins.table(LINK), crm.tables.effect
    return (
        sa.select(table, links.c.url, ledger.c.channel, _delivered_at(ledger).label("delivered_at"))
        .outerjoin(links, links.c.id == table.c.link_id)
        .outerjoin(ledger, ledger.c.id == table.c.effect)
        .where(table.c.effect.in_(effects))
        .order_by(table.c.effect, table.c.at, table.c.id)
    )


def _delivered_at(ledger: sa.FromClause) -> sa.ColumnElement[Any]:
    """When a message went out; of one that nobody is sure of, when it should have."""
    doubtful = sa.case((ledger.c.state == "unconfirmed", ledger.c.contact_at))
    return sa.func.coalesce(ledger.c.settled_at, doubtful)


def _drafts(rows: Sequence[Any], wanted: set[int]) -> Iterator[InteractionDraft]:
    """The interactions of the hits that are wanted, without those that repeat another."""
    by_effect: dict[int, list[Any]] = {}
    for row in rows:
        by_effect.setdefault(row.effect, []).append(row)
    for of_one in by_effect.values():
        hits = [Hit(id=row.id, link=row.link_id, at=row.at, machine=row.machine) for row in of_one]
        judged = {
            hit.id: evolve(hit, machine=told_by_time(hit, hits, row.delivered_at))
            for hit, row in zip(hits, of_one, strict=True)
        }
        for row in of_one:
            if row.id in wanted and not _repeats(judged[row.id], judged):
                yield _draft(row, judged[row.id].machine)


def _repeats(hit: Hit, judged: Mapping[int, Hit]) -> bool:
    """Whether the same was asked for shortly before, by the same sort of reader."""
    return any(
        each.link == hit.link
        and bool(each.machine) == bool(hit.machine)
        and (each.at, each.id) < (hit.at, hit.id)
        and hit.at - each.at < _REPEATED_WITHIN
        for each in judged.values()
    )


def _draft(row: Any, why: str) -> InteractionDraft:
    said = {"machine": bool(why), "why": why, "effect": row.effect}
    payload = Opened(**said) if row.link_id is None else Clicked(url=row.url or "", **said)
    return InteractionDraft(
        customer=row.customer_id, type=OPENED if row.link_id is None else CLICKED, at=row.at,
        channel=row.channel or "email", direction="in", payload=payload, source_ref=f"hit:{row.id}",
    )  # fmt: skip
