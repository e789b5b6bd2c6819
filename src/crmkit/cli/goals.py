"""`crm goals`: what the business wants of its customers, and how far it has come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from crmkit.cli.column import Column
from crmkit.cli.groups import Noun
from crmkit.cli.metrics import decimal, out_of, signed
from crmkit.cli.options import lists
from crmkit.cli.state import State, pass_state
from crmkit.core.cldr import figures, written_day, written_month, written_percent, written_sum
from crmkit.core.language import N_, _, ngettext, translated
from crmkit.core.phrase import shown

if TYPE_CHECKING:
    from fractions import Fraction

    from crmkit.core.crm import Crm
    from crmkit.core.metrics.value import Number
    from crmkit.core.model.words import Goal
    from crmkit.core.strategy.course import GoalPoint, GoalStanding

_LISTED = (
    Column("goal", fixed=True, style="bold"),
    Column("now", right=True, fixed=True),
    Column("period"),
    Column("target", right=True, fixed=True),
    Column("by", fixed=True),
    Column("then", "Then, as it goes", wrap=True, sparse=True),
    Column("state", "Where it stands", wrap=True, shown=shown),
    Column("metric", wrap=True),
    Column("doc", "What for", wrap=True),
)
# What `_document` has of each goal, also of one that cannot be worked out.
_FIELDS = tuple(
    Column(name)
    for name in (
        "goal", "metric", "segment", "unit", "currency", "target", "by", "value", "state", "needed", "pace",
        "forecast",
    )
)  # fmt: skip
_COURSE = (
    Column("period", fixed=True),
    Column("value", right=True, fixed=True),
    Column("out_of", "Out of", right=True),
    Column("bar", "", fixed=True),
    Column("note", ""),
)
_NONE = N_(
    'No goals yet. Declare one in crm.toml:\n[goals.come-back]\nmetric = "repeat_rate"\ntarget = "40%"\n'
    "by = 2027-06-30"
)
_BAR = 24
_EACH = {
    "week": N_("Each week has to bring {change}"),
    "month": N_("Each month has to bring {change}"),
    "quarter": N_("Each quarter has to bring {change}"),
    "year": N_("Each year has to bring {change}"),
}


@click.group(cls=Noun)
def goals() -> None:
    """What the business wants of its customers, and how far it has come."""


@goals.command("list")
@lists
@pass_state
def list_(state: State) -> None:
    """List the goals: the metric's newest value, the target, and where it stands."""
    from crmkit.core.words.declared import called

    crm = state.crm
    found = crm.goals.list()
    if state.output.format != "table":
        state.output.rows(_FIELDS, [_row_of(crm, goal, as_document=True) for goal in found])
        return
    rows = [_row_of(crm, goal, as_document=False) for goal in found]
    is_told = any(goal.doc != called(goal.name) for goal in found)
    columns = [each for each in _LISTED if each.key != "doc" or is_told]
    state.output.rows(columns, rows, empty=_NONE, footer=_("Its course: crm goals show GOAL") if rows else "")


@goals.command()
@click.argument("name", metavar="GOAL")
@click.option(
    "--periods", type=click.IntRange(1, 60), default=6, show_default=True, help="How far to look back."
)
@lists
@pass_state
def show(state: State, name: str, periods: int) -> None:
    """Show the course of GOAL: its metric in each period, and what is still needed."""
    from crmkit.cli.tables import folded

    standing = state.crm.goals.standing(name, periods)
    if state.output.is_json:
        state.output.json(
            {**_document(standing), "course": [_point(standing, each) for each in standing.course]}
        )
        return
    highest = max([abs(_float(p.value)) for p in standing.course] + [abs(_float(standing.target))])
    state.output.rows(_COURSE, [_line(standing, each, highest) for each in standing.course])
    if state.output.format == "table":
        state.output.say("\n" + folded(sentence(standing), 0))


