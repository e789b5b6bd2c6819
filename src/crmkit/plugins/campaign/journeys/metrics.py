"""How many people are where in journeys, as a metric."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from crmkit import Invalid
from crmkit.plugin import Metric, MetricParameter, phrase
from crmkit.plugins.campaign.journeys.states import ACTIVE, FINISHED, GOAL, LEFT
from crmkit.plugins.campaign.journeys.tables import PERSON

if TYPE_CHECKING:
    from crmkit.plugin import MetricQuestion

_STATES: Final = (ACTIVE, GOAL, FINISHED, LEFT)
_OWN: Final = ("journey", "state", "step")


def journey_metrics() -> Iterator[Metric]:
    """People by what became of them in journeys."""
    yield Metric(
        name="journey_people",
        doc="People in a journey, or who have reached its goal, come to its end or left it",
        unit="count",
        formula="people in the journey (all journeys, if none is named) of the state active, goal, finished, "
        "left or all",
        reading="journey_people(win-back) are in it now, journey_people(win-back, goal) have reached its "
        "goal. Each counts once in a journey, by what became of them last; who was erased counts no more.",
        parameters=(
            MetricParameter(name="journey", kind="text"),
            MetricParameter(name="state", kind="text", default=ACTIVE),
        ),
        groups=("customer", *_OWN),
        period="today",
        past=False,
        compute=_people,
    )


def _people(question: MetricQuestion) -> Any:
    import sqlalchemy as sa

    journey, state = question.arguments["journey"], str(question.arguments["state"])
    if state not in (*_STATES, "all"):
        raise Invalid(
            phrase('"{state}" is no state of journeys', state=state),
            hint=phrase("There are: {states}, all", states=", ".join(_STATES)),
        )
    person = sa.table(PERSON, *(sa.column(name) for name in ("customer_id", *_OWN)))
    group = question.group
    own = [person.c[group.name].label("grp")] if group is not None and group.kind == "own" else []
    chosen = sa.select(person.c.customer_id, *own)
    chosen = chosen.where(*(person.c.customer_id.in_(each) for each in question.scope))
    if journey is not None:
        chosen = chosen.where(person.c.journey == journey)
    if state != "all":
        chosen = chosen.where(person.c.state == state)
    return question.count(chosen.subquery("people"), numerator=lambda _: sa.func.count())
