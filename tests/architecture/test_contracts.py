"""The lines between the layers that an import graph cannot draw."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "crmkit"
ENGINE_MAKERS = {"create_engine", "engine_from_config", "create_mock_engine", "create_async_engine"}
DRIVERS = {"sqlite3", "psycopg", "apsw"}
PUBLIC = re.compile(r"crmkit(\.plugin|\.charts|\.testing(\..+)?|\.plugins\.\w+\.api)?")


def modules(folder: Path) -> Iterator[tuple[str, ast.Module]]:
    """Each Python file beneath the folder, parsed, with its place in the project."""
    for path in sorted(folder.rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every imported module with its line, wherever in the file; `from a import b` counts as `a`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module
        elif isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)


def spelled(node: ast.alias | ast.Attribute) -> str:
    """The name that an import or a dotted access brings in."""
    return node.name if isinstance(node, ast.alias) else node.attr


def engines(tree: ast.AST) -> Iterator[int]:
    """Lines on which a database engine or a driver's connection could be made."""
    for node in ast.walk(tree):
        if isinstance(node, ast.alias | ast.Attribute) and ENGINE_MAKERS & {spelled(node)}:
            yield node.lineno
    yield from (line for line, module in imports(tree) if module.split(".")[0] in DRIVERS)


def test_only_the_store_makes_engines() -> None:
    """Outside `core.store` nothing opens a database: one package holds all that is true of connections."""
    found = [
        f"{place}:{line}"
        for place, tree in modules(SOURCE)
        if not place.startswith(("src/crmkit/core/store/", "src/crmkit/testing/"))
        for line in engines(tree)
    ]
    assert found == []


@pytest.mark.parametrize("folder", [SOURCE / "plugins", ROOT / "examples"], ids=["bundled", "examples"])
def test_plugins_use_the_public_surface_only(folder: Path) -> None:
    """Bundled plugins and examples import what a stranger's plugin may: the public modules, and their own."""
    found = [
        f"{place}:{line} imports {module}"
        for place, tree in modules(folder)
        for line, module in imports(tree)
        if module.split(".")[0] == "crmkit" and not PUBLIC.fullmatch(module) and not is_own(place, module)
    ]
    assert found == []


def is_own(place: str, module: str) -> bool:
    """Whether a bundled plugin imports from itself."""
    own = re.match(r"src/(crmkit/plugins/\w+)", place)
    return own is not None and f"{module}.".startswith(own[1].replace("/", ".") + ".")


@pytest.mark.parametrize(
    ("code", "caught"),
    [
        ("import sqlalchemy as sa\nsa.create_engine('x')", True),
        ("from sqlalchemy import create_engine", True),
        ("def f():\n    import sqlite3", True),
        ("import sqlalchemy as sa\nsa.select()", False),
    ],
)
def test_engine_check_sees_what_it_should(code: str, caught: bool) -> None:
    """The check finds an engine however it is spelled, and leaves statements alone."""
    assert bool(list(engines(ast.parse(code)))) is caught


@pytest.mark.parametrize(
    ("module", "allowed"),
    [
        ("crmkit", True),
        ("crmkit.plugin", True),
        ("crmkit.charts", True),
        ("crmkit.plugins.email.api", True),
        ("crmkit.core.store", False),
        ("crmkit.plugins.email.tables", False),
    ],
)
def test_public_surface_is_what_the_docs_say(module: str, allowed: bool) -> None:
    """A plugin may import the façades and another plugin's `api`, nothing beneath them."""
    assert bool(PUBLIC.fullmatch(module)) is allowed
