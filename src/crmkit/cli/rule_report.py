"""`crm rules report`: did a rule work, or all of them? One sentence first, then what it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from crmkit.cli.options import shows
from crmkit.cli.records import local_time, moment
from crmkit.cli.state import State, pass_state

if TYPE_CHECKING:
    from crmkit.core.measuring import Comparison, Difference, Interval
    from crmkit.core.strategy.prospect import Prospect
    from crmkit.core.strategy.reporting import RuleReport

_WIDTH = 72


@click.command()
@click.argument("name", metavar="[RULE]", required=False)
@click.option("--all", "of_all", is_flag=True, help="All rules together, beside those whom they leave alone.")
@click.option("--since", metavar="DATE", help="Only customers whom the rule met first on this day or later.")
@shows
@pass_state
def report(state: State, name: str | None, of_all: bool, since: str | None) -> None:
    """Tell whether RULE works, or all rules (--all): what became of those it was done for, and of the others.

    It may be asked every day: looking often makes no difference where there is none. With -v, all numbers.
    """
    crm = state.crm
    made = _asked(crm, name, since, of_all=of_all)
    if state.output.is_json:
        state.output.json(_document(state, made))
        return
    state.output.data(f"{made.rule or 'All rules'}: {made.sentence}")
    for line in _lines(state, made):
        state.output.data(line)
    if state.output.verbose and made.shares is not None:
        for line in _numbers(made):
            state.output.data(line)
    elif made.shares is not None:
        state.output.say(f"\nAll numbers: crm rules report {made.rule or '--all'} -v")


def _asked(crm: Any, name: str | None, since: str | None, *, of_all: bool) -> RuleReport:
    if of_all == (name is not None):
        raise click.UsageError("Which one?\nName a RULE, or ask for all of them: crm rules report --all")
    if name is None and since is not None:
        raise click.UsageError("--since goes with RULE; of all rules, [control] in crm.toml says since when.")
    made: RuleReport = (
        crm.strategy.report_all()
        if name is None
        else crm.strategy.report(name, None if since is None else _first_moment(crm, since))
    )
    return made


def _first_moment(crm: Any, text: str) -> int:
    from crmkit.core.instants import parse_instant

    return parse_instant(text, crm.kernel.tz, crm.kernel.clock.now())


def _lines(state: State, made: RuleReport) -> Iterator[str]:
    """What there is to see, for a person who does not want numbers explained."""
    if made.prospect is not None:
        yield from _ahead(made, made.prospect)
    if made.shares is None:
        return
    if made.state != "broken" and any(each.over for each in made.seen.values()):
        yield ""
        yield f"Who came to a {made.outcome} {_when(state, made)}:"
        yield _bars(made)
    running = sum(each.running for each in made.seen.values())
    if made.first_over is not None:
        yield f"The first will have had their {made.within} on {_day(state, made.first_over)}."
    if running:
        yield f"For {_people(running)} the {made.within} still run."
    if made.state == "collecting" and made.rule is not None:
        yield f"It is decided at {_people(made.shares.planned)}; {made.shares.n:,} are counted so far."
    if made.mixed:
        yield f"Left out: {_people(made.mixed)} who were merged out of two groups."
    if made.is_changed:
        yield "crm.toml gives other shares by now; they hold from the next plan that is applied."
    yield from _costs(made)


def _when(state: State, made: RuleReport) -> str:
    """Within which time."""
    if made.since is None or made.until is None or made.within is not None:
        return f"within {made.within}"
    last = min(made.at, made.until - 1)
    return f"from {_day(state, made.since)} to {_day(state, last)}"


def _ahead(made: RuleReport, ahead: Prospect) -> Iterator[str]:
    """What could be seen at all."""
    yield f"It would meet {_people(ahead.customers)} now."
    whose = "all" if ahead.is_of_everybody else "such"
    come = f"{_percent(ahead.base)} come to a {made.outcome} within {made.within} anyway"
    yield f"Of {whose} customers, {come}."
    word = "fall" if ahead.wanted == "less" else "rise"
    if ahead.detectable is None:
        yield "That is too few to see any difference."
    else:
        less = ahead.wanted == "less"
        there = _percent(ahead.base - ahead.detectable if less else ahead.base + ahead.detectable)
        yield f"A {word} to {there} or {ahead.wanted} would show; a smaller one might not."
    if ahead.needed:
        yield f"To see a {word} by a quarter it takes about {_people(ahead.needed)}."


def _bars(made: RuleReport) -> str:
    import sys

    from crmkit.core.measuring.charts import Bar, bars
    from crmkit.core.measuring.proportions import wilson

    assert made.shares is not None
    rows = []
    for arm in made.shares.arms:
        assert not hasattr(arm.sample, "mean")
        sample: Any = arm.sample
        said = f"{_percent(arm.estimate)}, {sample.successes:,} of {sample.n:,}" if sample.n else "nobody yet"
        rows.append(
            Bar(label=_label(arm.name, made), value=arm.estimate or 0.0, text=said, interval=wilson(sample))
        )
    encoding = sys.stdout.encoding or "ascii"
    return bars(rows, width=_WIDTH, ascii_only="utf" not in encoding.lower())


def _costs(made: RuleReport) -> Iterator[str]:
    if made.verdict is None or made.shares is None or made.state == "broken":
        return
    for each in made.shares.differences:
        if each.against == made.shares.control and each.extra_cost is not None:
            whose = f" with {_label(each.arm, made)}" if len(made.shares.arms) > 2 else ""
            one = f"One {made.outcome} fewer" if made.wanted == "less" else f"One more {made.outcome}"
            said = f"{one}{whose} has cost {_money(made, each.extra_cost)}"
            ends = each.extra_cost_daily.bounds if each.extra_cost_daily else (None, None)
            if ends[1] is None:
                yield f"{said} so far, if it was not chance."
            else:
                yield f"{said}, between {_money(made, ends[0] or 0)} and {_money(made, ends[1])}."


def _numbers(made: RuleReport) -> Iterator[str]:
    """The numbers behind it, with what each of them means."""
    assert made.shares is not None
    yield ""
    whom = "whom it did not reach" if made.rule else "whom no rule has met"
    yield f"Groups (by assignment: also those {whom})"
    for arm in made.shares.arms:
        seen = made.seen[arm.name]
        acts = ", ".join(f"{count:,} {state}" for state, count in sorted(seen.acts.items()))
        got = f"  {_label(arm.name, made)}: planned {_percent(arm.share)}, got {seen.assigned:,}"
        yield f"{got} ({seen.running:,} still running); acts: {acts or 'none'}" if made.rule else got
    odd = "too far off for chance" if made.shares.ratio.broken else "as chance has it"
    yield f"  Sizes: {odd} (p = {made.shares.ratio.p:.3f})"
    if made.rule:
        yield f"  Decided at {_people(made.shares.planned)}"
    if made.wanted == "less":
        yield "  Less is better"
    if made.verdict is None or made.state == "broken":
        return
    yield ""
    yield f"Share that came to a {made.outcome}, in percentage points"
    for each in made.shares.differences:
        yield from _difference(made, each, lambda value: f"{value * 100:+.1f}")
    if made.amounts is not None:
        yield ""
        yield f"Amount for each customer, in {made.currency}"
        for arm in made.amounts.arms:
            mean = "nobody yet" if arm.estimate is None else _money(made, arm.estimate)
            yield f"  {_label(arm.name, made)}: {mean}"
        for each in made.amounts.differences:
            yield from _difference(made, each, lambda value: _money(made, value, sign=True))


def _difference(made: RuleReport, each: Difference, told: Any) -> Iterator[str]:
    names = f"{_label(each.arm, made)} against {_label(each.against, made)}"
    yield f"  {names}: {_or_unknown(each.absolute, told)}"
    percent = "{:+.0%}".format
    if each.relative is not None:
        yield f"    relative: {each.relative:+.0%}, {_range(each.relative_once, percent)}"
    yield f"    looked at once: {_range(each.once, told)}"
    if each.resampled is not None:
        yield f"    resampled: {_range(each.resampled, told)}"
    yield f"    looked at every day (this one decides): {_range(each.daily, told)}"


def _range(interval: Interval, told: Any) -> str:
    low, high = interval.bounds
    if low is None and high is None:
        return "not known"
    return f"{_or_unknown(low, told)} to {_or_unknown(high, told)}"


def _or_unknown(value: float | None, told: Any) -> str:
    return "not known" if value is None else told(value)


def _label(name: str, made: RuleReport) -> str:
    met = "done for" if made.rule else "met by rules"
    return {"control": "left alone", "global": "left alone", "treated": met}.get(name, name)


def _people(number: int) -> str:
    return f"{number:,} customer{'' if number == 1 else 's'}"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


def _money(made: RuleReport, minor: float, *, sign: bool = False) -> str:
    from crmkit.core.model.money import minor_digits

    digits = minor_digits(made.currency)
    text = f"{minor / 10**digits:{'+' if sign else ''},.{digits}f}"
    return f"{text} {made.currency}"


def _day(state: State, instant: int) -> str:
    return local_time(moment(state.crm, instant) or "")[:10]


def _document(state: State, made: RuleReport) -> dict[str, Any]:
    crm, ahead = state.crm, made.prospect
    return {
        "rule": made.rule,
        "state": made.state,
        "says": made.sentence,
        "winner": made.verdict.winner if made.verdict else None,
        "outcome": made.outcome,
        "within": made.within,
        "wanted": made.wanted,
        "at": moment(crm, made.at),
        "since": moment(crm, made.since),
        "until": moment(crm, made.until),
        "first_over": moment(crm, made.first_over),
        "mixed": made.mixed,
        "groups_changed": made.is_changed,
        "groups": [
            {
                "group": name,
                "share": next(arm.share for arm in made.shares.arms if arm.name == name),
                "assigned": seen.assigned,
                "running": seen.running,
                "over": seen.over,
                "reached": seen.reached,
                "amount": sum(value * count for value, count in seen.values.items()),
                "acts": dict(seen.acts),
            }
            for name, seen in made.seen.items()
            if made.shares is not None
        ],
        "shares": _compared(made.shares),
        "amounts": _compared(made.amounts),
        "currency": made.currency,
        "prospect": None
        if ahead is None
        else {
            "customers": ahead.customers,
            "base": ahead.base,
            "detectable": ahead.detectable,
            "needed": ahead.needed,
            "of_everybody": ahead.is_of_everybody,
        },
    }


def _compared(comparison: Comparison | None) -> dict[str, Any] | None:
    if comparison is None:
        return None
    return {
        "planned": comparison.planned,
        "counted": comparison.n,
        "confidence": comparison.confidence,
        "sizes": {"p": comparison.ratio.p, "broken": comparison.ratio.broken},
        "differences": [
            {
                "group": each.arm,
                "against": each.against,
                "absolute": each.absolute,
                "once": each.once.bounds,
                "daily": each.daily.bounds,
                "relative": each.relative,
                "relative_once": each.relative_once.bounds,
                "resampled": each.resampled.bounds if each.resampled else None,
                "extra_cost": each.extra_cost,
                "extra_cost_daily": each.extra_cost_daily.bounds if each.extra_cost_daily else None,
            }
            for each in comparison.differences
        ],
    }
