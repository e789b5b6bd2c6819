"""`crm status`: the strategy on one screen: goals, rules, and what waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from crmkit.cli.effects import paused
from crmkit.cli.errors import briefly
from crmkit.cli.going_live import said_of_rehearsal
from crmkit.cli.options import shows
from crmkit.cli.records import local_time, moment
from crmkit.cli.state import State, pass_state
from crmkit.cli.tables import folded
from crmkit.cli.terminal import safe
from crmkit.core.language import N_, _, ngettext, number, pgettext, translated
from crmkit.core.model.today import PLANS
from crmkit.core.phrase import shown

if TYPE_CHECKING:
    from crmkit.core.crm import Crm


@click.command()
@shows
@pass_state
def status(state: State) -> None:
    """Show where the strategy stands: the goals, what each rule would do now, and the plans that wait."""
    crm = state.crm
    found: dict[str, Any] = {
        "goals": _goals(crm),
        "rules": _rules(crm),
        "plans": _plans(crm),
        "effects": _effects(crm),
        "paused": paused(crm),
        "rehearsal": crm.rehearsal.is_on,
    }
    if state.output.is_json:
        state.output.json(found)
        return
    _screen(state, found)


def _screen(state: State, found: dict[str, Any]) -> None:
    data = state.output.data
    data(_("Goals"))
    for goal in found["goals"]:
        data(folded(safe(f"  {goal['goal']}: {briefly(goal['says'])}")))
    if not found["goals"]:
        data("  " + _("none yet. How one is written: {command}", command="crm goals list"))
    data("\n" + _("Rules"))
    for rule in found["rules"]:
        acts = "" if rule["problem"] else ngettext("{count} act now", "{count} acts now", rule["today"])
        data(folded(safe(f"  {rule['rule']}: {acts or briefly(rule['problem'])}")))
    if not found["rules"]:
        data("  " + _("none yet. How one is written: {command}", command="crm rules list"))
    if any(goal["state"] == "broken" for goal in found["goals"]) or any(
        rule["problem"] for rule in found["rules"]
    ):
        data("  " + _("What to do about it: {command}", command="crm check"))
    data("\n" + translated(PLANS))
    for plan in found["plans"]:
        left = _("{acts} to do", acts=number(plan["acts"]))
        if plan["held"]:
            left += _(", {held} held", held=number(plan["held"]))
        said = {"plan": plan["plan"], "when": local_time(plan["at"]), "left": left}
        data("  " + _("{plan}, made {when}: {left}. See it: crm plans show {plan}", **said))
    if not found["plans"]:
        none = _("none; make one: crm plan") if found["rules"] else pgettext("plans", "none")
        data(f"  {none}")
    for each in _troubled(found["effects"]):
        data(each)
    for each in found["paused"]:
        data(safe(each))
    data("")
    data(folded(said_of_rehearsal(state), 0) if found["rehearsal"] else _("Live: what rules send goes out."))


def _goals(crm: Crm) -> list[dict[str, Any]]:
    from crmkit.cli.goals import sentence
    from crmkit.core.errors import CrmError

    rows = []
    for goal in crm.goals.list():
        try:
            standing = crm.goals.standing(goal.name)
        except CrmError as error:
            rows.append({"goal": goal.name, "state": "broken", "says": shown(error.message)})
        else:
            rows.append({"goal": goal.name, "state": standing.state, "says": sentence(standing)})
    return rows


def _rules(crm: Crm) -> list[dict[str, Any]]:
    from crmkit.core.strategy.rules import Broken

    counts = crm.strategy.count_due()
    return [
        {
            "rule": rule.name,
            "today": counts.get(rule.name),
            "problem": shown(rule.error.message) if isinstance(rule, Broken) else None,
        }
        for rule in crm.strategy.rules()
    ]


def _plans(crm: Crm) -> list[dict[str, Any]]:
    rows = []
    for plan in crm.strategy.waiting():
        open_ = crm.strategy.open(plan.number).values()
        acts, held = (sum(each[at] for each in open_) for at in (0, 1))
        rows.append({"plan": plan.number, "at": moment(crm, plan.at), "acts": acts, "held": held})
    return rows


def _effects(crm: Crm) -> dict[str, int]:
    from crmkit.core.effects.troubles import troubles, waiting_for_plugins

    return {**troubles(crm), "waiting_for_plugin": sum(waiting_for_plugins(crm).values())}


def _troubled(counts: dict[str, int]) -> list[str]:
    """What a person has to look at, if there is anything."""
    said = {
        "unconfirmed": N_("{count} unconfirmed. See them: crm effects list --state unconfirmed"),
        "failed": N_("{count} failed within a week. See them: crm effects list --state failed"),
        "waiting_for_plugin": N_("{count} waiting for a plugin that is not in use. See which: crm doctor"),
    }
    lines = ["  " + _(what, count=number(counts[name])) for name, what in said.items() if counts[name]]
    return [_("Effects that did not arrive"), *lines] if lines else []
