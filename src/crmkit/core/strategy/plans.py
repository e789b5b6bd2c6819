"""Plans on record: kept as they were made, told again as they are."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs
import sqlalchemy as sa

from crmkit.core.customers.sets import change_among, rows_among
from crmkit.core.errors import NotFound
from crmkit.core.model.strategy import (
    ACT,
    DROPPED,
    EMPTY,
    HELD,
    PARTLY,
    REPLACED,
    WAITING,
    WITHHELD,
    Act,
    Plan,
    RuleCount,
)
from crmkit.core.phrase import phrase
from crmkit.core.store.bulk import insert_rows
from crmkit.core.store.locks import PLAN_LOCK, one_at_a_time
from crmkit.core.strategy.origins import origin_column

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.store.unit import Transaction
    from crmkit.core.strategy.proposing import Proposal

_ACT: Final = (
    "plan_id", "rule", "step", "occasion", "customer_id", "action", "params", "says", "state", "gate",
    "reason", "until", "arm",
)  # fmt: skip
_DECISION: Final = ("origin", "step", "customer_id", "gate", "reason", "plan_id", "at")


def plan_number(
    kernel: Kernel,
    tx: Transaction,
    rules: Sequence[str],
    proposed: Sequence[Proposal],
    effective: tuple[str, str],
) -> int:
    """Keep a plan; the number of the one that is there already, where that says the same."""
    one_at_a_time(tx.connection, PLAN_LOCK)
    given, table = _given(proposed), kernel.tables.plan
    content = _content(rules, proposed, given)
    chosen = sa.select(table.c.id, table.c.state, table.c.content, table.c.digest, table.c.counts)
    there = tx.execute(chosen.where(table.c.state.in_((WAITING, EMPTY))).order_by(table.c.id.desc())).all()
    same = next((row.id for row in there if (row.content, row.digest) == (content, effective[0])), None)
    covered = [
        row.id
        for row in there
        if row.id != same
        and row.state == WAITING
        and {each["rule"] for each in json.loads(row.counts)} <= set(rules)
    ]
    if covered:
        tx.execute(table.update().where(table.c.id.in_(covered)).values(state=REPLACED))
    if same is not None:
        return int(same)
    counts = _counts(rules, proposed)
    number = _inserted(
        tx, table, at=tx.at, actor=tx.actor.name,
        state=WAITING if any(each.acts or each.held or each.withheld for each in counts) else EMPTY,
        digest=effective[0], content=content, effective=effective[1],
        counts=json.dumps(list(map(attrs.asdict, counts)), ensure_ascii=False),
    )  # fmt: skip
    _keep_acts(tx, number, proposed, given)
    return number


def open_counts(kernel: Kernel, connection: sa.Connection, number: int) -> dict[str, tuple[int, int]]:
    """For each rule of a plan (how many acts are still to do, how many a person has to ask for by name)."""
    table = kernel.tables.plan_act
    # What waits for an hour of the day goes on by itself.
    is_to_do = sa.or_(table.c.state == ACT, table.c.until.is_not(None)).label("is_to_do")
    chosen = (
        sa.select(table.c.rule, is_to_do, sa.func.count())
        .where(table.c.plan_id == number, table.c.state.in_((ACT, HELD)))
        .group_by(table.c.rule, is_to_do)
    )
    found: dict[str, tuple[int, int]] = {}
    for rule, to_do, count in connection.execute(chosen):
        acts, held = found.get(rule, (0, 0))
        found[rule] = (acts + count, held) if to_do else (acts, held + count)
    return found


def is_withholding(kernel: Kernel, connection: sa.Connection, number: int) -> bool:
    """Whether a plan still has to put on record what it withholds."""
    table = kernel.tables.plan_act
    chosen = sa.select(table.c.id).where(table.c.plan_id == number, table.c.state == WITHHELD).limit(1)
    return connection.execute(chosen).first() is not None


def plans(kernel: Kernel, connection: sa.Connection, limit: int) -> list[Plan]:
    """The newest plans first."""
    table = kernel.tables.plan
    return [
        _plan(row) for row in connection.execute(sa.select(table).order_by(table.c.id.desc()).limit(limit))
    ]


def waiting(kernel: Kernel, connection: sa.Connection) -> list[Plan]:
    """The plans that wait for somebody to apply them, the oldest first."""
    table = kernel.tables.plan
    chosen = sa.select(table).where(table.c.state.in_((WAITING, PARTLY))).order_by(table.c.id)
    return [_plan(row) for row in connection.execute(chosen)]


def plan(kernel: Kernel, connection: sa.Connection, number: int) -> Plan:
    """One plan. Raises `NotFound`."""
    table = kernel.tables.plan
    row = connection.execute(sa.select(table).where(table.c.id == number)).first()
    if row is None:
        raise NotFound(phrase("There is no plan {number}", number=number), hint="See them: crm plans list")
    return _plan(row)


def acts(
    kernel: Kernel,
    connection: sa.Connection,
    number: int,
    *,
    states: Iterable[str] = (),
    visible: sa.ColumnElement[bool] | None = None,
    after: int = 0,
    limit: int | None = None,
) -> list[Act]:
    """A plan's acts, holds and newly dropped, in order; of customers whom somebody sees."""
    table, customer = kernel.tables.plan_act, kernel.tables.customer
    chosen = _told(kernel).where(table.c.plan_id == number, table.c.id > after).order_by(table.c.id)
    if states:
        chosen = chosen.where(_state(kernel).in_(list(states)))
    if visible is not None:
        chosen = chosen.where(table.c.customer_id.in_(sa.select(customer.c.id).where(visible)))
    return [_act(row) for row in connection.execute(chosen.limit(limit))]


