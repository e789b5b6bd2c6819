"""`crm rules report`: did a rule work, or all of them? One sentence first, then what it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from crmkit.cli.options import shows
from crmkit.cli.records import local_time, moment
from crmkit.cli.state import State, pass_state
from crmkit.core.cldr import figures, written_day, written_sum
from crmkit.core.language import N_, _, ngettext, number
from crmkit.core.phrase import shown
from crmkit.core.predicates.lengths import written_length
from crmkit.core.strategy.states import written_state

if TYPE_CHECKING:
    from crmkit.core.measuring import Arm, Comparison, Difference, Interval
    from crmkit.core.strategy.prospect import Prospect
    from crmkit.core.strategy.reporting import RuleReport

_WIDTH = 72
_TAKES_RISE = N_("To see a rise by a quarter it takes about {customers}.")
_TAKES_FALL = N_("To see a fall by a quarter it takes about {customers}.")
_ONE_MORE = N_("One more {outcome}")
_ONE_MORE_WITH = N_("One more {outcome} with {group}")
_ONE_FEWER = N_("One {outcome} fewer")
_ONE_FEWER_WITH = N_("One {outcome} fewer with {group}")


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
    state.output.data(f"{made.rule or _('All rules')}: {shown(made.sentence)}")
    for line in _lines(state, made):
        state.output.data(line)
    if state.output.verbose and made.shares is not None:
        for line in _numbers(made):
            state.output.data(line)
    elif made.shares is not None:
        command = f"crm rules report {made.rule or '--all'} -v"
        state.output.say("\n" + _("All numbers: {command}", command=command))


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
        yield _who_came(state, made)
        yield _bars(made)
    running = sum(each.running for each in made.seen.values())
    if made.first_over is not None:
        first = _day(state, made.first_over)
        yield _("The first will have had their {within} on {day}.", within=_within(made), day=first)
    if running:
        yield _("For {customers} the {within} still run.", customers=_people(running), within=_within(made))
    if made.state == "collecting" and made.rule is not None:
        planned, so_far = _people(made.shares.planned), number(made.shares.n)
        yield _("It is decided at {customers}; {count} are counted so far.", customers=planned, count=so_far)
    if made.mixed:
        yield _("Left out: {customers} who were merged out of two groups.", customers=_people(made.mixed))
    if made.is_changed:
        yield _("crm.toml gives other shares by now; they hold from the next plan that is applied.")
    yield from _costs(made)


def _who_came(state: State, made: RuleReport) -> str:
    """The heading of the bars: who came to the outcome, and within which time."""
    if made.since is None or made.until is None or made.within is not None:
        return _("Who came to a {outcome} within {within}:", outcome=made.outcome, within=_within(made))
    first, last = _day(state, made.since), _day(state, min(made.at, made.until - 1))
    return _("Who came to a {outcome} from {first} to {last}:", outcome=made.outcome, first=first, last=last)


def _within(made: RuleReport) -> str:
    return written_length(made.within or "")


def _ahead(made: RuleReport, ahead: Prospect) -> Iterator[str]:
    """What could be seen at all."""
    less = ahead.wanted == "less"
    said = {"share": _percent(ahead.base), "outcome": made.outcome, "within": _within(made)}
    yield _("It would meet {customers} now.", customers=_people(ahead.customers))
    if ahead.is_of_everybody:
        yield _("Of all customers, {share} come to a {outcome} within {within} anyway.", **said)
    else:
        yield _("Of such customers, {share} come to a {outcome} within {within} anyway.", **said)
    if ahead.detectable is None:
        yield _("That is too few to see any difference.")
    elif less:
        there = _percent(ahead.base - ahead.detectable)
        yield _("A fall to {share} or less would show; a smaller one might not.", share=there)
    else:
        there = _percent(ahead.base + ahead.detectable)
        yield _("A rise to {share} or more would show; a smaller one might not.", share=there)
    if ahead.needed:
        takes = _TAKES_FALL if less else _TAKES_RISE
        yield _(takes, customers=_people(ahead.needed))


def _bars(made: RuleReport) -> str:
    import sys

    from crmkit.core.measuring.charts import Bar, bars
    from crmkit.core.measuring.proportions import wilson

    assert made.shares is not None
    rows = []
    for arm in made.shares.arms:
        assert not hasattr(arm.sample, "mean")
        sample: Any = arm.sample
        said = _("nobody yet")
        if sample.n:
            said = _("{share}, {part} of {whole}", share=_percent(arm.estimate),
                     part=number(sample.successes), whole=number(sample.n))  # fmt: skip
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
            ends = each.extra_cost_daily.bounds if each.extra_cost_daily else (None, None)
            what = _ONE_FEWER if made.wanted == "less" else _ONE_MORE
            if len(made.shares.arms) > 2:
                what = _ONE_FEWER_WITH if made.wanted == "less" else _ONE_MORE_WITH
            one = _(what, outcome=made.outcome, group=_label(each.arm, made))
            cost = _money(made, each.extra_cost)
            if ends[1] is None:
                yield _("{one} has cost {cost} so far, if it was not chance.", one=one, cost=cost)
            else:
                low, high = _money(made, ends[0] or 0), _money(made, ends[1])
                said = {"one": one, "cost": cost, "low": low, "high": high}
                yield _("{one} has cost {cost}, between {low} and {high}.", **said)


def _numbers(made: RuleReport) -> Iterator[str]:
    """The numbers behind it, with what each of them means."""
    assert made.shares is not None
    yield ""
    if made.rule:
        yield _("Groups (by assignment: also those whom it did not reach)")
    else:
        yield _("Groups (by assignment: also those whom no rule has met)")
    for arm in made.shares.arms:
        yield f"  {_size(made, arm)}"
    odd = N_("Sizes: too far off for chance (p = {p})")
    even = N_("Sizes: as chance has it (p = {p})")
    ratio = made.shares.ratio
    yield "  " + _(odd if ratio.broken else even, p=figures(f"{ratio.p:.3f}"))
    if made.rule:
        yield "  " + _("Decided at {customers}", customers=_people(made.shares.planned))
    if made.wanted == "less":
        yield "  " + _("Less is better")
    if made.verdict is None or made.state == "broken":
        return
    yield ""
    yield _("Share that came to a {outcome}, in percentage points", outcome=made.outcome)
    for each in made.shares.differences:
        yield from _difference(made, each, lambda value: figures(f"{value * 100:+.1f}"))
    if made.amounts is not None:
        yield ""
        yield _("Amount for each customer, in {currency}", currency=made.currency)
        for arm in made.amounts.arms:
            mean = _("nobody yet") if arm.estimate is None else _money(made, arm.estimate)
            yield f"  {_label(arm.name, made)}: {mean}"
        for each in made.amounts.differences:
            yield from _difference(made, each, lambda value: _money(made, value, sign=True))


def _size(made: RuleReport, arm: Arm) -> str:
    """How large a group was to be and has become; of one rule, also what was done for it."""
    seen = made.seen[arm.name]
    said = {
        "group": _label(arm.name, made), "share": _percent(arm.share), "count": number(seen.assigned),
        "running": number(seen.running),
    }  # fmt: skip
    if not made.rule:
        return _("{group}: planned {share}, got {count}", **said)
    acts = ", ".join(f"{number(count)} {written_state(state)}" for state, count in sorted(seen.acts.items()))
    if not acts:
        return _("{group}: planned {share}, got {count} ({running} still running); acts: none", **said)
    return _(
        "{group}: planned {share}, got {count} ({running} still running); acts: {acts}", **said, acts=acts
    )


def _difference(made: RuleReport, each: Difference, told: Any) -> Iterator[str]:
    one, other = _label(each.arm, made), _label(each.against, made)
    absolute = _or_unknown(each.absolute, told)
    yield "  " + _("{one} against {other}: {difference}", one=one, other=other, difference=absolute)
    if each.relative is not None:
        relative, range_ = f"{each.relative:+.0%}", _range(each.relative_once, "{:+.0%}".format)
        yield "    " + _("relative: {change}, {range}", change=relative, range=range_)
    yield "    " + _("looked at once: {range}", range=_range(each.once, told))
    if each.resampled is not None:
        yield "    " + _("resampled: {range}", range=_range(each.resampled, told))
    yield "    " + _("looked at every day (this one decides): {range}", range=_range(each.daily, told))


def _range(interval: Interval, told: Any) -> str:
    low, high = interval.bounds
    if low is None and high is None:
        return _("not known")
    return _("{low} to {high}", low=_or_unknown(low, told), high=_or_unknown(high, told))


def _or_unknown(value: float | None, told: Any) -> str:
    return _("not known") if value is None else told(value)


def _label(name: str, made: RuleReport) -> str:
    met = _("done for") if made.rule else _("met by rules")
    alone = _("left alone")
    return {"control": alone, "global": alone, "treated": met}.get(name, name)


def _people(count: int) -> str:
    return ngettext("{count} customer", "{count} customers", count)


def _percent(share: float | None) -> str:
    return "–" if share is None else figures(f"{share:.1%}")


def _money(made: RuleReport, minor: float, *, sign: bool = False) -> str:
    from crmkit.core.model.money import minor_digits

    digits = minor_digits(made.currency)
    text = f"{minor / 10**digits:{'+' if sign else ''},.{digits}f}"
    return written_sum(text, made.currency)


def _day(state: State, instant: int) -> str:
    return written_day(date.fromisoformat(local_time(moment(state.crm, instant) or "")[:10]))


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
