"""What the action `case.reopen` does: a case goes on when its customer gets in touch again."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import frozen

from crmkit import Invalid
from crmkit.plugin import ActionItem, Performed, RecordDraft, Refusal, phrase
from crmkit.plugins.operational.cases.clock import CLOSED, OPEN, RESOLVED, WAITING
from crmkit.plugins.operational.cases.record_type import CASE
from crmkit.plugins.operational.cases.settings import days_of

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Transaction
    from crmkit.plugins.operational.cases.action import ReopenCase

_NAMED: Final = re.compile(r"\bcase[ :#]{1,2}([0-9]{1,18})\b", re.IGNORECASE)
_NOTHING: Final = phrase("no case waits for the customer, or was done lately")


@frozen
class _Standing:
    """A case whose clock stands since `since`."""

    id: int
    state: str
    since: int


def check(params: ReopenCase, _crm: Crm) -> None:
    """Raise `Invalid` for what is no length of time."""
    try:
        days_of(params.within)
    except ValueError as error:
        raise Invalid(str(error), hint='Say how long: reopen_case = "7 days"') from None


def reopen(items: Sequence[ActionItem], crm: Crm, tx: Transaction) -> Iterator[Refusal | Performed]:
    """Open the case of each customer that is meant."""
    since = tx.at - (days_of(items[0].params.within) or 0)
    customers = {item.customer_id for item in items}
    standing = _standing(crm, tx, customers, since)
    said = _said(crm, tx, standing)
    chosen: dict[int, tuple[int, _Standing]] = {}
    for index, item in enumerate(items):
        case = _meant(standing.get(item.customer_id, ()), said.get(item.customer_id, ()))
        if case is None:
            yield Refusal(index, _NOTHING)
        elif case.id in chosen:
            yield Refusal(index, phrase("case {id} is opened by another of these", id=case.id))
        else:
            chosen[case.id] = (index, case)
    drafts = [RecordDraft(id=id_, state=OPEN) for id_ in chosen]
    report = crm.records.save_all(CASE, drafts, source=items[0].source)
    places = [*chosen.values()]
    refused = {refusal.index: refusal.reason for refusal in report.refused}
    for place, (index, case) in enumerate(places):
        if place in refused:
            yield Refusal(index, refused[place])
        else:
            yield Performed(index, f"{case.id}:{case.state}")


def _standing(
    crm: Crm, tx: Transaction, customers: Collection[int], since: int
) -> Mapping[int, Sequence[_Standing]]:
    """The cases that could go on, by customer: those that wait, and those resolved since then, save merged
    ones; the one that stands for the shortest time first."""
    c = crm.tables.records[CASE].c
    stands = sa.case((c.state == WAITING, c.paused_since), else_=c.resolved_at)
    could = sa.or_(c.state == WAITING, sa.and_(c.state.in_((RESOLVED, CLOSED)), c.resolved_at >= since))
    query = sa.select(c.customer_id, c.id, c.state, stands).where(
        c.customer_id.in_(customers), could, c.merged_into.is_(None), c.archived_at.is_(None)
    )
    found: dict[int, list[_Standing]] = {}
    rows: Any = tx.execute(query.order_by(stands.desc(), c.id.desc()))
    for customer_id, id_, state, at in rows:
        found.setdefault(customer_id, []).append(_Standing(id_, state, at or 0))
    return found


def _said(
    crm: Crm, tx: Transaction, standing: Mapping[int, Sequence[_Standing]]
) -> Mapping[int, Sequence[tuple[int, int | None]]]:
    """(when, the case that its subject names) of what came in from these customers, the newest first."""
    if not standing:
        return {}
    contacts = [each.name for each in crm.words.interaction_types if each.contact]
    first = min(each.since for cases in standing.values() for each in cases)
    c = crm.tables.interaction.c
    query = sa.select(c.customer_id, c.occurred_at, c.payload).where(
        c.customer_id.in_([*standing]), c.occurred_at > first, c.direction == "in", c.type.in_(contacts),
        c.superseded_by.is_(None),
    )  # fmt: skip
    found: dict[int, list[tuple[int, int | None]]] = {}
    rows: Any = tx.execute(query.order_by(c.occurred_at.desc()))
    for customer_id, at, payload in rows:
        found.setdefault(customer_id, []).append((at, _named(payload)))
    return found


def _named(payload: str | None) -> int | None:
    said: Any = json.loads(payload) if payload else {}
    named = _NAMED.search(str(said.get("subject") or "")) if isinstance(said, dict) else None
    return int(named[1]) if named else None


def _meant(cases: Sequence[_Standing], said: Sequence[tuple[int, int | None]]) -> _Standing | None:
    """The case that what came in is about; None where nothing came since they stand still."""
    by_id = {each.id: each for each in cases}
    for at, named in said:
        if named in by_id and at > by_id[named].since:
            return by_id[named]
    newest = said[0][0] if said else 0
    return next((each for each in cases if newest > each.since), None)


def take_back(items: Sequence[ActionItem], crm: Crm, tx: Transaction) -> Iterator[Refusal]:
    """Put those back that nobody has moved since."""
    table = crm.tables.records[CASE]
    before = {int(id_): state for id_, _, state in (str(each.result).partition(":") for each in items)}
    rows = tx.execute(sa.select(table.c.id, table.c.state).where(table.c.id.in_(before)))
    is_open = {row.id for row in rows if row.state == OPEN}
    drafts = [RecordDraft(id=id_, state=before[id_]) for id_ in before if id_ in is_open]
    report = crm.records.save_all(CASE, drafts, source=items[0].source)
    refused = {drafts[each.index].id: each.reason for each in report.refused}
    for index, item in enumerate(items):
        id_ = int(str(item.result).partition(":")[0])
        if id_ not in is_open:
            yield Refusal(index, phrase("the case was moved since"))
        elif id_ in refused:
            yield Refusal(index, refused[id_])
