"""Each rule of `crm plugins check` is found broken by a plugin that breaks it, and by no other."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crmkit.testing import run_crm
from crmkit.testing.contract.grading import Grade, graded, grades
from crmkit.testing.contract.rules import RULES
from crmkit.testing.contract.subject import examined
from crmkit.testing.in_place import use_in_place
from tests.testing.test_contract import COPY_ALL, COPY_FIRST, PLAIN, TABLES, WORDS, Author

NUMBERED = {rule.number: rule for rule in RULES}
TRAIT = """
def visits(as_of, tables):
    query = sa.select(tables.interaction.c.customer_id, sa.func.count().label("value"))
    return query.where(CONDITION).group_by(tables.interaction.c.customer_id)

@hookimpl
def crmkit_register_strategy_words():
    yield Trait(name="visits", type="number", doc="How often", select=visits, missing=0)
"""
OWNED = 'customer_column("customer_id", tables.customer, erase="delete", nullable=False)'
KNOWN = "known_and_current(tables, as_of)"
NOTE = """
import attrs
from crmkit import InteractionDraft

@attrs.frozen
class Said:
    text: str

def say(items, crm, tx):
    crm.interactions.record_all([InteractionDraft(customer=each.customer_id, type="subject.tasted",
        source="subject", source_ref=str(each.effect)) for each in items])

def unsay(items, crm, tx):
    BODY

@hookimpl
def crmkit_register_strategy_words():
    yield Action(name="say", doc="Says", params=Said, perform=say, undo=UNDO, says=str)
"""
TAKEN_BACK = """table = crm.tables.interaction
    query = sa.select(table.c.seq).where(table.c.source_ref.in_([str(each.effect) for each in items]))
    for seq in tx.execute(query).scalars():
        crm.interactions.void(seq, "taken back")"""
PAGE = """
def page(request, crm):
    return Response(body=BODY)

@hookimpl
def crmkit_register_routes():
    yield Route(method="GET", path="/taste", handle=page, doc="A page")
