"""The pictures of when hooks are called are whole, and say what happens."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest

from crmkit import Crm, CustomerDraft, InteractionDraft
from crmkit.core.hooks import HookSpecs
from crmkit.testing import open_crm, run_crm
from docs.lifecycle import MOMENTS, Asked, lifecycle, moments_of, placed_hooks

HOOKS = [name for name in vars(HookSpecs) if name.startswith("crmkit_")]
CRM_TOML = """
[records.cake]
states = ["ordered", "baked"]

[rules.call]
who = "lifecycle = 'customer'"
run = "daily at 00:01"
note = "Call them"
"""


def test_every_hook_has_its_place_in_both_forms() -> None:
    """Each hook stands in a picture, which any browser can read, and in the list that says the same."""
    page = lifecycle()
    pictures = re.findall(r"<svg.*</svg>", page)
    assert len(pictures) == len(MOMENTS)
    drawn = {text.text for picture in pictures for text in ET.fromstring(picture).iter("tspan")}
    assert [name for name in HOOKS if name not in drawn or f"[`{name}`](hooks.md#{name})" not in page] == []
    assert all(ET.fromstring(picture).find("title") is not None for picture in pictures)


def test_nothing_is_drawn_in_a_colour_of_its_own() -> None:
    """In light and in dark the pictures have the colour of the text around them."""
    assert {*re.findall(r'(?:fill|stroke)="(.*?)"', lifecycle())} == {"currentColor"}


def test_text_stays_within_its_box() -> None:
    """No name of a hook and no line is wider than what it is drawn in, by the widths of common fonts."""
    for picture in re.findall(r"<svg.*</svg>", lifecycle()):
        for line in ET.fromstring(picture).iter("text"):
            inside = "".join(line.itertext())
            wide = 7.9 if line.find(".//tspan[@font-family]") is not None else 6.9
            assert len(inside) * wide <= 330, inside


def test_a_new_hook_without_a_place_stops_the_build() -> None:
    """A specification that says no moment, or one that there is not, is named."""

    def crmkit_before_lunch() -> None:
        """Decide what there is for lunch."""

    with pytest.raises(ValueError, match="crmkit_before_lunch says not in which moment"):
        placed_hooks({"crmkit_before_lunch": crmkit_before_lunch})
    crmkit_before_lunch.__doc__ = "Decide.\n\nMoments: noon.decide."
    with pytest.raises(ValueError, match=r"no moment 'noon\.decide'"):
        placed_hooks({"crmkit_before_lunch": crmkit_before_lunch})


def probe(folder: Path) -> Callable[[], list[str]]:
    """A plugin that implements every hook and does nothing; the function gives the calls since it was last
    asked."""
    calls = folder / "calls.txt"
    calls.touch()
    parts = ["from pathlib import Path\nfrom crmkit.plugin import hookimpl\n"]
    for name in HOOKS:
        answer = "None" if name.endswith(("_tables", "_visibility")) else "[]"
        parts.append(
            f"@hookimpl\ndef {name}():\n    with Path({str(calls)!r}).open('a') as file:\n"
            f"        file.write('{name}\\n')\n    return {answer}\n"
        )
    plugins = folder / "plugins"
    plugins.mkdir()
    (plugins / "probe.py").write_text("\n".join(parts))
    (plugins / "probe.toml").write_text('name = "probe"\ntitle = "Probe"\ndoc = "Probe"\n')

    def since() -> list[str]:
        called = calls.read_text().split()
        calls.write_text("")
        return called

    return since


def drawn(moment: str) -> list[str]:
    """The hooks that a picture says are called, in its order."""
    placed = placed_hooks()
    steps = next(each.steps for each in MOMENTS if each.name == moment)
    asked = [step for step in steps if isinstance(step, Asked) and not step.given]
    return [name for step in asked for name in placed[f"{moment}.{step.name}"]]


def test_hooks_are_called_as_drawn(tmp_path: Path) -> None:
    """A plugin that has every hook is called in the order of the pictures, and no other hook is."""
    since = probe(tmp_path)
    seen: dict[str, list[str]] = {}
    with open_crm(tmp_path, CRM_TOML, plugins=["probe"]) as crm:
        seen["open"] = since()[-len(drawn("open")) :]
        _saved(crm)
        seen["change"] = since()
        crm.customers.profiles([1])
        crm.today()
        seen["look"] = since()
        crm.strategy.plan()
        seen["plan"] = since()
    where = ("--config", tmp_path)
    for moment, words in (
        ("apply", ("apply", "1", "--yes")),
        ("change", ("note", "1", "Hello")),
        ("work", ("worker", "--once")),
        ("merge", ("customers", "merge", "1", "2", "--yes")),
        ("export", ("privacy", "export", "1", "--output", tmp_path)),
        ("erase", ("privacy", "erase", "3", "--reason", "request", "--yes")),
    ):
        answer = run_crm(*where, *words)
        assert answer.status == 0, answer.stderr
        seen[f"{moment} by {words[0]}"] = [each for each in since() if "_register_" not in each]
    for name, called in seen.items():
        shown = drawn(name.partition(" ")[0])
        assert [each for each in called if each not in shown] == [], name
    assert seen["open"] == drawn("open")
    assert seen["change by note"] == [
        "crmkit_before_interactions_recorded", "crmkit_after_interactions_recorded", "crmkit_extend_receipt",
    ]  # fmt: skip
    in_order = ("apply by apply", "merge by customers", "export by privacy", "erase by privacy", "plan")
    for name in in_order:
        shown = drawn(name.partition(" ")[0])
        # An erasure asks twice: for its preview, which is undone, and in earnest.
        called = [*dict.fromkeys(seen[name])]
        assert called == [each for each in shown if each in called], name
        assert called, name


def _saved(crm: Crm) -> None:
    for name in ("Anna", "Berta", "Cora"):
        crm.customers.save(CustomerDraft(name=name, lifecycle="customer"))
    crm.interactions.record(InteractionDraft(customer=1, type="note", payload={"text": "Hello"}))


def test_a_specification_says_its_moments() -> None:
    """The order of moments in a specification is the author's; each is read."""
    assert moments_of(HookSpecs.crmkit_review_proposals) == ["plan.review", "reach.review"]