def sentence(standing: GoalStanding) -> str:
    """Where a goal stands, in words."""
    goal, latest = standing.goal, standing.latest
    what = (
        _("{metric} of {segment}", metric=goal.metric, segment=goal.segment) if goal.segment else goal.metric
    )
    target = _shown(standing, standing.target)
    wanted = _("the target is {target}", target=target)
    if goal.by:
        wanted = _("the target is {target} by {day}", target=target, day=written_day(goal.by))
    if latest is None:
        return _("{what}: nothing to measure yet; {wanted}.", what=what, wanted=wanted)
    now, state = _shown(standing, latest.value), translated(standing.state)
    said = _(
        "{what} is {now} ({period}); {wanted}: {state}.",
        what=what,
        now=now,
        period=_period(standing, latest),
        wanted=wanted,
        state=state,
    )
    return said + _still_needed(standing) + _outlook(standing)


def _still_needed(standing: GoalStanding) -> str:
    """What each period to come has to bring, and what those before have brought."""
    if standing.needed is None:
        return ""
    needed = _(_EACH[standing.goal.every], change=_change(standing, standing.needed))
    if standing.pace is None:
        return f" {needed}."
    pace = _change(standing, standing.pace)
    return " " + _("{needed}; so far it was {change}.", needed=needed, change=pace)


def _outlook(standing: GoalStanding) -> str:
    """Where it will be on its day, in words; and what that says of the target."""
    found, goal = standing.forecast, standing.goal
    if found is None:
        return ""
    if isinstance(found, str):
        return f" {found[:1].upper()}{found[1:]}."
    is_down = goal.direction == "down"
    worst, best = (found.high, found.low) if is_down else (found.low, found.high)
    sign, target = -1 if is_down else 1, float(standing.target)
    if (worst - target) * sign >= 0:
        verdict = _("enough, even if it goes badly")
    elif (best - target) * sign < 0:
        verdict = _("not enough, even if it goes well: something has to change")
    else:
        verdict = _("the target lies within that")
    told = _(
        "{lasting}, it will be {value} by {day}, between {low} and {high} in 95 of 100 such cases: "
        "{verdict}.",
        lasting=_lasting(goal.every, found.periods),
        value=_number(standing, found.value),
        day=written_day(goal.by) if goal.by else "",
        low=_number(standing, found.low),
        high=_number(standing, found.high),
        verdict=verdict,
    )
    return f" {told}"


def _lasting(every: str, periods: int) -> str:
    """On what the forecast rests: `If it goes on like the last 6 months`."""
    if every == "week":
        return ngettext(
            "If it goes on like the last week", "If it goes on like the last {count} weeks", periods
        )
    if every == "quarter":
        return ngettext(
            "If it goes on like the last quarter", "If it goes on like the last {count} quarters", periods
        )
    if every == "year":
        return ngettext(
            "If it goes on like the last year", "If it goes on like the last {count} years", periods
        )
    return ngettext(
        "If it goes on like the last month", "If it goes on like the last {count} months", periods
    )


def _number(standing: GoalStanding, value: float) -> str:
    """A forecast as a person reads it: no more precise than it can be."""
    from fractions import Fraction

    if standing.unit == "money":
        return _shown(standing, round(value))
    return _shown(standing, Fraction(value).limit_denominator(10**6))


def _row_of(crm: Crm, goal: Goal, *, as_document: bool) -> dict[str, Any]:
    """The goal's line, or for programs its document; one that cannot be worked out says why, and the others
    are shown all the same."""
    from crmkit.core.errors import CrmError

    try:
        standing = crm.goals.standing(goal.name)
        return _document(standing) if as_document else _row(standing)
    except CrmError as error:
        known = {"goal": goal.name, "metric": goal.metric, "segment": goal.segment or None}
        if as_document:
            return dict.fromkeys(each.key for each in _FIELDS) | known | {"state": str(error.message)}
        return {
            **known, "now": None, "period": None, "target": goal.target, "by": goal.by, "then": None,
            "state": error.message, "doc": goal.doc,
        }  # fmt: skip


def _row(standing: GoalStanding) -> dict[str, Any]:
    goal, latest = standing.goal, standing.latest
    return {
        "goal": goal.name,
        "now": _shown(standing, latest.value if latest else None),
        "period": _period(standing, latest) if latest else None,
        "target": _shown(standing, standing.target),
        "by": goal.by,
        "then": _then(standing),
        "state": translated(standing.state),
        "metric": _("{metric} of {segment}", metric=goal.metric, segment=goal.segment)
        if goal.segment
        else goal.metric,
        "doc": goal.doc,
    }


