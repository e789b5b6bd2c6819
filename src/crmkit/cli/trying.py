"""`crm rules simulate` and `crm rules backtest`: rules tried out, on what comes and on what was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from attrs import asdict

from crmkit.cli.column import Column
from crmkit.cli.options import lists
from crmkit.cli.plans import LEFT_OUT
from crmkit.cli.records import local_time, moment
from crmkit.cli.state import State, pass_state
from crmkit.cli.terminal import safe
from crmkit.cli.values import today
from crmkit.core.cldr import figures, written_day, written_sum
from crmkit.core.language import N_, _, ngettext, number, translated
from crmkit.core.predicates.lengths import written_length

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.model.trials import Aftermath, Backtest, SimulatedRule, Simulation, Stopped

_MOST_RULES: Final = 8
_WHO: Final = (
    Column("at", "When", fixed=True, shown=local_time),
    Column("customer_id", "Id", right=True, fixed=True, style="dim"),
    Column("customer", wrap=True),
    Column("step"),
    Column("occasion"),
)
_MONTHS: Final = (Column("month", fixed=True), Column("acts", right=True, fixed=True), Column("bar", ""))
_BAR: Final = 24
_CAVEAT: Final = N_(
    "This describes; it does not show what the rule would have brought. Those whom it chooses are\n"
    "other people than the rest, and what else reached them then is not known. Only a control group\n"
    "tells what a rule brings: crm rules report"
)
_STOPPED: Final = {
    "too many": N_("{count} held, because max_acts is less"),
    "control group": N_("{count} withheld as the control group"),
}


@click.command()
@click.option("--rule", "names", metavar="RULE", multiple=True, help="Only this rule, also one set aside.")
@click.option("--days", type=click.IntRange(1, 1097), metavar="N", help="So many days, today included [365].")
@click.option("--until", metavar="DATE", help="The last day, in place of --days.")
@lists
@pass_state
def simulate(state: State, names: tuple[str, ...], days: int | None, until: str | None) -> None:
    """Play the rules forward: how many acts in which month, and what limits stop. Nothing is done."""
    if days is not None and until is not None:
        raise click.UsageError("--days and --until cannot go together.")
    crm = state.crm
    last = _day(crm, until) if until else None if days is None else today(crm) + timedelta(days=days - 1)
    with state.progress(_("Simulating")) as advance:
        found = crm.strategy.simulate(*names, until=last, progress=advance)
    if state.output.is_json:
        state.output.json(_simulated(found))
        return
    state.output.rows(
        _calendar_columns(found), list(_calendar(found)), empty=N_("There is nothing to play forward.")
    )
    if state.output.format == "table":
        for line in _told_simulation(found):
            state.output.data(line)


@click.command()
@click.argument("name", metavar="RULE")
@click.option("--from", "since", metavar="DATE", help="The first day; a year before the last, if not given.")
@click.option("--to", "until", metavar="DATE", help="The day after the last; today, if not given.")
@click.option("--step", metavar="LENGTH", help='Look less often than the rule has turns: "7 days".')
@click.option(
    "--file", type=click.Path(dir_okay=False, path_type=Path), help="Take the rule from this file instead."
)
@click.option("--who", is_flag=True, help="List for whom it would have acted, and when.")
@click.option(
    "--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="With --who: so many."
)
@lists
@pass_state
def backtest(
    state: State,
    name: str,
    since: str | None,
    until: str | None,
    step: str | None,
    file: Path | None,
    who: bool,
    limit: int,
) -> None:
    """Try RULE on the past: for whom it would have acted, and what happened next. Nothing is done.

    What counts is what was known at each moment. The rule may be set aside (enabled = false), or stand in a
    file of its own.
    """
    crm = state.crm
    with state.progress(_("Trying the rule on the past")) as advance:
        found = crm.strategy.backtest(
            name, file=file, since=_day(crm, since), until=_day(crm, until), step=step, progress=advance
        )
    if state.output.is_json:
        state.output.json(_backtested(crm, found))
        return
    if who:
        _list_who(state, crm, found, limit)
        return
    most = max(1, *found.months.values())
    rows = [
        {"month": month, "acts": count, "bar": "█" * round(count / most * _BAR)}
        for month, count in found.months.items()
    ]
    state.output.rows(_MONTHS, rows, empty=N_("It would have done nothing."))
    if state.output.format == "table":
        for line in _told_backtest(found):
            state.output.data(line)


def _day(crm: Crm, text: str | None) -> date | None:
    from crmkit.core.instants import parse_date

    return None if text is None else parse_date(text, today(crm))


def _calendar_columns(found: Simulation) -> tuple[Column, ...]:
    shown = found.rules[:_MOST_RULES]
    total = (Column("all", "All", right=True, fixed=True),) if len(found.rules) > 1 else ()
    named = (Column(each.rule, each.rule, right=True, fixed=True, is_name=True) for each in shown)
    return (Column("month", fixed=True), *named, *total)


def _calendar(found: Simulation) -> Iterator[dict[str, Any]]:
    if not found.rules:
        return
    for month in found.months:
        acts = {each.rule: each.acts.get(month, 0) for each in found.rules}
        yield {"month": month, **acts, "all": sum(acts.values())}
    yield {"month": _("in all"), **{each.rule: each.total for each in found.rules}, "all": found.total}


def _told_simulation(found: Simulation) -> Iterator[str]:
    yield "\n" + ngettext(
        "From {first} to {last} that makes {count} act for {people} of {customers} customers.",
        "From {first} to {last} that makes {count} acts for {people} of {customers} customers.",
        found.total, first=written_day(found.since), last=written_day(found.until),
        people=number(found.people), customers=number(found.customers),
    )  # fmt: skip
    for each in found.rules:
        yield f"  {safe(each.rule)}: {', '.join(_of_rule(each))}"
        yield from _stopped(each.stopped)
    for name, why in found.left_out.items():
        yield "  " + _("{rule}: left out, for {reason}", rule=safe(name), reason=safe(why))
    if found.per_person:
        yield _("Acts for one person: {spread}.", spread=_spread(found.per_person))
    if found.contacts:
        yield _("Letters and the like to one person: {spread}.", spread=_spread(found.contacts))
    yield ""
    yield from (safe(note) for note in found.notes)


def _of_rule(each: SimulatedRule) -> Iterator[str]:
    acts = ngettext("{count} act", "{count} acts", each.total)
    yield _("{acts} for {people}", acts=acts, people=_people(each.people))
    yield ngettext("in {count} turn", "in {count} turns", each.turns)
    if each.most:
        yield _("at most {count} at once", count=number(each.most))


def _stopped(stopped: Mapping[str, Stopped]) -> Iterator[str]:
    for gate, each in stopped.items():
        often = f" ({_often(each.times)})" if each.times > each.people else ""
        said = (LEFT_OUT | _STOPPED).get(gate)
        count = number(each.people)
        told = _(said, count=count) if said else _("{count} {gate}", count=count, gate=translated(gate))
        yield f"    {told}{often}"


def _spread(people: Mapping[int, int]) -> str:
    """`700 have 1, 20 have 2`."""
    shown = list(people.items())
    told = [
        ngettext("{count} has {acts}", "{count} have {acts}", count, acts=acts) for acts, count in shown[:5]
    ]
    if len(shown) > 5:
        rest = sum(people.values()) - sum(count for _acts, count in shown[:5])
        told.append(
            ngettext("{count} has more, {most} at most", "{count} have more, {most} at most", rest,
                     most=shown[-1][0])
        )  # fmt: skip
    return ", ".join(told)


def _told_backtest(found: Backtest) -> Iterator[str]:
    yield f"\n{safe(found.says)}"
    when = {
        "first": written_day(found.since),
        "last": written_day(found.until - timedelta(days=1)),
        "turns": ngettext("{count} turn", "{count} turns", found.turns),
    }
    if found.acts:
        did = _("From {first} to {last}, in {turns}, it would have acted {often}, for {people}.",
                **when, often=_often(len(found.acts)), people=_people(found.people))  # fmt: skip
    else:
        did = _("From {first} to {last}, in {turns}, it would have done nothing.", **when)
    yield f"\n{did} {_('It would have left out:')}" if found.stopped else f"\n{did}"
    yield from _stopped(found.stopped)
    yield from _what_next(found.aftermath) if found.acts else ()
    yield ""
    yield from (safe(note) for note in found.notes)
    if found.acts:
        yield ngettext(
            "For whom, and when: the same with --who ({count} line)",
            "For whom, and when: the same with --who ({count} lines)",
            len(found.acts),
        )


def _what_next(after: Aftermath) -> Iterator[str]:
    from crmkit.core.model.money import format_amount

    within = written_length(after.within)
    yield "\n" + _("What happened next, though the rule did nothing:")
    if after.running:
        running = number(after.running)
        yield "  " + _("Of {count} the {within} are not over; they are not counted.",
                       count=running, within=within)  # fmt: skip
    if after.share is None:
        yield "  " + _("There is nothing to tell of yet.")
        return
    said = {
        "judged": number(after.judged), "reached": number(after.with_one), "share": _percent(after.share),
        "outcome": after.outcome, "within": within,
        "worth": written_sum(format_amount(after.amount, after.currency), after.currency),
    }  # fmt: skip
    if after.amount:
        yield "  " + _("After {judged} of its choices, {reached} ({share}) had a {outcome} within {within}, "
                       "worth {worth} in all.", **said)  # fmt: skip
    else:
        yield "  " + _(
            "After {judged} of its choices, {reached} ({share}) had a {outcome} within {within}.", **said
        )
    if after.others_share is not None:
        others = _percent(after.others_share)
        yield "  " + _("Of all other customers, on the same days, {share} had one.", share=others)
    for line in _(_CAVEAT).split("\n"):
        yield f"  {line}"


def _percent(share: float) -> str:
    return figures(f"{share:.1%}")


def _people(count: int) -> str:
    return ngettext("{count} person", "{count} people", count)


def _often(count: int) -> str:
    return ngettext("once", "{count} times", count)


def _list_who(state: State, crm: Crm, found: Backtest, limit: int) -> None:
    shown = found.acts[:limit]
    names = {each.id: each.name for each in crm.customers.summaries({act.customer_id for act in shown})}
    rows = [
        {"at": moment(crm, act.at), "customer_id": act.customer_id,
         "customer": names.get(act.customer_id, ""), "step": act.step, "occasion": act.occasion}
        for act in shown
    ]  # fmt: skip
    rest = len(found.acts) - limit
    more = ngettext("There is {count} more: --limit", "There are {count} more: --limit", rest)
    state.output.rows(_WHO, rows, empty=N_("Nobody."), footer=more if rest > 0 else "")


def _simulated(found: Simulation) -> dict[str, Any]:
    return {
        "since": found.since,
        "until": found.until,
        "acts": found.total,
        "people": found.people,
        "customers": found.customers,
        "rules": [
            {**asdict(each), "stopped": _document(each.stopped), "total": each.total} for each in found.rules
        ],
        "left_out": dict(found.left_out),
        "per_person": {str(acts): people for acts, people in found.per_person.items()},
        "contacts": {str(acts): people for acts, people in found.contacts.items()},
        "notes": list(found.notes),
    }


def _backtested(crm: Crm, found: Backtest) -> dict[str, Any]:
    from crmkit.core.model.money import format_amount

    after = found.aftermath
    return {
        "rule": found.rule,
        "says": found.says,
        "since": found.since,
        "until": found.until,
        "turns": found.turns,
        "months": dict(found.months),
        "people": found.people,
        "stopped": _document(found.stopped),
        "acts": [
            {"at": moment(crm, each.at), "customer_id": each.customer_id, "step": each.step,
             "occasion": each.occasion, "until": moment(crm, each.until)}
            for each in found.acts
        ],
        "what_happened_next": {
            **asdict(after), "amount": format_amount(after.amount, after.currency), "share": after.share,
            "is_causal": False,
        },
        "notes": list(found.notes),
    }  # fmt: skip


def _document(stopped: Mapping[str, Stopped]) -> dict[str, Any]:
    return {gate: asdict(each) for gate, each in stopped.items()}
