"""The hooks of a plugin that is made of capabilities."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import fields, frozen

from crmkit.core.hooks import HookSpecs
from crmkit.core.plugins.capability import Capability
from crmkit.core.plugins.capability_hooks import CapabilityHooks

HOOKS = {
    name: method
    for name, method in inspect.getmembers(CapabilityHooks, inspect.isfunction)
    if hasattr(method, "crmkit_impl")
}


@frozen
class Settings:
    """Which capabilities are in use."""

    use: frozenset[str]


def says(name: str) -> Capability:
    """A capability that answers with its name to every question, and has one decider of its own."""

    def answer(*_: Any) -> Iterator[Any]:
        yield name

    asked = {each.name: answer for each in fields(Capability) if each.name not in ("name", "deciding")}
    return Capability(name=name, deciding={name: answer}, **asked)


def test_each_question_has_its_hook() -> None:
    """Whatever a capability can answer is asked by one hook, with arguments that its specification offers."""
    assert len(HOOKS) == len(fields(Capability)) - 1
    for name, method in HOOKS.items():
        offered = inspect.signature(getattr(HookSpecs, f"crmkit_{name}")).parameters
        assert set(inspect.signature(method).parameters) <= set(offered), name


def test_those_in_use_answer_in_their_order() -> None:
    """A hook yields what the capabilities in use say, in the plugin's order; the others are not asked."""
    hooks: Any = CapabilityHooks((says("tasks"), says("deals"), says("cases")), Path())
    settings = Settings(frozenset({"cases", "tasks"}))
    assert list(hooks.register_jobs(settings)) == ["tasks", "cases"]
    drafts: Any = ([], {}, None, None, settings)
    assert list(hooks.before_records_saved("cases", *drafts)) == ["cases"]
    assert list(hooks.before_records_saved("deals", *drafts)) == []
