"""The metric `movement`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit import Invalid
from crmkit.plugin import Metric, MetricParameter

if TYPE_CHECKING:
    from crmkit.plugin import MetricQuestion

_BOOL: Final = {"yes": "1", "no": "0"}
_TEXTS = tuple(MetricParameter(name=name, kind="text") for name in ("of", "from", "to"))


def metrics() -> Iterable[Metric]:
    """From one state to another."""
    yield Metric(
        name="movement",
        doc="Share of the customers in one state at the start of the period who are in another at its end",
        unit="share",
        formula="customers with the value from at the start and to at the end / customers with from at the "
        "start, of a trait, a field or lifecycle",
        reading="movement(lifecycle, lead, customer). Scores of rfm_segment are by each instant's own "
        "quantiles here; crm analytics movement holds both against those of the first.",
        parameters=_TEXTS,
        groups=("customer",),
        looks="end",
        compute=movement,
    )


def _as_kept(question: MetricQuestion, name: str, state: str) -> str:
    """The text of a state as it is kept: yes and no are numbers."""
    field = question.words.fields.get(name)
    return _BOOL.get(state, state) if field is not None and field.type == "bool" else state


def movement(question: MetricQuestion) -> sa.Select[Any]:
    """Of those who were there, how many are here."""
    name, origin, destination = (question.arguments[each.name] for each in _TEXTS)
    if destination is None:
        raise Invalid(
            "Of what, from where and to where is not said", hint="Write: movement(lifecycle, lead, customer)"
        )
    origin, destination = (_as_kept(question, name, each) for each in (origin, destination))
    then = question.value(name, question.start)
    now = question.value(name, question.at)
    moved = sa.case((sa.cast(now.c.value, sa.Text()) == destination, 1))
    rows = (
        sa.select(then.c.customer_id, moved.label("moved"))
        .select_from(then.outerjoin(now, now.c.customer_id == then.c.customer_id))
        .where(
            sa.cast(then.c.value, sa.Text()) == origin,
            *(then.c.customer_id.in_(each) for each in question.scope),
        )
    )
    return question.count(
        rows.subquery("each"),
        numerator=lambda columns: sa.func.count(columns.moved),
        denominator=lambda _: sa.func.count(),
    )
