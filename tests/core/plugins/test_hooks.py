"""Calling plugins: order, opt-in arguments, and what happens when one misbehaves."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from crmkit.core.errors import PluginError, Rejected
from crmkit.core.model.customer import Customer, CustomerDraft
from crmkit.core.model.interaction import InteractionDraft
from crmkit.core.plugins.hook_names import DECIDER_HOOKS, OBSERVER_HOOKS
from crmkit.core.plugins.hooks import Hooks
from tests.core.plugins.house import House

NOBODY: Any = None
DECIDER = """
@hookimpl
def crmkit_before_customers_saved(drafts):
    {body}
"""
REFUSES = "return [Refusal(i, '{name}') for i, d in enumerate(drafts) if '{mark}' in d.name]"
SHOUTS = "return [Replace(i, CustomerDraft(name=d.name + '{mark}')) for i, d in enumerate(drafts)]"


def hooks_of(house: House, **codes: str) -> Hooks:
    """The façade over local plugins with these codes, in this order."""
    for name, code in codes.items():
        house.local(name, code)
    house.write(*codes)
    return house.load(strict=True).hooks


def save(hooks: Hooks, *names: str) -> tuple[list[str], list[tuple[int, str]]]:
    """What the deciders leave of customers with these names."""
    drafts = [CustomerDraft(name=name) for name in names]
    left, refused = hooks.before_customers_saved(drafts, NOBODY, NOBODY)
    return [str(draft.name) for draft in left], [(refusal.index, refusal.reason) for refusal in refused]


def test_without_plugins_nothing_changes(house: House) -> None:
    """Without deciders the batch is as it was."""
    assert save(hooks_of(house), "a", "b") == (["a", "b"], [])


def test_each_decider_sees_what_the_one_before_left(house: House) -> None:
    """Refused items are not shown again, replaced ones are; refusals keep the first positions."""
    hooks = hooks_of(
        house,
        first=DECIDER.format(body=REFUSES.format(name="first", mark="x")),
        second=DECIDER.format(body=SHOUTS.format(mark="!")),
        third=DECIDER.format(body=REFUSES.format(name="third", mark="c!")),
        fourth=DECIDER.format(body="return [Refusal(len(drafts) - 1, 'last')]"),
    )
    assert save(hooks, "x", "a", "c", "x", "b", "d") == (
        ["a!", "b!"],
        [(0, "first"), (2, "third"), (3, "first"), (5, "last")],
    )


def test_nobody_is_asked_about_nothing(house: House) -> None:
    """When everything is refused, later deciders are not called."""
    hooks = hooks_of(
        house, a=DECIDER.format(body=REFUSES.format(name="a", mark="")), b=DECIDER.format(body="1 / 0")
    )
    assert save(hooks, "x") == ([], [(0, "a")])


def test_order_is_that_of_crm_toml_and_pluggy_s_wishes(house: House) -> None:
    """Plugins are called in their order, those that want to be first or last before and after the others."""
    codes = {name: DECIDER.format(body=SHOUTS.format(mark=name)) for name in "abcd"}
    codes["c"] = codes["c"].replace("@hookimpl", "@hookimpl(tryfirst=True)")
    codes["a"] = codes["a"].replace("@hookimpl", "@hookimpl(trylast=True)")
    assert save(hooks_of(house, **codes), "") == (["cbda"], [])


def test_arguments_are_opt_in(house: House) -> None:
    """A plugin takes the arguments it needs, in any order, or none."""
    code = """
seen = []
@hookimpl
def crmkit_before_interactions_recorded(tx, crm):
    seen.append((tx, crm))
"""
    hooks = hooks_of(house, a=code, b="@hookimpl\ndef crmkit_before_interactions_recorded(): pass")
    draft = InteractionDraft(customer=1, type="note")
    crm: Any = "crm"
    tx: Any = "tx"
    assert hooks.before_interactions_recorded([draft], crm, tx) == ([draft], [])


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("raise KeyError('x')", "KeyError('x')"),
        ("raise SystemExit", "SystemExit"),
        ("yield 1 / 0", "ZeroDivisionError"),
        ("return 5", "not a list; write yield"),
        ("return Refusal(0, 'x')", "not a list"),
        ("return ['x']", "Replace or Refusal is expected"),
        ("return [Refusal(1, 'x')]", "item 1 of a batch of 1"),
        ("return [Refusal(-1, 'x')]", "item -1"),
        ("return [Refusal(True, 'x')]", "item True"),
        ("return [Refusal(0, '')]", "without a reason"),
        ("return [Refusal(0, 'x'), Replace(0, drafts[0])]", "twice for item 0"),
        ("return [Replace(0, 'x')]", "CustomerDraft is expected"),
    ],
)
def test_decider_that_misbehaves_is_named(house: House, body: str, said: str) -> None:
    """An exception and an answer that makes no sense both name plugin, version and hook."""
    hooks = hooks_of(house, till=DECIDER.format(body=body))
    with pytest.raises(PluginError) as caught:
        save(hooks, "a")
    assert said in caught.value.message
    assert 'Plugin "till" local failed in crmkit_before_customers_saved' in caught.value.message
    assert "Nothing was written" in caught.value.hint
    assert caught.value.details["plugin"] == "till"


def test_rejected_passes_with_the_plugin_s_name(house: House) -> None:
    """What a plugin refuses on purpose reaches the person in the plugin's own words."""
    hooks = hooks_of(house, till=DECIDER.format(body="raise Rejected('Closed', hint='Come back', at=8)"))
    with pytest.raises(Rejected) as caught:
        save(hooks, "a")
    assert (caught.value.message, caught.value.hint) == ("Closed", "Come back")
    assert caught.value.details == {"at": 8, "plugin": "till"}


