"""The order of plugins."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmkit.core.plugins.discovery import Found
from crmkit.core.plugins.manifest import Manifest
from crmkit.core.plugins.order import ordered


def plugin(name: str, requires: str = "", after: str = "") -> Found:
    """A plugin that names others."""
    manifest = Manifest(
        name=name, title=name, doc=name, requires=tuple(requires.split()), after=tuple(after.split())
    )
    return Found(name=name, module=name, manifest=manifest, path=Path(name))


@pytest.mark.parametrize(
    ("plugins", "names"),
    [
        ([plugin("b"), plugin("a")], "b a"),
        ([plugin("b", requires="a"), plugin("c"), plugin("a")], "c a b"),
        ([plugin("b", after="a"), plugin("a")], "a b"),
        ([plugin("b", after="gone"), plugin("a")], "b a"),
        ([plugin("c", after="b"), plugin("b", requires="a"), plugin("a")], "a b c"),
    ],
)
def test_order_of_crm_toml_adjusted(plugins: list[Found], names: str) -> None:
    """Plugins keep the order of `crm.toml`, except where one names another that comes first."""
    placed, unusable = ordered(plugins)
    assert " ".join(each.name for each in placed) == names
    assert not unusable


def test_missing_requirement_and_what_hangs_on_it() -> None:
    """A plugin whose requirement is absent is set aside, and so is what requires it; the others stay."""
    placed, unusable = ordered([plugin("c", requires="b"), plugin("b", requires="a"), plugin("x")])
    assert [each.name for each in placed] == ["x"]
    assert [each.name for each in unusable] == ["b", "c"]
    assert 'requires the plugin "a"' in unusable[0].reason
    assert "crm plugins enable a" in unusable[0].hint


def test_circle_is_shown() -> None:
    """Plugins that come after each other in a circle are set aside with the circle; who only waits stays."""
    circle = [
        plugin("a", after="b"),
        plugin("b", requires="c"),
        plugin("c", after="a"),
        plugin("d", after="a"),
    ]
    placed, unusable = ordered([*circle, plugin("x")])
    assert [each.name for each in placed] == ["d", "x"]
    assert {each.name for each in unusable} == {"a", "b", "c"}
    assert "a → b → c → a" in unusable[0].reason


def test_plugin_after_itself() -> None:
    """A plugin that names itself is set aside."""
    placed, unusable = ordered([plugin("a", after="a")])
    assert not placed
    assert "a → a" in unusable[0].reason
