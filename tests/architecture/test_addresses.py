"""The check that keeps registries' addresses and machines' paths out of the project."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def check() -> dict[str, Any]:
    """The names of the check, which is a program of its own."""
    return runpy.run_path(str(ROOT / ".ci" / "addresses.py"))


@pytest.mark.parametrize(
    "line",
    [
        "--index" + "-url = https://example.org/simple",
        "see https://" + "py" + "pi.org/project/x",
        'DATA = "/' + 'home/somebody/data.csv"',
        "cd /" + "root/project",
    ],
)
def test_what_ties_the_project_to_one_place_is_found(check: dict[str, Any], line: str) -> None:
    """A registry's address, its option, and a path in somebody's home are each found."""
    assert check["forbidden"]().search(line)


@pytest.mark.parametrize(
    "line",
    [
        "https://example.org/" + "home/page",
        "the plugin's root/branch",
        "a file beneath ~/" + "home/x",
        'path = "/usr/lib/postgresql"',
        "python -m pip install crmkit",
    ],
)
def test_harmless_text_is_left_alone(check: dict[str, Any], line: str) -> None:
    """Addresses of pages, relative paths and a system's common folders are no findings."""
    assert not check["forbidden"]().search(line)


def test_ignored_files_are_not_looked_at(check: dict[str, Any]) -> None:
    """What git ignores is not the project's: environments, caches and built docs are not entered."""
    patterns = check["ignored_patterns"]()
    assert check["is_ignored"](Path(".venv/lib/x.py"), patterns)
    assert check["is_ignored"](Path("docs/_build/index.html"), patterns)
    assert check["is_ignored"](Path("src/a/__pycache__/b.pyc"), patterns)
    assert not check["is_ignored"](Path("src/crmkit/core/errors.py"), patterns)