def _then(standing: GoalStanding) -> str | None:
    """The forecast in a cell."""
    found = standing.forecast
    if found is None or isinstance(found, str):
        return None
    low, high = _number(standing, found.low), _number(standing, found.high)
    return _("{value} ({low} to {high})", value=_number(standing, found.value), low=low, high=high)


def _line(standing: GoalStanding, point: GoalPoint, highest: float) -> dict[str, Any]:
    share = abs(_float(point.value)) / highest if highest else 0.0
    return {
        "period": _named(standing, point),
        "value": _shown(standing, point.value),
        "out_of": out_of(standing.unit, standing.currency, point.numerator, point.denominator),
        "bar": "█" * round(share * _BAR),
        "note": _("so far") if point.so_far else "",
    }


def _period(standing: GoalStanding, point: GoalPoint) -> str:
    """The period of a value that stands by itself: `2026-Q3`, or `2026-Q4 so far` while it lasts."""
    named = _named(standing, point)
    return _("{period} so far", period=named) if point.so_far else named


def _named(standing: GoalStanding, point: GoalPoint) -> str:
    start = point.period.start
    assert start is not None
    if standing.goal.every == "week":
        return _("week of {day}", day=written_day(start))
    if standing.goal.every == "quarter":
        return f"{start.year}-Q{(start.month + 2) // 3}"
    return str(start.year) if standing.goal.every == "year" else written_month(start)


def _shown(standing: GoalStanding, number: Number) -> str:
    """A value or the target as a person reads it."""
    from crmkit.core.model.money import format_amount

    if number is None:
        return "-"
    if standing.unit == "money":
        return written_sum(format_amount(int(number), str(standing.currency)), str(standing.currency))
    if standing.unit == "share":
        return written_percent(decimal(number * 100, 1))
    is_whole = number == int(number)
    written = figures(f"{int(number):,}" if is_whole else decimal(number, 2))
    if standing.unit != "days":
        return written
    return ngettext("{number} day", "{number} days", int(number) if is_whole else 2, number=written)


def _change(standing: GoalStanding, number: Fraction) -> str:
    if standing.unit == "share":
        return _("{change} points", change=figures(signed(number * 100)))
    if standing.unit == "money":
        return _shown(standing, round(number))
    return figures(signed(number))


def _document(standing: GoalStanding) -> dict[str, Any]:
    latest = standing.latest
    return {
        "goal": standing.goal.name,
        "metric": standing.goal.metric,
        "segment": standing.goal.segment or None,
        "unit": standing.unit,
        "currency": standing.currency,
        "target": _plain(standing, standing.target),
        "by": standing.goal.by,
        "value": _plain(standing, latest.value if latest else None),
        "state": standing.state,
        "needed": _plain(standing, standing.needed),
        "pace": _plain(standing, standing.pace),
        "forecast": _forecast(standing),
    }


def _forecast(standing: GoalStanding) -> dict[str, Any] | None:
    found = standing.forecast
    if found is None:
        return None
    if isinstance(found, str):
        return {"none": found}
    from fractions import Fraction

    values = {"value": found.value, "low": found.low, "high": found.high, "trend": found.trend}
    told = {name: _plain(standing, Fraction(each)) for name, each in values.items()}
    return {**told, "confidence": 0.95, "periods": found.periods, "ahead": found.ahead}


def _point(standing: GoalStanding, point: GoalPoint) -> dict[str, Any]:
    return {
        "from": point.period.start,
        "to": point.period.end,
        "value": _plain(standing, point.value),
        "numerator": point.numerator,
        "denominator": point.denominator,
        "so_far": point.so_far,
    }


def _plain(standing: GoalStanding, number: Number) -> Any:
    """Money in major units as text, all else as a number."""
    from crmkit.core.model.money import format_amount

    if number is None:
        return None
    if standing.unit == "money":
        return format_amount(round(number), str(standing.currency))
    return number if isinstance(number, int) else round(float(number), 6)


def _float(number: Number) -> float:
    return float(number or 0)
