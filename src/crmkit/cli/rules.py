"""`crm rules`: what the business has decided to do, for whom and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from crmkit.cli.column import Column
from crmkit.cli.errors import briefly
from crmkit.cli.groups import Noun
from crmkit.cli.options import lists, shows
from crmkit.cli.rule_report import report
from crmkit.cli.state import State, pass_state
from crmkit.cli.tables import padded
from crmkit.cli.terminal import safe
from crmkit.cli.trying import backtest, simulate
from crmkit.core.language import N_, _, ngettext
from crmkit.core.strategy.turns import written_schedule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmkit.core.strategy.rules import Broken, Rule

_LISTED = (
    Column("rule", fixed=True, style="bold"),
    Column("when", wrap=True, sparse=True),
    Column("does", wrap=True, sparse=True),
    Column("asks", "Asks first", sparse=True),
    Column("goal", sparse=True),
    Column("problem", "What is wrong", wrap=True, shown=briefly, sparse=True),
)
_NONE = N_(
    "No rules yet. Declare one in crm.toml:\n[rules.thank-regulars]\n"
    'who = "count(purchase, last 90 days) >= 6"\nrun = "daily at 09:00"\ntag = "regular"'
)


_MARGIN = 15


@click.group(cls=Noun)
def rules() -> None:
    """What is done for whom and when, as crm.toml says; and whether it works."""


rules.add_command(report)


rules.add_command(simulate)
rules.add_command(backtest)


@rules.command("list")
@lists
@pass_state
def list_(state: State) -> None:
    """List the rules in the order in which they go first."""
    rows = [_row(each) for each in state.crm.strategy.rules()]
    broken = any(row["problem"] for row in rows)
    footer = (
        _("What to do about it: {command}", command="crm check")
        if broken
        else _("In plain words: crm rules explain RULE")
    )
    state.output.rows(_LISTED, rows, empty=_NONE, footer=footer)


def _row(rule: Rule | Broken) -> dict[str, Any]:
    """A rule in a line; of one that cannot be read, what is wrong with it."""
    from crmkit.core.strategy.rules import Broken

    row: dict[str, Any] = dict.fromkeys(each.key for each in _LISTED) | {"rule": rule.name}
    if isinstance(rule, Broken):
        return row | {"problem": rule.error.message}
    declared = rule.declared
    return row | {
        "when": written_schedule(declared.run) if declared.run else _("on {type}", type=rule.on),
        "does": "; ".join(step.action.name for step in rule.steps),
        "asks": _("yes") if declared.ask_first else _("no"),
        "goal": declared.goal or None,
    }


@rules.command()
@click.argument("name", metavar="RULE")
@shows
@pass_state
def explain(state: State, name: str) -> None:
    """Read RULE back in plain words, with what it would do today."""
    from crmkit.cli.tables import folded
    from crmkit.core.strategy.explaining import explained

    crm = state.crm
    rule = crm.strategy.rule(name)
    text = explained(rule)
    count = crm.strategy.count_due(name)[name]
    if state.output.is_json:
        state.output.json({"rule": rule.name, "says": text, "today": count})
        return
    state.output.data(folded(text, 0))
    state.output.data(ngettext("Now that would be {count} act.", "Now that would be {count} acts.", count))


@rules.command()
@click.argument("name", metavar="RULE")
@shows
@pass_state
def show(state: State, name: str) -> None:
    """Show RULE as crm.toml says it: when, for whom, and each of its steps."""
    rule = state.crm.strategy.rule(name)
    if state.output.is_json:
        state.output.json(_document(rule))
        return
    for key, value in _document(rule).items():
        if key == "steps":
            for line in (line for step in value for line in _step_lines(step)):
                state.output.data(line)
        elif value is not None:
            state.output.data(f"{padded(key, _MARGIN)}{safe(value)}")


def _step_lines(step: Mapping[str, Any]) -> Iterator[str]:
    """What a step does and when, and below it what its variants do instead."""
    only = " " + _("(only if {only_if})", only_if=step["only_if"]) if step["only_if"] else ""
    named = padded(_("step {id}", id=step["id"]), _MARGIN)
    yield f"{named}{step['action']}: {_listed(step['given'])}{only}"
    for variant, given in step["variants"].items():
        yield " " * _MARGIN + _("variant {variant}: {told}", variant=variant, told=_listed(given))


def _listed(given: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} = {value!r}" for name, value in given.items())


def _document(rule: Rule) -> dict[str, Any]:
    declared = rule.declared
    return {
        "rule": rule.name,
        "doc": declared.doc or None,
        "who": declared.who or _("everybody"),
        "run": declared.run or None,
        "on": declared.on or None,
        "goal": declared.goal or None,
        "priority": declared.priority or None,
        "once": declared.once,
        "not_again_for": declared.not_again_for,
        "starts": declared.starts.isoformat() if declared.starts else None,
        "ends": declared.ends.isoformat() if declared.ends else None,
        "ask_first": declared.ask_first,
        "max_age": declared.max_age,
        "max_acts": declared.max_acts,
        "control_group": declared.control_group,
        "outcome": rule.outcome,
        "within": declared.within,
        "wanted": declared.wanted if rule.outcome else None,
        "cost": declared.cost,
        "steps": [
            {
                "id": step.id,
                "action": step.action.name,
                "given": {
                    name: _plain(value) for name, value in step.given.items() if name not in step.filled
                },
                "only_if": step.only_if.text if step.only_if else None,
                "variants": {
                    name: {key: _plain(value) for key, value in each.given.items() if key not in each.filled}
                    for name, each in step.variants.items()
                },
            }
            for step in rule.steps
        ],
    }


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | float) else str(value)
