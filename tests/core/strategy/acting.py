"""A plugin whose actions misbehave in every way; and what tests ask of plans."""

from __future__ import annotations

from pathlib import Path

from crmkit import Crm
from crmkit.core.model.strategy import Plan

_MANIFEST = 'name = "acting"\ntitle = "Acting"\ndoc = "Acts badly"\n'
_SOURCE = '''
"""Acts badly."""
from attrs import frozen
from crmkit.plugin import Action, Performed, hookimpl

@frozen
class How:
    how: str

def perform(items, crm, tx):
    for item in items:
        crm.customers.tag(item.customer_id, "touched")
    if items[0].params.how == "raise" and any(item.customer_id == 2 for item in items):
        raise RuntimeError("not for her")
    if items[0].params.how == "nonsense":
        return [Performed(len(items), "x")]
    return [Performed(index, str(item.effect)) for index, item in enumerate(items)]

def undo(items, crm, tx):
    assert all(item.result == str(item.effect) for item in items)
    for item in items:
        crm.customers.untag(item.customer_id, "touched")

def leave(items, crm, tx):
    from crmkit import CustomerDraft
    drafts = [CustomerDraft(id=item.customer_id, tags=("left",)) for item in items]
    crm.customers.save_all(drafts, source=items[0].source)

stolen = []

def says(params):
    return f"act: {params.how}"

def claims(params):
    if params.how == "write" and stolen:
        stolen[0].customers.tag(1, "written")

@hookimpl
def crmkit_extend_profile(customers, crm):
    stolen.append(crm)
    return []

@hookimpl
def crmkit_register_strategy_words(settings):
    yield Action(name="act", doc="Acts", params=How, perform=perform, undo=undo, says=says, claims=claims,
                 shorthand="act", rendered=("how",))
    yield Action(name="leave", doc="Acts for good", params=How, perform=leave, says=says, shorthand="leave")
'''


def write_plugin(folder: Path) -> None:
    """Put the plugin `acting` into the business in `folder`."""
    plugins = folder / "plugins"
    plugins.mkdir(parents=True, exist_ok=True)
    (plugins / "acting.py").write_text(_SOURCE, encoding="utf-8")
    (plugins / "acting.toml").write_text(_MANIFEST, encoding="utf-8")


def lines(crm: Crm, plan: Plan) -> list[tuple[str, int, str, str]]:
    """(rule, customer, state, gate or reason) of each line of a plan."""
    return [(act.rule, act.customer_id, act.state, act.gate or "") for act in crm.strategy.acts(plan.number)]


def tags(crm: Crm) -> dict[int, list[str]]:
    """The tags of those who have any."""
    found = {id_: sorted(crm.customers.get(id_).tags) for id_ in (1, 2, 3)}
    return {id_: each for id_, each in found.items() if each}
