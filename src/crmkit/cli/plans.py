"""`crm plan`, `crm plans`, `crm apply`, `crm why`: read what is to be done, do exactly that, ask why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import click
from attrs import asdict

from crmkit.cli.going_live import note_rehearsal
from crmkit.cli.groups import Noun
from crmkit.cli.options import asks, lists, shows, writes
from crmkit.cli.output import Column
from crmkit.cli.records import local_time, moment
from crmkit.cli.state import State, pass_state

if TYPE_CHECKING:
    from crmkit.core.model.strategy import Act, ApplyReport, Plan, RuleCount

_SETTLED = ("done", "rehearsed", "failed", "unconfirmed", "skipped")
_PLANS = (
    Column("plan", right=True, fixed=True, style="bold"),
    Column("at", "Made", fixed=True, shown=local_time),
    Column("actor", "By"),
    Column("state"),
    Column("acts", right=True),
    Column("held", right=True),
    Column("dropped", "Left out", right=True),
)
_ACTS = (
    Column("customer_id", "Id", right=True, fixed=True, style="dim"),
    Column("customer", wrap=True),
    Column("rule"),
    Column("says", "What", wrap=True),
    Column("state"),
    Column("reason", "Why not", wrap=True),
)
_WHY = (
    Column("at", "When", fixed=True, shown=local_time),
    Column("rule", style="bold"),
    Column("state"),
    Column("says", "What", wrap=True),
    Column("reason", "Why not", wrap=True),
    Column("plan", right=True),
)
# Those whom a gate leaves out, as the letter counts them.
LEFT_OUT = {
    "archived": "archived",
    "restricted": "restricted",
    "not again yet": "not again yet",
    "consent": "without consent",
    "suppression": "not to be written to again",
    "reachable": "not reachable",
    "limits": "written to often enough",
    "another rule": "left to another rule",
    "plugin": "refused by a plugin",
    "template": "whose text cannot be filled in",
}


@click.command()
@click.option("--rule", "names", metavar="RULE", multiple=True, help="Only this rule.")
@shows
@pass_state
def plan(state: State, names: tuple[str, ...]) -> None:
    """Make a plan of what the rules would do now, and show it. Nothing is done."""
    from crmkit.core.strategy.rules import Broken

    strategy = state.crm.strategy
    for rule in strategy.rules():
        if isinstance(rule, Broken) and not names:
            state.output.warn(f'The rule "{rule.name}" is left out: {rule.error.message}')
    made = strategy.plan(*names)
    if state.output.is_json:
        state.output.json(_document(state, made, strategy.acts(made.number)))
        return
    _letter(state, made)
    if made.acts or made.held or made.withheld:
        state.output.say(f"\nEverybody it is about: crm plans show {made.number}")
    if made.acts or made.timed or made.withheld:
        state.output.say(f"To do it:              crm apply {made.number}")
        note_rehearsal(state, [rule.rule for rule in made.rules if rule.acts])


@click.group(cls=Noun)
def plans() -> None:
    """Plans: what they would do, for whom, and whom they leave out and why."""


@plans.command("list")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="At most so many.")
@lists
@pass_state
def list_(state: State, limit: int) -> None:
    """List the plans, the newest first."""
    crm = state.crm
    rows = [
        {
            "plan": each.number,
            "at": moment(crm, each.at),
            "actor": each.actor,
            "state": each.state,
            "acts": each.acts,
            "held": each.held,
            "dropped": each.dropped,
        }
        for each in crm.strategy.plans(limit)
    ]
    state.output.rows(_PLANS, rows, empty="No plans yet. Make one: crm plan")


@plans.command("show")
@click.argument("number", metavar="PLAN", type=int)
@click.option(
    "--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="At most so many."
)
@click.option("--after", type=int, default=0, help="Go on where the last list ended.")
@lists
@pass_state
def show_plan(state: State, number: int, limit: int, after: int) -> None:
    """Show whom plan PLAN is about, and those newly left out with the reason."""
    crm = state.crm
    made = crm.strategy.get(number)
    acts = crm.strategy.acts(number, after=after, limit=limit + 1)
    if state.output.is_json:
        state.output.json(_document(state, made, acts[:limit]))
        return
    names = {
        each.id: each.name for each in crm.customers.summaries([act.customer_id for act in acts[:limit]])
    }
    rows = [{**_told(state, act), "customer": names.get(act.customer_id, "")} for act in acts[:limit]]
    more = f"There are more; go on with: --after {acts[limit - 1].number}" if len(acts) > limit else ""
    state.output.rows(_ACTS, rows, empty="Nobody.", footer=more)
    if state.output.format == "table":
        _letter(state, made)


@click.command()
@click.argument("number", metavar="PLAN", type=int)
@click.option("--only", metavar="RULE", multiple=True, help="Only what this rule wants.")
@click.option("--except", "excepted", metavar="RULE", multiple=True, help="All but what this rule wants.")
@asks
@writes
@pass_state
def apply(state: State, number: int, only: tuple[str, ...], excepted: tuple[str, ...]) -> None:
    """Do exactly what plan PLAN says, each thing once."""
    crm = state.crm
    made = crm.strategy.get(number)
    open_ = crm.strategy.open(number)
    wanted = [name for name in open_ if (not only or name in only) and name not in excepted]
    count = sum(open_[name][0] + (open_[name][1] if only else 0) for name in wanted)
    if count:
        note_rehearsal(state, wanted)
        when = local_time(moment(crm, made.at) or "")
        things = "thing" if count == 1 else "things"
        state.confirm(f"Plan {number}, made {when}: do {count:,} {things} now?")
    report = crm.strategy.apply(number, only=only, excepted=excepted)
    state.output.receipt(
        _applied(report),
        undo=f"crm undo plan:{number}" if report.done or report.pending or report.withheld else "",
        reference=made.ref,
        record={
            "plan": number,
            "done": report.done,
            "pending": report.pending,
            "withheld": report.withheld,
            "handed": asdict(report.handed),
            "skipped": dict(report.skipped),
            "failed": dict(report.failed),
            "left": report.left,
            "state": report.state,
        },
    )


@click.command()
@click.argument("ref")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="At most so many.")
@lists
@pass_state
def why(state: State, ref: str, limit: int) -> None:
    """Show every decision of the rules about the customer REF, and what each was for."""
    crm = state.crm
    rows = [
        {
            "at": moment(crm, each.at), "rule": each.rule, "state": each.state, "says": each.says,
            "plan": each.plan, "until": moment(crm, each.until), "gate": each.gate,
            "reason": each.reason,
        }
        for each in crm.strategy.why(ref, limit)
    ]  # fmt: skip
    state.output.rows(_WHY, rows, empty="No rule has decided anything about them yet.")


def _letter(state: State, made: Plan) -> None:
    """The plan in a few lines: how many of what, and how many not, and why not."""
    say = state.output.say
    if not made.rules:
        say("There are no rules. Declare one in crm.toml; crm rules list says how.")
        return
    when = local_time(moment(state.crm, made.at) or "")
    is_empty = made.state == "nothing to do"
    said = "nothing is to be done now" if is_empty else made.state
    say(f"\nPlan {made.number}, made {when} by {made.actor}: {said}")
    for rule in made.rules:
        say(f"  {rule.rule}: {', '.join(_counted(state, made, rule))}")
    for rule in made.rules:
        if rule.held > rule.timed:
            say(f"\nTo do what is held all the same: crm apply {made.number} --only {rule.rule}")


def _counted(state: State, made: Plan, rule: RuleCount) -> Iterator[str]:
    """`42 to write to`, `9 without consent`, `3 held until 08:00`."""
    others = rule.acts - rule.contacts
    if rule.contacts:
        yield f"{rule.contacts:,} to write to"
    if others or not (rule.acts or rule.held or rule.withheld):
        yield f"{others:,} to do"
    if rule.withheld:
        yield f"{rule.withheld:,} withheld as the control group"
    for gate, count in rule.dropped.items():
        yield f"{count:,} {LEFT_OUT.get(gate, f'left out ({gate})')}"
    if rule.timed:
        first, last = _clock(state, made, rule.first_until), _clock(state, made, rule.last_until)
        until = f"until {first}" if first == last else f"the first until {first}, the last until {last}"
        yield f"{rule.timed:,} held {until}" if first == last else f"{rule.timed:,} held, {until}"
    if rule.held > rule.timed:
        yield f"{rule.held - rule.timed:,} held, more than max_acts"


def _clock(state: State, made: Plan, instant: int | None) -> str:
    """The time of day, where that is within a day of the plan; else with its date."""
    said = local_time(moment(state.crm, instant) or "")
    is_soon = instant is not None and 0 <= instant - made.at < 86_400_000_000
    return said[11:16] if is_soon else said


def _applied(report: ApplyReport) -> str:
    said = f"Plan {report.plan}: {report.done:,} done" + _handed(report)
    if report.withheld:
        said += f", {report.withheld:,} withheld as the control group"
    for word, counts in (("skipped", report.skipped), ("failed", report.failed)):
        said += "".join(f", {count:,} {word}: {reason}" for reason, count in _most(counts))
    are = "is" if report.left == 1 else "are"
    return said + (f"; {report.left:,} {are} left" if report.left else "")


def _handed(report: ApplyReport) -> str:
    """What has become of that which reaches outside."""
    handed = report.handed
    rest = report.pending - sum(attrgetter(*_SETTLED)(handed))
    counts = [
        (handed.rehearsed, "written to rehearsal/"),
        (handed.done, "handed over"),
        (handed.failed, "failed to be handed over"),
        (handed.unconfirmed, "in doubt: see crm effects list --state unconfirmed"),
        (handed.skipped, "left out at the last moment"),
        (rest, "to be handed over by crm worker when due"),
    ]
    return "".join(f", {count:,} {word}" for count, word in counts if count)


def _most(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: -pair[1])[:5]


def _act(state: State, act: Act) -> dict[str, Any]:
    return {
        "customer_id": act.customer_id, "rule": act.rule, "step": act.step, "occasion": act.occasion,
        "action": act.action, "params": dict(act.params), "says": act.says, "state": act.state,
        "gate": act.gate, "reason": act.reason, "until": moment(state.crm, act.until),
        "arm": act.arm,
    }  # fmt: skip


def _told(state: State, act: Act) -> dict[str, Any]:
    """As `_act`, with the state in a person's words."""
    return {**_act(state, act), "state": {"act": "to do", "dropped": "left out"}.get(act.state, act.state)}


def _document(state: State, made: Plan, acts: Any) -> dict[str, Any]:
    return {
        "plan": made.number,
        "at": moment(state.crm, made.at),
        "state": made.state,
        "rules": [
            {
                "rule": each.rule,
                "acts": each.acts,
                "held": each.held,
                "withheld": each.withheld,
                "dropped": dict(each.dropped),
                "contacts": each.contacts,
                "timed": each.timed,
                "first_until": moment(state.crm, each.first_until),
                "last_until": moment(state.crm, each.last_until),
            }
            for each in made.rules
        ],
        "acts": [_act(state, act) for act in acts],
    }