"""


@pytest.fixture
def grade(tmp_path: Path) -> Callable[..., Grade]:
    """A function that writes a plugin of one file, with its test, and grades it by one rule."""
    (tmp_path / "plugins").mkdir()
    author = Author(tmp_path / "plugins")
    (tmp_path / "test_subject.py").write_text('test = contract_checks("subject")\ndef test_more(): ...\n')

    def grade(number: str, *parts: str, **written: str) -> Grade:
        author.write(*parts, **written)
        return graded(NUMBERED[number], examined("subject", tmp_path / "x", local=author.file))

    return grade


BROKEN = [
    ("CK01", (), {"doc": "A test."}, "without a full stop"),
    ("CK02", (WORDS.replace("Tasted something", "Tasted."),), {}, "without a full stop"),
    ("CK03", (TABLES.replace(OWNED, 'sa.Column("customer_id", sa.BigInteger)'),), {}, "says not whose"),
    ("CK04", (TABLES,), {"column": f'{PLAIN}, sa.Column("more", Text)'}, "more"),
    ("CK05", (WORDS, TABLES, COPY_ALL), {"column": PLAIN}, "holds something of a person"),
    ("CK06", (WORDS, TABLES, COPY_FIRST), {}, "fails on an empty batch"),
    ("CK07", ("\nimport crmkit.core.kernel\n",), {}, "not public"),
    ("CK08", (TRAIT.replace("CONDITION", "sa.true()"),), {}, "the trait subject.visits"),
    ("CK09", (WORDS, NOTE.replace("UNDO", "unsay").replace("BODY", "return []")), {}, "refuses nobody"),
    ("CK09", (WORDS, NOTE.replace("UNDO", "None").replace("BODY", "return []")), {}, "has no undo"),
    ("CK10", ('\ndef f():\n    raise Rejected("No.")\n',), {}, "ends its message with a full stop"),
    ("CK10", ('\ndef f():\n    raise Exception("No")\n',), {}, "shown as a defect"),
    ("CK12", ("\nimport duckdb\n",), {}, "loading it imports duckdb"),
    ("CK15", (PAGE.replace("BODY", '"<p>Tasty</p>"'),), {}, "one language"),
]  # fmt: skip


@pytest.mark.parametrize(("number", "parts", "written", "said"), BROKEN)
def test_a_broken_rule_is_todo(
    grade: Callable[..., Grade], number: str, parts: tuple[str, ...], written: dict[str, str], said: str
) -> None:
    """What breaks a rule is told, with what is wrong."""
    found = grade(number, *parts, **written)
    assert found.state == "todo"
    assert said in " ".join(found.faults)


@pytest.mark.parametrize(
    ("number", "parts", "state"),
    [
        ("CK08", (TRAIT.replace("CONDITION", KNOWN),), "done"),
        ("CK09", (WORDS, NOTE.replace("UNDO", "unsay").replace("BODY", TAKEN_BACK)), "done"),
        ("CK15", (PAGE.replace("BODY", "request.languages"),), "done"),
        ("CK08", (), "exempt"),
        ("CK09", (), "exempt"),
        ("CK11", (), "done"),
        ("CK13", (), "exempt"),
        ("CK15", (), "exempt"),
    ],
)
def test_a_kept_rule_is_done(
    grade: Callable[..., Grade], number: str, parts: tuple[str, ...], state: str
) -> None:
    """What keeps a rule is done; what has nothing that the rule is about is exempt, and says why."""
    found = grade(number, *parts)
    assert (found.state, found.faults) == (state, ())
    assert bool(found.reason) == (state == "exempt")


def test_a_plugin_without_tests_is_told(grade: Callable[..., Grade], tmp_path: Path) -> None:
    """No tests, and tests that do not ask crmkit's checks, are both to do."""
    (tmp_path / "test_subject.py").write_text("def test_it(): ...\n")
    assert 'check_plugin("subject"' in grade("CK11").faults[0]
    (tmp_path / "test_subject.py").unlink()
    assert "there are no tests" in grade("CK11").faults[0]


def test_a_plugin_may_claim_an_exemption(grade: Callable[..., Grade], tmp_path: Path) -> None:
    """A rule that the manifest exempts is not looked at; one that there is not is a fault of the manifest."""
    grade("CK01", manifest='[check]\nexempt = { CK02 = "for one shop", CK99 = "no" }')
    subject = examined("subject", tmp_path / "x", local=tmp_path / "plugins" / "subject.py")
    first, second = [each for each, _ in zip(grades(subject), range(2), strict=False)]
    assert (second.state, second.reason) == ("exempt", "for one shop")
    assert "CK99, which is no rule" in first.faults[0]


