"""Askings and answers in the log, as SQL: the same that `story` makes of one customer's entries.

A spell is what customers ask up to, and with, the next answer; an answer that nobody asked for is a spell of
its own. Spells make up matters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.plugin import payload_value
from crmkit.plugins.collaborative.experience import telling

if TYPE_CHECKING:
    from crmkit.plugin import MetricQuestion, Tables

# Whoever asked before the period may be answered in it.
_EVER: Final = -62_135_596_800_000_000
_SO_FAR: Final = (None, 0)
_BEFORE: Final = (None, -1)
_ONE: Final = sa.literal(1, sa.BigInteger)
_NONE: Final = sa.literal(0, sa.BigInteger)


def events(question: MetricQuestion) -> sa.CTE:
    """(customer_id, seq, occurred_at, channel, employee_id, asks, answers, spell) of askings and answers."""
    rows = question.rows(*telling.TYPES, start=_EVER, end=question.as_of + 1)
    entry = question.tables.interaction
    asks, answers = _flag(_asks(rows.c)), _flag(_answers(rows.c, entry, question.tables))
    found = (
        sa.select(
            rows.c.customer_id, rows.c.seq, rows.c.occurred_at, rows.c.channel,
            _employee(rows.c, entry, question.tables).label("employee_id"),
            asks.label("asks"), answers.label("answers"),
        )
        .select_from(rows.join(entry, entry.c.seq == rows.c.seq))
        .cte("met")
    )  # fmt: skip
    answered = sa.func.sum(found.c.answers).over(
        partition_by=found.c.customer_id, order_by=(found.c.occurred_at, found.c.seq), rows=_BEFORE
    )
    told = sa.select(*found.c, sa.func.coalesce(answered, _NONE).label("spell"))
    return told.where(found.c.asks + found.c.answers > 0).cte("event")


def spells(met: sa.CTE, within: int) -> sa.CTE:
    """(customer_id, spell, askings, asked_at, answered_at, employee_id, channel, begins, belongs, matter).

    `employee_id` answered, `channel` is how they first asked; `begins` tells the first spell of a matter,
    `belongs` whether it is of one.
    """
    first = sa.func.row_number().over(
        partition_by=(met.c.customer_id, met.c.spell), order_by=(met.c.occurred_at, met.c.seq)
    )
    placed = sa.select(*met.c, first.label("place")).cte("placed")
    c = placed.c
    each = (
        sa.select(
            c.customer_id,
            c.spell,
            sa.func.sum(c.asks).label("askings"),
            sa.func.min(sa.case((c.asks == 1, c.occurred_at))).label("asked_at"),
            sa.func.max(sa.case((c.answers == 1, c.occurred_at))).label("answered_at"),
            sa.func.max(sa.case((c.answers == 1, c.employee_id))).label("employee_id"),
            sa.func.max(sa.case((c.place == 1, c.channel))).label("channel"),
        )
        .group_by(c.customer_id, c.spell)
        .cte("spell")
    )
    heard_at = sa.func.max(sa.case((each.c.askings > 0, each.c.answered_at))).over(
        partition_by=each.c.customer_id, order_by=each.c.spell, rows=_BEFORE
    )
    heard = sa.select(*each.c, heard_at.label("heard_at")).cte("heard")
    h, limit = heard.c, sa.literal(within, sa.BigInteger)
    is_asked = h.askings > 0
    begins = sa.and_(is_asked, sa.or_(h.heard_at.is_(None), h.asked_at - h.heard_at > limit))
    belongs = sa.or_(is_asked, sa.and_(h.heard_at.is_not(None), h.answered_at - h.heard_at <= limit))
    flagged = sa.select(*h, _flag(begins).label("begins"), _flag(belongs).label("belongs")).cte("of_some")
    matter = sa.func.sum(flagged.c.begins).over(
        partition_by=flagged.c.customer_id, order_by=flagged.c.spell, rows=_SO_FAR
    )
    return sa.select(*flagged.c, matter.label("matter")).where(flagged.c.belongs == 1).cte("of_matter")


def placed(met: sa.CTE, within: int) -> sa.CTE:
    """Each of `events` with `belongs` and `matter`, as `spells` has them, without a join."""
    c = met.c
    of_spell = (c.customer_id, c.spell)
    told = sa.select(
        *c,
        sa.func.sum(c.asks).over(partition_by=of_spell).label("askings"),
        sa.func.row_number().over(partition_by=of_spell, order_by=(c.occurred_at, c.seq)).label("place"),
    ).cte("told")
    t, limit = told.c, sa.literal(within, sa.BigInteger)
    heard_at = sa.func.max(sa.case((sa.and_(t.askings > 0, t.answers == 1), t.occurred_at))).over(
        partition_by=t.customer_id, order_by=(t.occurred_at, t.seq), rows=_BEFORE
    )
    heard = sa.select(*t, heard_at.label("heard_at")).cte("since")
    h = heard.c
    is_fresh = sa.and_(h.heard_at.is_not(None), h.occurred_at - h.heard_at <= limit)
    begins = sa.and_(h.askings > 0, h.place == 1, sa.not_(is_fresh))
    matter = sa.func.sum(_flag(begins)).over(
        partition_by=h.customer_id, order_by=(h.occurred_at, h.seq), rows=_SO_FAR
    )
    belongs = _flag(sa.or_(h.askings > 0, is_fresh))
    return sa.select(*h, matter.label("matter"), belongs.label("belongs")).cte("placed_event")


def _flag(condition: Any) -> Any:
    return sa.case((condition, _ONE), else_=_NONE)


def _asks(c: Any) -> Any:
    return sa.or_(
        sa.and_(c.type.in_(telling.QUESTIONS), sa.func.coalesce(c.direction, telling.IN) != telling.OUT),
        sa.and_(c.type.in_((telling.MESSAGE, telling.CALL)), c.direction == telling.IN),
    )


def _answers(c: Any, entry: sa.Table, tables: Tables) -> Any:
    is_missed = sa.func.coalesce(payload_value(entry, "missed"), "").in_(("1", "true"))
    by_hand = sa.exists().where(*_sent(entry, tables))
    from_us = sa.and_(
        c.direction == telling.OUT, sa.or_(sa.func.coalesce(c.source, "") != telling.LEDGER, by_hand)
    )
    return sa.case(
        (c.type == telling.MESSAGE, from_us),
        (c.type == telling.CALL, sa.not_(is_missed)),
        else_=c.type.in_((*telling.TALKS, telling.RESOLVED)),
    )


def _employee(c: Any, entry: sa.Table, tables: Tables) -> Any:
    """Of what was sent by hand, who the ledger says did."""
    staff = tables.employee
    sender = (
        sa.select(sa.func.min(staff.c.id))
        .where(staff.c.name == tables.effect.c.actor, *_sent(entry, tables))
        .scalar_subquery()
    )
    is_noted = sa.and_(c.source == telling.LEDGER, c.employee_id.is_(None))
    return sa.case((is_noted, sender), else_=c.employee_id)


def _sent(entry: sa.Table, tables: Tables) -> tuple[Any, ...]:
    """That an effect is what an entry tells of, and a person's."""
    effect = tables.effect
    key = sa.literal("effect-") + sa.cast(effect.c.id, sa.Text) + sa.literal("@%")
    return (
        effect.c.customer_id == entry.c.customer_id,
        effect.c.origin.startswith(telling.BY_HAND, autoescape=True),
        entry.c.source_ref.like(key),
    )
