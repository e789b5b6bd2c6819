"""How the numbers about conversations are worked out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit import Invalid
from crmkit.plugin import phrase
from crmkit.plugins.collaborative.inbox.record_type import CONVERSATION
from crmkit.plugins.collaborative.inbox.words import MEDIAN

if TYPE_CHECKING:
    from crmkit.plugin import MetricQuestion

_MEAN: Final = "mean"
_MINUTES: Final = 60


def begun(question: MetricQuestion) -> Any:
    """How many customers began in the period."""
    return question.count(_rows(question, "opened_at"), numerator=lambda _: sa.func.count())


def response_time(question: MetricQuestion) -> Any:
    """Open hours until the first answer: the median or the mean. Raises `Invalid` for another."""
    which = question.arguments["which"]
    if which not in (MEDIAN, _MEAN):
        raise Invalid(
            phrase('"{which}" is neither median nor mean', which=which), hint="Write response_time(mean)."
        )
    c = question.tables.records[CONVERSATION].c
    minutes = c.response_minutes
    rows = _rows(question, "responded_at", minutes.label("minutes"), minutes.is_not(None))
    if which == _MEAN:
        return question.count(
            rows, numerator=lambda r: sa.func.sum(r.minutes),
            denominator=lambda _: sa.func.count() * sa.literal(_MINUTES, sa.BigInteger),
        )  # fmt: skip
    return question.percentile(rows, "minutes", MEDIAN, per=_MINUTES)


def _rows(question: MetricQuestion, at: str, *more: Any) -> sa.Subquery:
    """(customer_id, occurred_at, …) of the conversations whose instant `at` lies in the period."""
    table = question.tables.records[CONVERSATION]
    moment, group = table.c[at], question.group
    own = [table.c[group.name].label("grp")] if group is not None and group.kind == "own" else []
    values, conditions = more[:1], more[1:]
    chosen = sa.select(table.c.customer_id, moment.label("occurred_at"), *values, *own).where(
        moment >= question.start, moment < question.end, table.c.archived_at.is_(None), *conditions
    )
    seen = (table.c.customer_id.in_(each) for each in question.scope)
    return chosen.where(*seen).subquery("of_period")
