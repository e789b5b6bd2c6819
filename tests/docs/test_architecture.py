"""What the architecture and the decisions say of the code is so."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from inspect import CO_OPTIMIZED
from pathlib import Path
from types import FrameType

import pytest

from crmkit.testing import open_crm, run_crm

DOCS = Path(__file__).resolve().parents[2] / "docs"
ARCHITECTURE = DOCS / "architecture.md"
DECISIONS = sorted((DOCS / "decisions").glob("[0-9]*.md"))
PARTS = ["Context", "Decision", "Consequences", "Where"]
RULE = """
[rules.call]
who = "lifecycle = 'customer'"
run = "daily at 00:01"

[[rules.call.do]]
id = "note"
note = "Call them"

[[rules.call.do]]
id = "list"
file = "calls.csv"
line = ["{{ customer.name }}"]
"""
WAYS: dict[str, list[tuple[str, ...]]] = {
    "The way of a CSV row": [("customers", "import", "customers.csv")],
    "The way of an interaction": [("note", "1", "Hello")],
    "The way of a plan": [("plan",), ("apply", "1", "--yes")],
}


def modules(text: str) -> list[str]:
    """The modules that a text names."""
    return re.findall(r"`(crmkit\.(?:core|cli|web|charts)[\w.]*)`", text)


@pytest.mark.parametrize("page", [ARCHITECTURE, *DECISIONS], ids=lambda page: page.stem)
def test_every_module_that_is_named_is_there(page: Path) -> None:
    """A reader who looks for what a page names finds it."""
    named = modules(page.read_text(encoding="utf-8"))
    assert named
    assert [name for name in named if find_spec(name) is None] == []


def test_decisions_are_numbered_and_whole() -> None:
    """Each has its number, its four parts in order, and a line in the list."""
    listed = (DOCS / "decisions" / "index.md").read_text(encoding="utf-8")
    assert len(DECISIONS) >= 10
    for number, page in enumerate(DECISIONS, 1):
        text = page.read_text(encoding="utf-8")
        assert page.name.startswith(f"{number:04}-")
        assert text.startswith(f"# {number}. ")
        assert re.findall(r"^## (.*)$", text, re.MULTILINE) == PARTS, page.name
        assert f"]({page.name})" in listed


def walked(do: Callable[[], object]) -> set[str]:
    """The modules of which a function was called meanwhile."""
    seen: set[str] = set()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code.co_flags & CO_OPTIMIZED:  # not the bodies of modules and classes
            seen.add(str(frame.f_globals.get("__name__")))

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        do()
    finally:
        sys.setprofile(before)
    return seen


def test_each_way_goes_through_the_modules_that_it_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command of each way calls something in each module that the way is said to go through."""
    text = ARCHITECTURE.read_text(encoding="utf-8")
    with open_crm(tmp_path, RULE, plugins=[]):
        pass
    monkeypatch.chdir(tmp_path)
    (tmp_path / "customers.csv").write_text("name,lifecycle\nAnna,customer\n")
    lost = {}
    for title, commands in WAYS.items():
        seen: set[str] = set()
        for words in commands:
            seen |= walked(partial(_run, *words))
        section = text.partition(f"### {title}\n")[2].partition("\n##")[0]
        assert len(modules(section)) > 5
        lost[title] = [name for name in modules(section) if name not in seen]
    assert lost == {title: [] for title in WAYS}


def _run(*words: str) -> None:
    answer = run_crm(*words)
    assert answer.status == 0, answer.stderr