def test_what_stands_in_every_ones_way_is_told_once(tmp_path: Path) -> None:
    """That a plugin cannot be loaded is said under the first rule that it keeps from being looked at."""
    file = tmp_path / "subject.py"
    file.write_text("from crmkit.plugin import hookimpl\n\n@hookimpl\ndef crmkit_register_job(): ...\n")
    file.with_suffix(".toml").write_text('name = "subject"\ntitle = "Subject"\ndoc = "A test"\n')
    found = {each.rule: each.faults for each in grades(examined("subject", tmp_path / "x", local=file))}
    (fault,) = found["CK02"]
    assert "there is no hook crmkit_register_job. Did you mean" in fault
    assert found["CK03"] == found["CK05"] == found["CK09"] == ("the same as CK02",)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a new package, which is forgotten after the test."""
    monkeypatch.syspath_prepend(str(tmp_path))
    answer = run_crm("plugins", "new", "tastings", "--into", tmp_path, "--with", "all")
    assert answer.status == 0, answer.stderr
    yield tmp_path / "crmkit-tastings"
    for name in [name for name in sys.modules if name.startswith("crmkit_tasting")]:
        del sys.modules[name]


@pytest.mark.slow
def test_what_is_new_is_at_the_top(package: Path) -> None:
    """A plugin of all parts keeps every rule as it was written, and nothing is exempt."""
    answer = run_crm("plugins", "check", package, "--json")
    assert {row["rule"]: row["state"] for row in answer.json} == dict.fromkeys(NUMBERED, "done")
    assert answer.status == 0


def test_findings_of_a_package(package: Path) -> None:
    """Faults of a package are told in a table, with the exit status for findings."""
    project = package / "pyproject.toml"
    text = project.read_text().replace('license = "MIT"\nlicense-files = ["LICENSE"]\n', "")
    project.write_text(text.replace('"crmkit>=0.1,<0.2"', '"crmkit>=0.1"').replace("tastings", "tasting"))
    shutil.rmtree(package / "tests")
    manifest = package / "src" / "crmkit_tastings" / "plugin.toml"
    source = manifest.parent.rename(manifest.parent.with_name("crmkit_tasting"))
    rest = ", ".join(f'{number} = "not now"' for number in NUMBERED if number not in ("CK11", "CK13", "CK14"))
    (source / "plugin.toml").write_text(
        f'name = "tasting"\ntitle = "T"\ndoc = "T"\n[check]\nexempt = {{ {rest} }}\n'
    )
    answer = run_crm("plugins", "check", package, "--json")
    assert answer.status == 6
    why = {row["rule"]: row["why"] for row in answer.json if row["state"] == "todo"}
    assert "there are no tests" in why["CK11"]
    assert "(crmkit>=0.1) has no bound above" in why["CK13"]
    assert "pyproject.toml names no licence" in why["CK14"]
    assert "To do: CK11, CK13, CK14." in answer.stderr


def test_the_package_in_the_folder_is_meant(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where an older version is installed, what lies in the folder is checked, and not that."""
    installed = tmp_path / "site"
    shutil.copytree(package / "src" / "crmkit_tastings", installed / "crmkit_tastings")
    info = installed / "crmkit_tastings-0.0.9.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: crmkit-tastings\nVersion: 0.0.9\n")
    (info / "entry_points.txt").write_text("[crmkit.plugins]\ntastings = crmkit_tastings\n")
    monkeypatch.syspath_prepend(str(installed))
    assert use_in_place(package)
    found = examined("tastings", tmp_path / "x").found
    assert (found.version, found.path.parent) == ("0.1.0", package / "src" / "crmkit_tastings")
    assert not use_in_place(package)  # it is found there by now


def test_texts_in_languages_are_held_together(package: Path) -> None:
    """What one language lacks, or puts in otherwise, is told of CK15."""
    from crmkit.testing.contract.languages import translations

    use_in_place(package)
    words = package / "src" / "crmkit_tastings" / "words"
    words.mkdir()
    (words / "en.toml").write_text('[card]\ntitle = "Card of {name}"\nsoft = "Soft"\n')
    (words / "pl.toml").write_text('[card]\ntitle = "Karta"\n')
    faults = list(translations(examined("tastings", package.parent / "x")))
    assert faults == [
        "words/pl.toml lacks card.soft",
        "words/pl.toml: card.title puts in [], and English ['name']",
    ]


def test_rules_are_listed_and_described() -> None:
    """`--rules` lists what is asked, and the page has a section for each rule."""
    listed = run_crm("plugins", "check", "--rules", "--json").json
    assert [each["rule"] for each in listed] == [f"CK{number:02}" for number in range(1, 16)]
    page = (Path(__file__).parents[2] / "docs" / "integrators" / "checks.md").read_text(encoding="utf-8")
    assert [each["rule"] for each in listed if f"\n## {each['rule']} " not in page] == []


def test_a_name_that_is_none() -> None:
    """The nearest plugin is offered."""
    assert "crm plugins check email" in run_crm("plugins", "check", "emial").stderr