def _told(kernel: Kernel) -> sa.Select[Any]:
    """The lines of plans; of what is entered, with what the ledger says of it."""
    table, effect = kernel.tables.plan_act, kernel.tables.effect
    is_its = sa.and_(
        effect.c.origin == origin_column(table.c.rule),
        *(effect.c[name] == table.c[name] for name in ("step", "occasion", "customer_id", "plan_id")),
    )
    said = ("id", "rule", "step", "occasion", "customer_id", "action", "params", "says", "gate", "until",
            "arm")  # fmt: skip
    return sa.select(
        *(table.c[name] for name in said),
        _state(kernel).label("state"),
        sa.func.coalesce(effect.c.reason, table.c.reason).label("reason"),
    ).select_from(table.outerjoin(effect, is_its))


def _state(kernel: Kernel) -> sa.ColumnElement[str]:
    return sa.func.coalesce(kernel.tables.effect.c.state, kernel.tables.plan_act.c.state)


def _act(row: Any) -> Act:
    return Act(
        number=row.id, rule=row.rule, step=row.step, occasion=row.occasion, customer_id=row.customer_id,
        action=row.action, says=row.says, params=json.loads(row.params), state=row.state, gate=row.gate,
        reason=row.reason, until=row.until, arm=row.arm,
    )  # fmt: skip


def _plan(row: Any) -> Plan:
    return Plan(
        number=row.id, at=row.at, actor=row.actor, state=row.state, digest=row.digest,
        rules=tuple(RuleCount(**each) for each in json.loads(row.counts)), effective=row.effective,
        applied_at=row.applied_at,
    )  # fmt: skip


def _given(proposed: Sequence[Proposal]) -> list[str]:
    """The parameters of each as JSON. Those of a step without templates are all the same object."""
    texts: list[str] = []
    last, text = None, ""
    for each in proposed:
        if each.params is not last:
            last = each.params
            text = json.dumps(attrs.asdict(last), ensure_ascii=False, sort_keys=True, default=str)
        texts.append(text)
    return texts


def _content(rules: Sequence[str], proposed: Sequence[Proposal], given: Sequence[str]) -> str:
    """SHA-256 over everything that the plan says."""
    found = hashlib.sha256(repr(tuple(rules)).encode())
    for each, text in zip(proposed, given, strict=True):
        said = (each.rule.name, each.step.id, each.occasion, each.customer_id, each.step.action.name, text,
                each.state, each.gate, each.reason, each.until, each.arm)  # fmt: skip
        found.update(repr(said).encode())
    return found.hexdigest()


def _counts(rules: Sequence[str], proposed: Sequence[Proposal]) -> list[RuleCount]:
    by_rule: dict[str, list[Proposal]] = {name: [] for name in rules}
    for each in proposed:
        by_rule[each.rule.name].append(each)
    return [_count(name, group) for name, group in by_rule.items()]


def _count(rule: str, group: Sequence[Proposal]) -> RuleCount:
    acts = [each for each in group if each.state == ACT]
    untils = [each.until for each in group if each.state == HELD and each.until is not None]
    return RuleCount(
        rule=rule,
        acts=len(acts),
        held=sum(each.state == HELD for each in group),
        dropped=dict(sorted(Counter(each.gate or "" for each in group if each.state == DROPPED).items())),
        contacts=sum(each.contact is not None for each in acts),
        timed=len(untils),
        first_until=min(untils, default=None),
        last_until=max(untils, default=None),
        withheld=sum(each.state == WITHHELD for each in group),
    )


def _inserted(tx: Transaction, table: sa.Table, **values: Any) -> int:
    key = tx.execute(table.insert().values(**values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def _keep_acts(tx: Transaction, number: int, proposed: Sequence[Proposal], given: Sequence[str]) -> None:
    """Write acts and holds, and those dropped whose reason is not the one they were dropped for before."""
    before = _decisions(tx, proposed)
    kept: list[tuple[Any, ...]] = []
    settled: set[int] = set()
    news: dict[tuple[str, str, int], tuple[Any, ...]] = {}
    for each, text in zip(proposed, given, strict=True):
        key = (each.rule.origin, each.step.id, each.customer_id)
        id_, *last = before.get(key, (None, None, None))
        if each.state == DROPPED and last == [each.gate, each.reason]:
            continue
        kept.append(_row(number, each, text))
        if id_ is not None:
            settled.add(id_)
        if each.state == DROPPED:
            news[key] = (*key, each.gate, each.reason, number, tx.at)
    connection = tx.connection
    insert_rows(connection, "plan_act", _ACT, kept)
    change_among(connection, "DELETE FROM decision WHERE id", sorted(settled))
    insert_rows(connection, "decision", _DECISION, list(news.values()))


def _row(number: int, each: Proposal, given: str) -> tuple[Any, ...]:
    return (
        number, each.rule.name, each.step.id, each.occasion, each.customer_id, each.step.action.name, given,
        each.says, each.state, each.gate, each.reason, each.until, each.arm,
    )  # fmt: skip


def _decisions(
    tx: Transaction, proposed: Sequence[Proposal]
) -> dict[tuple[str, str, int], tuple[int, str, str]]:
    """(id, gate, reason) of the last word on each of those concerned, by origin, step and customer."""
    ids = {each.customer_id for each in proposed}
    if not ids:
        return {}
    select = "SELECT origin, step, customer_id, id, gate, reason FROM decision WHERE customer_id"
    rows = rows_among(tx.connection, select, ids)
    return {(row[0], row[1], row[2]): (row[3], row[4], row[5]) for row in rows}
