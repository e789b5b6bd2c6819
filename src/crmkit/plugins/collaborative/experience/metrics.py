"""Numbers about experience: how long customers wait, how often they ask again, and through how many hands
they go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit import Invalid
from crmkit.plugin import Metric, MetricParameter, phrase
from crmkit.plugins.collaborative.experience.spells import events, placed, spells

if TYPE_CHECKING:
    from crmkit.plugin import MetricQuestion
    from crmkit.plugins.collaborative.experience.settings import ExperienceSettings

WAIT, AGAIN, EFFORT, HAND_OFFS = "wait", "asked_again", "effort", "hand_offs"
_MEDIAN: Final = "median"
_MEAN: Final = "mean"
_MINUTE: Final = sa.literal(60_000_000, sa.BigInteger)
_HOUR: Final = 60
_GROUPS: Final = ("customer", "time", "team", "employee")


def experience_metrics(settings: ExperienceSettings) -> Iterator[Metric]:
    """The metrics of what customers live."""
    within = settings.within
    yield Metric(
        name=WAIT,
        doc="Hours by the calendar that customers wait for an answer: the median, or the mean",
        unit="number",
        formula="hours from the first question that nobody has answered to the first answer, of answers in "
        "the period",
        reading="Nights and holidays count: so it is for who waits. wait(mean) heeds the longest most.",
        parameters=(MetricParameter(name="which", kind="text", default=_MEDIAN),),
        groups=(*_GROUPS, "channel"),
        compute=lambda question: _wait(question, within),
    )
    yield Metric(
        name=AGAIN,
        doc="Share of the matters in which customers had to ask more than once",
        unit="share",
        formula="matters with more than one question / matters begun in the period",
        reading=phrase(
            "Asked while nobody had answered, or within {time} after an answer. The rest were solved at the "
            "first contact.",
            time=settings.again_within,
        ),
        groups=(*_GROUPS, "channel"),
        compute=lambda question: question.count(
            _matters(question, within),
            numerator=lambda c: sa.func.sum(sa.case((c.askings > 1, 1), else_=0)),
            denominator=lambda _: sa.func.count(),
        ),
    )
    yield Metric(
        name=EFFORT,
        doc="How often customers ask in one matter",
        unit="number",
        formula="questions / matters, of matters begun in the period",
        reading="1 is best: asked once, answered once.",
        groups=(*_GROUPS, "channel"),
        compute=lambda question: question.count(
            _matters(question, within),
            numerator=lambda c: sa.func.sum(c.askings),
            denominator=lambda _: sa.func.count(),
        ),
    )
    yield Metric(
        name=HAND_OFFS,
        doc="How often each customer in contact is handed to another of us",
        unit="number",
        formula="times another employee than before dealt with a matter / customers in contact in the period",
        reading="By team and employee it counts to whom they were handed.",
        groups=_GROUPS,
        compute=lambda question: question.count(
            _contacts(question, within),
            numerator=lambda c: sa.func.sum(c.moved),
            denominator=lambda c: sa.func.count(sa.distinct(c.customer_id)),
        ),
    )


def _wait(question: MetricQuestion, within: int) -> Any:
    which = question.arguments["which"]
    if which not in (_MEDIAN, _MEAN):
        raise Invalid(phrase('"{which}" is neither median nor mean', which=which), hint="Write wait(mean).")
    spell = spells(events(question), within).c
    minutes = ((spell.answered_at - spell.asked_at) // _MINUTE).label("minutes")
    rows = _of_period(
        question,
        sa.select(
            spell.customer_id,
            spell.answered_at.label("occurred_at"),
            spell.employee_id,
            spell.channel,
            minutes,
        ).where(spell.askings > 0, spell.answered_at.is_not(None)),
    )
    if which == _MEAN:
        return question.count(
            rows, numerator=lambda r: sa.func.sum(r.minutes),
            denominator=lambda _: sa.func.count() * sa.literal(_HOUR, sa.BigInteger),
        )  # fmt: skip
    return _median(question.grouped(rows))


def _median(rows: Any) -> Any:
    """The middle, or the mean of the two in the middle, in hours."""
    by = [rows.c.grp] if "grp" in rows.c else []
    ranked = sa.select(
        *by,
        rows.c.minutes,
        sa.func.row_number().over(partition_by=by or None, order_by=rows.c.minutes).label("place"),
        sa.func.count().over(partition_by=by or None).label("size"),
    ).cte("ranked")
    c, two = ranked.c, sa.literal(2, sa.BigInteger)
    in_the_middle = sa.and_(c.place * two >= c.size, c.place * two <= c.size + two)
    groups = [c[each.key] for each in by]
    return (
        sa.select(
            *groups,
            sa.func.sum(c.minutes).label("numerator"),
            (sa.func.count() * sa.literal(_HOUR, sa.BigInteger)).label("denominator"),
        )
        .where(in_the_middle)
        .group_by(*groups)
    )


def _matters(question: MetricQuestion, within: int) -> Any:
    """(customer_id, occurred_at, askings, employee_id, channel) of the matters begun in the period; the
    employee is who first answered, the channel how they first asked."""
    spell = spells(events(question), within).c
    is_first = spell.begins == 1
    rows = sa.select(
        spell.customer_id,
        sa.func.min(spell.asked_at).label("occurred_at"),
        sa.func.sum(spell.askings).label("askings"),
        sa.func.max(sa.case((is_first, spell.employee_id))).label("employee_id"),
        sa.func.max(sa.case((is_first, spell.channel))).label("channel"),
    ).group_by(spell.customer_id, spell.matter)
    return _of_period(question, rows)


def _contacts(question: MetricQuestion, within: int) -> Any:
    """(customer_id, occurred_at, employee_id, moved) of questions and answers in the period: whether they
    were handed on."""
    met = placed(events(question), within)
    c = met.c
    is_known = sa.and_(c.belongs == 1, c.employee_id.is_not(None))
    before = sa.func.lag(c.employee_id).over(
        partition_by=(c.customer_id, c.belongs * c.matter, _flag(is_known)), order_by=(c.occurred_at, c.seq)
    )
    known = sa.select(
        c.customer_id, c.occurred_at, c.employee_id, _flag(is_known).label("is_known"), before.label("before")
    ).cte("known")
    k = known.c
    is_moved = sa.and_(k.is_known == 1, k.before.is_not(None), k.before != k.employee_id)
    return _of_period(
        question, sa.select(k.customer_id, k.occurred_at, k.employee_id, _flag(is_moved).label("moved"))
    )


def _flag(condition: Any) -> Any:
    return sa.case((condition, 1), else_=0)


def _of_period(question: MetricQuestion, rows: Any) -> Any:
    """The rows of the period, with the groups that are of contacts themselves."""
    every = rows.cte("every")
    of_period = every.c.occurred_at >= question.start, every.c.occurred_at < question.end
    group, source = question.group, every
    if group is None or group.kind != "own":
        return sa.select(*every.c).where(*of_period).cte("of_period")
    if group.name == "channel":
        value: Any = every.c.channel
    else:
        source, value = _staff(question, every, group.name)
    return sa.select(*every.c, value.label("grp")).select_from(source).where(*of_period).cte("of_period")


def _staff(question: MetricQuestion, rows: Any, name: str) -> tuple[Any, Any]:
    """Whose contact it was: the employee, or each of their teams."""
    employee, member, team = question.tables.employee, question.tables.team_member, question.tables.team
    if name == "employee":
        return rows.outerjoin(employee, employee.c.id == rows.c.employee_id), employee.c.name
    joined = rows.outerjoin(member, member.c.employee_id == rows.c.employee_id)
    return joined.outerjoin(team, team.c.id == member.c.team_id), team.c.name
