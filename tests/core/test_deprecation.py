"""What will go is told to whoever uses it: as a warning in code, as a note to operators, at each call.

Nothing is deprecated now: things that are there are deprecated for a test, and a plugin uses them.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import crmkit
from crmkit import DeprecatedUse
from crmkit.core import deprecation
from crmkit.core.deprecation import Deprecation, outlived
from crmkit.testing import open_crm, run_crm
from crmkit.testing.contract.grading import graded
from crmkit.testing.contract.rules import RULES
from crmkit.testing.contract.subject import examined

OLD = (
    Deprecation(kind="name", what="crmkit.plugin.fold", since="0.1", instead="crmkit.plugin.folded"),
    Deprecation(kind="hook", what="crmkit_extend_receipt", since="0.1", instead="crmkit_extend_answer"),
    Deprecation(kind="argument", what="crmkit_extend_today.day", since="0.1", instead="days"),
    Deprecation(kind="setting", what="fields.*.doc", since="0.1", instead="fields.*.says"),
    Deprecation(kind="command", what="crm views", since="0.1", instead="crm lists"),
    Deprecation(kind="option", what="crm customers list --limit", since="0.1", instead="--first"),
)
PLUGIN = """
from crmkit import plugin
from crmkit.plugin import fold, hookimpl

@hookimpl
def crmkit_extend_receipt(interactions):
    return [(each.seq, plugin.fold("Ą")) for each in interactions]

@hookimpl
def crmkit_extend_today(day, crm):
    return []
"""
FIELD = '[fields.shoe]\ntype = "number"\ndoc = "Shoe size"\n'


@pytest.fixture
def deprecated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Things of every kind are deprecated."""
    monkeypatch.setattr(deprecation, "DEPRECATED", OLD)


@pytest.fixture
def business(tmp_path: Path, deprecated: None) -> Path:
    """The folder of a business whose plugin `stamps` uses what is deprecated."""
    plugins = tmp_path / "plugins"
    plugins.mkdir()
    (plugins / "stamps.py").write_text(PLUGIN)
    (plugins / "stamps.toml").write_text('name = "stamps"\ntitle = "Stamps"\ndoc = "Stamps"\n')
    with pytest.warns(DeprecatedUse), open_crm(tmp_path, FIELD, plugins=["stamps"]):
        return tmp_path


def test_a_developer_is_warned_with_name_version_and_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deprecated: None
) -> None:
    """The warning names the plugin, since when, until when and what to use, in the line that does so."""
    site = tmp_path / "site"
    (site / "crmkit_stamps").mkdir(parents=True)
    (site / "crmkit_stamps" / "__init__.py").write_text(PLUGIN)
    (site / "crmkit_stamps" / "plugin.toml").write_text('name = "stamps"\ntitle = "S"\ndoc = "S"\n')
    info = site / "crmkit_stamps-2.3.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: crmkit-stamps\nVersion: 2.3\n")
    (info / "entry_points.txt").write_text("[crmkit.plugins]\nstamps = crmkit_stamps\n")
    monkeypatch.syspath_prepend(str(site))
    with pytest.warns(DeprecatedUse) as told, open_crm(tmp_path, plugins=["stamps"]):
        pass
    del sys.modules["crmkit_stamps"]  # by hand: monkeypatch would put it back at the end
    said = {str(each.message): each.lineno for each in told}
    stays = "which is deprecated since crmkit 0.1 and gone in 0.3: use"
    assert said == {
        f'Plugin "stamps" 2.3 uses crmkit.plugin.fold, {stays} crmkit.plugin.folded': 3,
        f'Plugin "stamps" 2.3 uses crmkit_extend_receipt, {stays} crmkit_extend_answer': 5,
        f'Plugin "stamps" 2.3 uses crmkit_extend_today.day, {stays} days': 9,
    }
    assert {Path(each.filename).parent.name for each in told} == {"crmkit_stamps"}


def test_a_program_is_warned_by_its_module(deprecated: None) -> None:
    """What is no plugin is named by its module; what is not deprecated says nothing."""
    with pytest.warns(DeprecatedUse, match=r"^The module crmkit_free uses crmkit\.plugin\.fold, ") as told:
        exec("from crmkit.plugin import fold, hookimpl", {"__name__": "crmkit_free"})
    assert len(told) == 1


@pytest.mark.filterwarnings("ignore::crmkit.DeprecatedUse")
@pytest.mark.parametrize("command", ["check", "doctor"])
def test_an_operator_reads_each_once(business: Path, command: str) -> None:
    """Plugins' uses are notes that do not fail the check; those of crm.toml come with their line."""
    answer = run_crm("--config", business, command)
    assert answer.status == 0, answer.stdout
    lines = [line for line in answer.stdout.splitlines() if "deprecated" in line]
    words = ["crmkit.plugin.fold", "crmkit_extend_receipt", "crmkit_extend_today.day"]
    for word in words:
        assert sum(f'Plugin "stamps" local uses {word}, ' in line for line in lines) == 1
    of_file = [line for line in lines if "crm.toml:" in line]
    assert len(of_file) == (1 if command == "check" else 0)
    assert all(
        "fields.*.doc, which is deprecated since crmkit 0.1 and gone in 0.3" in line for line in of_file
    )


@pytest.mark.filterwarnings("ignore::crmkit.DeprecatedUse")
def test_a_call_of_what_will_go_says_so_beside_its_answer(business: Path) -> None:
    """A command and an option are told on stderr when they are used, and only then."""
    shown = run_crm("--config", business, "views", "list", "--json")
    assert "crm views, which is deprecated since crmkit 0.1 and gone in 0.3: use crm lists" in shown.stderr
    assert shown.json == []
    assert "use --first" in run_crm("--config", business, "customers", "list", "--limit", "3").stderr
    assert run_crm("--config", business, "customers", "list").stderr.count("deprecated") == 0


@pytest.mark.filterwarnings("ignore::crmkit.DeprecatedUse")
def test_its_author_finds_it_to_do(business: Path) -> None:
    """`crm plugins check` has each place under CK07."""
    rule = next(each for each in RULES if each.number == "CK07")
    grade = graded(rule, examined("stamps", business / "x", local=business / "plugins" / "stamps.py"))
    assert grade.state == "todo"
    places = [fault.partition(" uses ")[0] for fault in grade.faults]
    assert places == ["stamps.py:3", "stamps.py:7", "stamps.py:5", "stamps.py:9"]


def test_two_minor_versions_are_two() -> None:
    """What 0.1 deprecates is there in 0.2, and has to be gone in 0.3."""
    assert outlived("0.2.9", OLD) == []
    assert outlived("0.3.0", OLD) == list(OLD)
    with pytest.raises(ValueError, match="minor version"):
        Deprecation(kind="name", what="crmkit.X", since="0.1.0", instead="crmkit.Y")


def test_the_warning_is_one_of_pythons_own() -> None:
    """Whoever filters DeprecationWarning filters these."""
    assert issubclass(crmkit.DeprecatedUse, DeprecationWarning)
