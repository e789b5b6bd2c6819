"""`crm plan`, `crm plans`, `crm apply`, `crm why`: read what is to be done, do exactly that, ask why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import click
from attrs import asdict

from crmkit.cli.column import Column
from crmkit.cli.errors import briefly
from crmkit.cli.going_live import note_rehearsal
from crmkit.cli.groups import Noun
from crmkit.cli.options import asks, limited, lists, shows, writes
from crmkit.cli.records import local_time, moment
from crmkit.cli.state import State, pass_state
from crmkit.cli.terminal import safe
from crmkit.core.language import N_, _, ngettext, number
from crmkit.core.strategy.states import written_state

if TYPE_CHECKING:
    from crmkit.core.model.strategy import Act, ApplyReport, Plan, RuleCount
    from crmkit.core.strategy.rules import Broken

_SETTLED = ("done", "rehearsed", "failed", "unconfirmed", "skipped")
_PLANS = (
    Column("plan", right=True, fixed=True, style="bold"),
    Column("at", "Made", fixed=True, shown=local_time),
    Column("actor", "Who"),
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
    "archived": N_("{count} archived"),
    "restricted": N_("{count} restricted"),
    "not again yet": N_("{count} not again yet"),
    "consent": N_("{count} without consent"),
    "suppression": N_("{count} not to be written to again"),
    "reachable": N_("{count} not reachable"),
    "limits": N_("{count} written to often enough"),
    "another rule": N_("{count} left to another rule"),
    "plugin": N_("{count} refused by a plugin"),
    "template": N_("{count} whose text cannot be filled in"),
}


@click.command()
@click.option("--rule", "names", metavar="RULE", multiple=True, help="Only this rule.")
@shows
@pass_state
def plan(state: State, names: tuple[str, ...]) -> None:
    """Make a plan of what the rules would do now, and show it. Nothing is done."""
    from crmkit.core.strategy.rules import Broken

    strategy = state.crm.strategy
    broken = [] if names else [rule for rule in strategy.rules() if isinstance(rule, Broken)]
    for rule in broken:
        state.output.warn(safe(_left_out(rule)))
    if broken:
        state.output.say(_("What to do about it: {command}", command="crm check"))
    made = strategy.plan(*names)
    if state.output.is_json:
        state.output.json(_document(state, made, strategy.acts(made.number)))
        return
    if made.rules or not broken:
        _letter(state, made)
    if made.acts or made.held or made.withheld:
        state.output.say(
            "\n" + _("Everybody it is about: {command}", command=f"crm plans show {made.number}")
        )
    if made.acts or made.timed or made.withheld:
        state.output.say(_("To do it:              {command}", command=f"crm apply {made.number}"))
        note_rehearsal(state, [rule.rule for rule in made.rules if rule.acts])


def _left_out(rule: Broken) -> str:
    """What is wrong with a rule, and of which one it is said."""
    problem = briefly(rule.error.message)
    if f'rule "{rule.name}"' in rule.error.message:
        return _("Left out: {problem}", problem=problem)
    return _('The rule "{rule}" is left out: {problem}', rule=rule.name, problem=problem)


@click.group(cls=Noun)
def plans() -> None:
    """Plans: what they would do, for whom, and whom they leave out and why."""


@plans.command("list")
@limited(20, most=1_000)
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
            "state": written_state(each.state),
            "acts": each.acts,
            "held": each.held,
            "dropped": each.dropped,
        }
        for each in crm.strategy.plans(limit)
    ]
    state.output.rows(_PLANS, rows, empty=_("No plans yet. Make one: crm plan"))


@plans.command("show")
@click.argument("number", metavar="PLAN", type=int)
@limited()
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
    more = ""
    if len(acts) > limit:
        more = _("There are more; go on with: --after {number}", number=acts[limit - 1].number)
    state.output.rows(_ACTS, rows, empty=_("Nobody."), footer=more)
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
        state.confirm(
            ngettext(
                "Plan {plan}, made {when}: do {count} thing now?",
                "Plan {plan}, made {when}: do {count} things now?",
                count, plan=number, when=when,
            )
        )  # fmt: skip
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
@limited(20, most=1_000)
@lists
@pass_state
def why(state: State, ref: str, limit: int) -> None:
    """Show every decision of the rules about the customer REF, and what each was for."""
    from crmkit.core.strategy.reasons import told

    crm = state.crm
    rows = [
        {
            "at": moment(crm, each.at), "rule": each.rule, "state": written_state(each.state),
            "says": each.says,
            "plan": each.plan, "until": moment(crm, each.until), "gate": each.gate,
            "reason": each.reason and told(each.reason),
        }
        for each in crm.strategy.why(ref, limit)
    ]  # fmt: skip
    state.output.rows(_WHY, rows, empty=_("No rule has decided anything about them yet."))


def _letter(state: State, made: Plan) -> None:
    """The plan in a few lines: how many of what, and how many not, and why not."""
    say = state.output.say
    if not made.rules:
        say(_("There are no rules. Declare one in crm.toml; crm rules list says how."))
        return
    when = local_time(moment(state.crm, made.at) or "")
    is_empty = made.state == "nothing to do"
    what = _("nothing is to be done now") if is_empty else written_state(made.state)
    said = {"plan": made.number, "when": when, "actor": made.actor, "what": what}
    say("\n" + safe(_("Plan {plan}, made {when} by {actor}: {what}", **said), lines=True))
    for rule in made.rules:
        say(f"  {rule.rule}: {', '.join(_counted(state, made, rule))}")
    for rule in made.rules:
        if rule.held > rule.timed:
            command = f"crm apply {made.number} --only {rule.rule}"
            say("\n" + _("To do what is held all the same: {command}", command=command))


def _counted(state: State, made: Plan, rule: RuleCount) -> Iterator[str]:
    """`42 to write to`, `9 without consent`, `3 held until 08:00`."""
    others = rule.acts - rule.contacts
    if rule.contacts:
        yield _("{count} to write to", count=number(rule.contacts))
    if others or not (rule.acts or rule.held or rule.withheld):
        yield _("{acts} to do", acts=number(others))
    if rule.withheld:
        yield _("{count} withheld as the control group", count=number(rule.withheld))
    for gate, count in rule.dropped.items():
        if gate in LEFT_OUT:
            yield _(LEFT_OUT[gate], count=number(count))
        else:
            yield _("{count} left out ({gate})", count=number(count), gate=gate)
    if rule.timed:
        first, last = _clock(state, made, rule.first_until), _clock(state, made, rule.last_until)
        said = {"count": number(rule.timed), "first": first, "last": last}
        if first == last:
            yield _("{count} held until {time}", count=said["count"], time=first)
        else:
            yield _("{count} held, the first until {first}, the last until {last}", **said)
    if rule.held > rule.timed:
        yield _("{count} held, more than max_acts", count=number(rule.held - rule.timed))


def _clock(state: State, made: Plan, instant: int | None) -> str:
    """The time of day, where that is within a day of the plan; else with its date."""
    said = local_time(moment(state.crm, instant) or "")
    is_soon = instant is not None and 0 <= instant - made.at < 86_400_000_000
    return said[11:16] if is_soon else said


def _applied(report: ApplyReport) -> str:
    from crmkit.core.strategy.reasons import told

    handed = _handed(report)
    parts = [_("{count} done", count=number(report.done))] if report.done or not handed else []
    parts += handed
    if report.withheld:
        parts.append(_("{count} withheld as the control group", count=number(report.withheld)))
    for reason, count in _most(report.skipped):
        parts.append(_("{count} skipped: {reason}", count=number(count), reason=told(reason)))
    for reason, count in _most(report.failed):
        parts.append(_("{count} failed: {reason}", count=number(count), reason=told(reason)))
    said = _("Plan {plan}: {parts}", plan=report.plan, parts=", ".join(parts))
    left = ngettext("{count} is left", "{count} are left", report.left)
    return f"{said}; {left}" if report.left else said


def _handed(report: ApplyReport) -> list[str]:
    """What has become of that which reaches outside."""
    handed = report.handed
    rest = report.pending - sum(attrgetter(*_SETTLED)(handed))
    counts = [
        (handed.rehearsed, N_("{count} written to rehearsal/")),
        (handed.done, N_("{count} handed over")),
        (handed.failed, N_("{count} failed to be handed over")),
        (handed.unconfirmed, N_("{count} in doubt: see crm effects list --state unconfirmed")),
        (handed.skipped, N_("{count} left out at the last moment")),
        (rest, N_("{count} to be handed over by crm worker when due")),
    ]
    return [_(word, count=number(count)) for count, word in counts if count]


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
    """As `_act`, with the state in a person's words, and all that is kept in English in their language."""
    from crmkit.core.strategy.reasons import told
    from crmkit.core.strategy.why import said_again

    says = said_again(state.crm.kernel, act.action, act.params, act.says)
    return {
        **_act(state, act),
        "state": written_state(act.state),
        "says": says,
        "reason": act.reason and told(act.reason),
    }


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
