"""What is deprecated is there, is told of, and goes when it was promised to."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from importlib import import_module
from inspect import signature
from pathlib import Path

import crmkit
from crmkit.core.deprecation import DEPRECATED, Deprecation, outlived
from crmkit.core.hooks import HookSpecs
from docs import generate
from tests.architecture.surface import COMMANDS
from tests.core.test_deprecation import OLD

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "integrators" / "upgrading.md"


def missing_in(guide: str, among: Iterable[Deprecation]) -> list[str]:
    """What the upgrade guide does not name in the section of the version that deprecated it."""
    pieces = re.split(r"^## To (\S+)$", guide, flags=re.MULTILINE)
    sections = dict(zip(pieces[1::2], pieces[2::2], strict=True))
    return [each.what for each in among if f"`{each.what}`" not in sections.get(each.since, "")]


def absent(among: Collection[Deprecation]) -> Iterator[str]:
    """What cannot be used any more, so that nobody has to be told of it."""
    commands = COMMANDS.read_text(encoding="utf-8").splitlines()
    settings = generate.settings() if any(each.kind == "setting" for each in among) else ""
    for each in among:
        first, _, last = each.what.rpartition(".")
        if each.kind == "name":
            there = hasattr(import_module(first), last)
        elif each.kind == "hook":
            there = hasattr(HookSpecs, each.what)
        elif each.kind == "argument":
            there = last in signature(getattr(HookSpecs, first)).parameters
        elif each.kind == "setting":
            table = first.replace("*", "NAME")
            there = f"| `{last}` |" in settings.partition(f"## `[{table}]`")[2].partition("\n## ")[0]
        elif each.kind == "command":
            there = any(f"{line} ".startswith(f"{each.what} ") for line in commands)
        else:
            there = any(_has(line, each.what) for line in commands)
        if not there:
            yield each.what


def _has(line: str, what: str) -> bool:
    command, _, option = what.rpartition(" ")
    return line.startswith(f"{command} ") and re.search(rf"{option}\b", line) is not None


def test_nothing_has_outlived_its_two_minor_versions() -> None:
    """What was to be gone in this version is taken out, and so is its line in the list."""
    assert outlived(crmkit.__version__, DEPRECATED) == []


def test_the_upgrade_guide_names_all_that_is_deprecated() -> None:
    """Whoever upgrades reads in one page what to change, in the section of the version that says so."""
    assert missing_in(GUIDE.read_text(encoding="utf-8"), DEPRECATED) == []


def test_what_is_deprecated_still_works() -> None:
    """Each name, hook, setting, command and option of the list is there as long as it is on it."""
    assert list(absent(DEPRECATED)) == []


def test_these_checks_find_what_they_are_for() -> None:
    """Something that is not in the guide, or not there, is named; each kind is known when it is there."""
    guide = "## To 0.1\n\n`crmkit.plugin.fold` and `crm views`\n\n## To 0.2\n\n`crmkit_extend_receipt`\n"
    kept = [OLD[1].what, OLD[2].what, OLD[3].what, OLD[5].what]
    assert missing_in(guide, OLD) == kept
    assert list(absent(OLD)) == []
    gone = (
        Deprecation(kind="name", what="crmkit.plugin.gone", since="0.1", instead="-"),
        Deprecation(kind="hook", what="crmkit_gone", since="0.1", instead="-"),
        Deprecation(kind="argument", what="crmkit_extend_today.gone", since="0.1", instead="-"),
        Deprecation(kind="setting", what="fields.*.gone", since="0.1", instead="-"),
        Deprecation(kind="command", what="crm gone", since="0.1", instead="-"),
        Deprecation(kind="option", what="crm customers list --gone", since="0.1", instead="-"),
    )
    assert list(absent(gone)) == [each.what for each in gone]
