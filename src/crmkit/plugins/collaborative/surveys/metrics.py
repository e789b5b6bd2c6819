"""How the numbers about surveys are worked out: what customers say, and how many say anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit import Invalid
from crmkit.plugin import phrase
from crmkit.plugins.collaborative.surveys.kinds import (
    CES,
    CONTENT_FROM,
    CSAT,
    DETRACTORS_UP_TO,
    NPS,
    PROMOTERS_FROM,
)
from crmkit.plugins.collaborative.surveys.words import ANSWERED, SURVEY

if TYPE_CHECKING:
    from crmkit.plugin import MetricQuestion


def nps(question: MetricQuestion) -> Any:
    """Promoters less detractors, of a hundred."""

    def net(columns: Any) -> Any:
        return 100 * sa.func.sum(
            sa.case((columns.score >= PROMOTERS_FROM, 1), (columns.score <= DETRACTORS_UP_TO, -1), else_=0)
        )

    rows = _rows(question, "answered_at", NPS)
    return question.count(rows, numerator=net, denominator=lambda _: sa.func.count())


def csat(question: MetricQuestion) -> Any:
    """The share of the answers that are 4 or 5."""
    return question.count(
        _rows(question, "answered_at", CSAT),
        numerator=lambda columns: sa.func.sum(sa.case((columns.score >= CONTENT_FROM, 1), else_=0)),
        denominator=lambda _: sa.func.count(),
    )


def ces(question: MetricQuestion) -> Any:
    """The mean of the scores."""
    rows = _rows(question, "answered_at", CES)
    return question.count(
        rows, numerator=lambda columns: sa.func.sum(columns.score), denominator=lambda _: sa.func.count()
    )


def response_rate(question: MetricQuestion) -> Any:
    """The share of the surveys sent that were answered."""
    return question.count(
        _rows(question, "sent_at"),
        numerator=lambda columns: sa.func.sum(sa.case((columns.state == ANSWERED, 1), else_=0)),
        denominator=lambda _: sa.func.count(),
    )


def answers(question: MetricQuestion) -> Any:
    """How many answers have a score of that range. Raises `Invalid` for what is no range."""
    rows, wanted = _rows(question, "answered_at"), question.arguments.get("score")
    if wanted is not None:
        from crmkit.plugins.collaborative.surveys.file import bounds_of

        bounds = bounds_of(wanted)
        if bounds is None:
            raise Invalid(
                phrase('"{wanted}" is no range of scores', wanted=wanted), hint="Write such as 0..6, or 9."
            )
        low, high = bounds
        conditions = [rows.c.score >= low] if low is not None else []
        conditions += [rows.c.score <= high] if high is not None else []
        rows = sa.select(rows).where(*conditions).subquery("of_score")
    return question.count(rows, numerator=lambda _: sa.func.count())


def _rows(question: MetricQuestion, at: str, kind: str | None = None) -> Any:
    """(customer_id, occurred_at, score, state) of the surveys whose instant `at` lies in the period."""
    table = question.tables.records[SURVEY]
    moment, group, name = table.c[at], question.group, question.arguments.get("survey")
    own = [table.c[group.name].label("grp")] if group is not None and group.kind == "own" else []
    where = [moment >= question.start, moment < question.end, table.c.archived_at.is_(None)]
    where += [table.c.kind == kind] if kind else []
    where += [table.c.survey == name] if name else []
    where += [table.c.customer_id.in_(each) for each in question.scope]
    return (
        sa.select(table.c.customer_id, moment.label("occurred_at"), table.c.score, table.c.state, *own)
        .where(*where)
        .subquery("surveyed")
    )
