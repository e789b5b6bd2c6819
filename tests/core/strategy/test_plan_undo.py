"""Undo of plans: what was done goes back, what was changed since stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crmkit import Crm
from crmkit.core.errors import Conflict
from tests.core.strategy.acting import tags

Open = Callable[..., Crm]
Fill = Callable[[Crm], Crm]
RULES = (
    '[rules.a]\nrun = "daily"\ntag = "a"\n[rules.l]\nrun = "daily"\nlifecycle = "customer"\n'
    '[rules.n]\nrun = "daily"\nnote = "N"\n[rules.act]\nrun = "daily"\nact = "well"\n'
)


def test_all_of_it_goes_back(bakery: Open, three: Fill) -> None:
    """Tags, attributes, notes, and what a plugin's action did by its own undo."""
    crm = three(bakery(RULES, plugins=("acting",)))
    crm.customers.tag(1, "a")
    before = [crm.customers.get(id_).lifecycle for id_ in (1, 2, 3)]
    number = crm.strategy.plan().number
    crm.strategy.apply(number)
    ref = f"plan:{number}"
    assert crm.undo.last().ref == ref  # type: ignore[union-attr]
    preview = crm.undo.preview(ref)
    assert tags(crm)[2] == ["a", "touched"]
    receipt = crm.undo.undo(ref)
    assert receipt.done == preview.will
    assert receipt.left == ()
    assert tags(crm) == {1: ["a"]}
    assert [crm.customers.get(id_).lifecycle for id_ in (1, 2, 3)] == before
    assert {each.state for each in crm.strategy.why(2)} == {"undone"}
    assert crm.strategy.get(number).state == "undone"
    assert {act.state for act in crm.strategy.acts(number)} == {"undone"}
    assert crm.strategy.plan().acts == 0  # once per occasion, also when it was taken back
    for again in (lambda: crm.undo.undo(ref), lambda: crm.strategy.apply(number)):
        with pytest.raises(Conflict):
            again()


def test_what_was_changed_since_stays(bakery: Open, three: Fill) -> None:
    """And is listed with the reason."""
    crm = three(bakery(RULES, plugins=("acting",)))
    number = crm.strategy.plan().number
    crm.strategy.apply(number)
    from crmkit import CustomerDraft

    crm.customers.update(2, CustomerDraft(lifecycle="former"))
    receipt = crm.undo.undo(f"plan:{number}")
    assert [(each.customer_id, each.reason) for each in receipt.left] == [(2, "it was changed since")]
    assert crm.customers.get(2).lifecycle == "former"


def test_a_plugin_that_is_gone_cannot_take_back(bakery: Open, three: Fill) -> None:
    """What its action did stays in the ledger as done, and the undo says so."""
    crm = three(bakery(RULES, plugins=("acting",)))
    number = crm.strategy.plan().number
    crm.strategy.apply(number)
    without = bakery(RULES)
    receipt = without.undo.undo(f"plan:{number}")
    assert {each.reason for each in receipt.left} == {"its plugin is not in use"}
    assert {each.state for each in without.strategy.why(1)} == {"undone", "done"}


def test_an_action_without_undo_is_told(bakery: Open, three: Fill) -> None:
    """What it changed of customers under the plan's name goes back; that the rest stays is listed."""
    crm = three(bakery('[rules.leave]\nrun = "daily"\nleave = "well"\n', plugins=("acting",)))
    number = crm.strategy.plan().number
    crm.strategy.apply(number)
    preview = crm.undo.preview(f"plan:{number}")
    assert [each.what for each in preview.left] == ["acting.leave"] * 3
    assert preview.left[0].reason.startswith("it has no undo: ")
    assert tags(crm) == {1: ["left"], 2: ["left"], 3: ["left"]}
    assert crm.undo.undo(f"plan:{number}").left == preview.left
    assert tags(crm) == {}


def test_a_rule_whose_plan_was_undone_asks_again(bakery: Open, three: Fill) -> None:
    """It acted by itself; after what it led to was taken back, a person looks first."""
    crm = three(bakery('[rules.a]\nrun = "hourly"\nask_first = false\ntag = "a"\n'))
    number = crm.strategy.plan().number
    crm.strategy.apply(number)
    crm.undo.undo(f"plan:{number}")
    crm.kernel.clock.advance(hours=1)  # type: ignore[attr-defined]
    crm.strategy.run_due()
    assert tags(crm) == {}
    assert len(crm.strategy.waiting()) == 1


def test_what_was_never_applied(bakery: Open, three: Fill) -> None:
    """There is nothing to take back."""
    crm = three(bakery(RULES, plugins=("acting",)))
    with pytest.raises(Conflict, match="never applied"):
        crm.undo.undo(f"plan:{crm.strategy.plan().number}")
