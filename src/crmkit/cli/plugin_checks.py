"""`crm plugins check`: how a plugin stands with what crmkit asks of every plugin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crmkit.cli.column import Column
from crmkit.cli.errors import Findings
from crmkit.cli.options import lists
from crmkit.cli.state import State, pass_state
from crmkit.cli.terminal import safe
from crmkit.core.language import _, translated
from crmkit.core.phrase import joined, shown

if TYPE_CHECKING:
    from crmkit.testing.contract.grading import Grade
    from crmkit.testing.contract.subject import Subject

_PAGE = "docs/integrators/checks.md"
_RULES = (
    Column("rule", fixed=True, style="bold"),
    Column("name", "About", fixed=True),
    Column("asks", wrap=True, shown=translated),
)
_GRADES = (
    Column("rule", fixed=True, style="bold"),
    Column("name", "About", fixed=True),
    Column("state", fixed=True, shown=translated),
    Column("why", "Why", wrap=True, shown=shown),
)
_SEVERAL = (Column("plugin", fixed=True), *_GRADES)


@click.command()
@click.argument("plugin", metavar="[NAME|PATH]", required=False)
@click.option("--rules", is_flag=True, help="List the rules, and check nothing.")
@lists
@pass_state
def check(state: State, plugin: str | None, rules: bool) -> None:
    """Check plugin NAME, or the package or file at PATH, by crmkit's rules for plugins.

    Without either it checks the package in this folder, else what crm.toml uses that does not come with
    crmkit. Each rule is done, todo, or exempt with a reason; exits with 6 where one is todo. It works on
    businesses of its own, and touches none of yours.
    """
    if rules:
        state.output.rows(_RULES, [*_listed()])
        return
    from tempfile import TemporaryDirectory

    rows = []
    with TemporaryDirectory(prefix="crmkit-check-") as scratch:
        for subject in _subjects(state, plugin, Path(scratch)):
            with state.progress(_("Checking {name}", name=subject.name)):
                rows += [*_graded(subject)]
    is_one = state.output.format == "table" and len({row["plugin"] for row in rows}) < 2
    state.output.rows(_GRADES if is_one else _SEVERAL, rows)
    _conclude(state, rows)


def _listed() -> Iterator[dict[str, Any]]:
    from crmkit.testing.contract.rules import RULES

    for rule in RULES:
        yield {"rule": rule.number, "name": rule.name, "asks": rule.doc}


def _subjects(state: State, plugin: str | None, scratch: Path) -> list[Subject]:
    """The plugins that are meant, to be examined in a folder of their own. Raises `NotFound`."""
    from crmkit.testing.in_place import declared_plugins, use_in_place

    folder = Path(plugin or ".")
    if plugin is not None and folder.suffix == ".py" and folder.is_file():
        return [_subject(folder.stem, scratch, folder)]
    if (plugin is None or folder.is_dir()) and declared_plugins(folder):
        use_in_place(folder.resolve())
        return [_subject(name, scratch) for name in declared_plugins(folder)]
    if plugin is None:
        return [_named(state, name, scratch) for name in _in_use(state)]
    return [_named(state, plugin, scratch)]


def _in_use(state: State) -> Sequence[str]:
    """What `crm.toml` names and crmkit does not bring."""
    from crmkit.core.errors import NotFound
    from crmkit.core.plugins.discovery import discover

    named = discover(state.config.crs.plugins, state.config_file.parent)
    found = [each.name for each in named.found if not each.bundled]
    if not found:
        raise NotFound(
            "crm.toml uses no plugin but those that come with crmkit",
            hint="Name one, or the folder of its package: crm plugins check NAME",
        )
    return found


def _named(state: State, name: str, scratch: Path) -> Subject:
    """A plugin that is installed, or lies beside the `crm.toml` of this run. Raises `NotFound`."""
    from crmkit.cli.plugin_names import unknown
    from crmkit.core.errors import NotFound
    from crmkit.core.plugins.discovery import discover

    try:
        home = state.config_file.parent
    except NotFound:
        home = Path()
    found = discover([name], home)
    if found.found:
        return _subject(name, scratch, found.found[0].file)
    broken = found.unusable[0]
    if broken.state == "missing":
        raise unknown(name, found.installed, "check")
    raise NotFound(broken.reason, hint=broken.hint)


def _subject(name: str, scratch: Path, local: Path | None = None) -> Subject:
    from crmkit.testing.contract.subject import examined

    return examined(name, scratch, local=local)


def _graded(subject: Subject) -> Iterator[dict[str, Any]]:
    from crmkit.testing.contract.grading import grades

    for grade in grades(subject):
        yield _row(subject.name, grade)


def _row(plugin: str, grade: Grade) -> dict[str, Any]:
    return {
        "plugin": plugin,
        "rule": grade.rule,
        "name": grade.name,
        "state": grade.state,
        "why": joined("; ", grade.faults) or grade.reason,
        "faults": grade.faults,
    }


def _conclude(state: State, rows: Sequence[dict[str, Any]]) -> None:
    todo = [row["rule"] for row in rows if row["state"] == "todo"]
    done = sum(row["state"] == "done" for row in rows)
    if not todo:
        state.output.say(
            _("Nothing to do: {done} done, {exempt} exempt.", done=done, exempt=len(rows) - done)
        )
        return
    state.output.say(
        _(
            "To do: {rules}. What each asks: {command}, and at length {page}",
            rules=safe(", ".join(dict.fromkeys(todo))),
            command="crm plugins check --rules",
            page=_PAGE,
        )
    )
    raise Findings