def test_interrupt_passes(house: House) -> None:
    """Ctrl-C in a plugin is Ctrl-C."""
    with pytest.raises(KeyboardInterrupt):
        save(hooks_of(house, till=DECIDER.format(body="raise KeyboardInterrupt")), "a")


PROFILE = """
@hookimpl
def crmkit_extend_profile(customers):
    {body}
"""


@pytest.mark.parametrize(
    "body",
    [
        "1 / 0",
        "yield customers[0].id, 'x'",
        "yield Section('x', ())",
        "yield 99, Section('x', ())",
        "yield [], Section('x', ())",
    ],
)
def test_page_without_the_sections_of_a_plugin_that_fails(house: House, body: str) -> None:
    """A plugin that fails costs the page its sections and adds a warning; the others' are there."""
    good = PROFILE.format(body="yield customers[0].id, Section('Good', ())")
    hooks = hooks_of(house, bad=PROFILE.format(body=body), good=good)
    sections, warnings = hooks.extend_profile([Customer(id=1, uid="u", name="n")], NOBODY)
    assert [(customer_id, section.title) for customer_id, section in sections] == [(1, "Good")]
    (warning,) = warnings
    assert 'Plugin "bad"' in warning


RESTRICT = "@hookimpl\ndef crmkit_restrict_visibility(actor, tables):\n    {body}\n"


def test_restrictions_add_up(house: House) -> None:
    """Every plugin's condition holds; one without an opinion adds none."""
    hooks = hooks_of(
        house,
        a=RESTRICT.format(body="return sa.column('a') == 1"),
        b=RESTRICT.format(body="return None"),
        c=RESTRICT.format(body="return sa.column('c') == 1"),
    )
    found = hooks.restrict_visibility(NOBODY, NOBODY)
    assert [str(each.compile(dialect=sa.create_engine("sqlite://").dialect)) for each in found] == [
        "a = ?",
        "c = ?",
    ]


@pytest.mark.parametrize("body", ["1 / 0", "return True", "return 'a = 1'", "raise SystemExit"])
def test_restrictions_never_fail_open(house: House, body: str) -> None:
    """A restriction that fails, or is no condition, is an error and not a missing restriction."""
    hooks = hooks_of(house, a=RESTRICT.format(body=body))
    with pytest.raises(PluginError, match="crmkit_restrict_visibility"):
        hooks.restrict_visibility(NOBODY, NOBODY)


def test_observers_are_handed_out_ready_to_call(house: House) -> None:
    """Each observer comes with plugin and version, takes what it asks for, and runs to its end."""
    code = """
seen = []
@hookimpl
def crmkit_after_customers_changed(changes):
    seen.append(changes)
    yield
    seen.append("end")
"""
    house.local("shop", code)
    house.write("shop")
    loaded = house.load(strict=True)
    ((plugin, version, call),) = loaded.hooks.observers("after_customers_changed")
    call({"changes": (1,), "crm": None, "tx": None})
    assert (plugin, version) == ("shop", "local")
    assert loaded.plugins["shop"].module.seen == [(1,), "end"]
    assert loaded.hooks.observers("after_interactions_recorded") == ()


def test_raising_in_every_hook_in_turn(house: House) -> None:
    """Whichever hook a plugin raises in, at open or at work, the error names plugin and hook."""
    from crmkit.core.hooks import HookSpecs

    specified = [name for name in vars(HookSpecs) if name.startswith("crmkit_")]
    draft: Any = CustomerDraft(name="a")
    seen = set()
    for name in specified:
        house.local("bad", f"@hookimpl\ndef {name}():\n    raise RuntimeError('boom')")
        house.write("bad")
        loaded = house.load()
        hook = name.removeprefix("crmkit_")
        if hook.startswith("register_"):
            (failure,) = loaded.plugins.failures
            said = failure.reason
        elif hook == "extend_profile":
            (said,) = loaded.hooks.extend_profile([], NOBODY)[1]
        elif hook == "extend_receipt":
            (said,) = loaded.hooks.extend_receipt([], NOBODY)
        elif hook == "extend_today":
            (said,) = loaded.hooks.extend_today(date(2026, 5, 4), NOBODY)[1]
        elif hook == "extend_report":
            (said,) = loaded.hooks.extend_report(NOBODY, NOBODY)[1]
        elif hook in OBSERVER_HOOKS:
            ((plugin, _, call),) = loaded.hooks.observers(hook)
            with pytest.raises(RuntimeError, match="boom") as raised:
                call({})
            said = f'"{plugin}" {name} {raised.value!r}'
        else:
            arguments = {"extend_privacy_export": ([], NOBODY)}.get(hook, (NOBODY, NOBODY))
            arguments = ([draft], NOBODY, NOBODY) if hook in DECIDER_HOOKS else arguments
            arguments = ([draft], NOBODY) if hook == "review_proposals" else arguments
            arguments = ("deal", [draft], {}, NOBODY, NOBODY) if hook == "before_records_saved" else arguments
            with pytest.raises(PluginError) as caught:
                getattr(loaded.hooks, hook)(*arguments)
            said = caught.value.message
        assert '"bad"' in said
        assert name in said
        assert "boom" in said
        seen.add(hook)
    assert len(seen) == len(specified)


def test_every_hook_has_its_method() -> None:
    """The façade has a method for every specified hook that is called by name; observers share one."""
    from crmkit.core.hooks import HookSpecs

    specified = {name.removeprefix("crmkit_") for name in vars(HookSpecs) if name.startswith("crmkit_")}
    assert {hook for hook in specified if not hasattr(Hooks, hook)} == set(OBSERVER_HOOKS)
