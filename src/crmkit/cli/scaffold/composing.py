"""The files of a new plugin, as text."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from crmkit.cli.scaffold.imports import Imports
from crmkit.cli.scaffold.names import Names
from crmkit.cli.scaffold.parts import Part

_HERE: Final = Path(__file__).parent / "package"
_MARK: Final = re.compile(r" *#: (?P<part>\w+)(?: not (?P<other>\w+))?$")
_UNION: Final = re.compile(r"Iterable\[\w+(?: \| \w+)+\]")
# Whose parts bring which words.
_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "Field": ("field",),
    "RecordType": ("record",),
    "InteractionType": ("interaction", "action"),
    "Channel": ("channel",),
    "Trait": ("trait",),
    "Metric": ("metric",),
    "Action": ("action",),
}
LICENCES: Final = {"mit": "MIT", "proprietary": "LicenseRef-Proprietary"}


def package_files(names: Names, parts: Sequence[Part], licence: str, year: int) -> dict[str, str]:
    """The files of a package, by their place in its folder."""
    home, has = f"src/{names.package}", {part.name for part in parts}
    files = {
        "pyproject.toml": _pyproject(names, licence),
        "README.md": _plain("README.md", names).replace("PARTS-TABLE", _table(parts)),
        "LICENSE": _plain(f"LICENSE-{licence}", names).replace("YEAR", str(year)),
        f"{home}/plugin.toml": _picked(_plain("src/plugin.toml", names), has),
        f"{home}/py.typed": "",
        f"{home}/__init__.py": _module("src/__init__.py", names, has),
        "tests/conftest.py": _module("tests/conftest.py", names, has),
        "tests/test_contract.py": _module("tests/test_contract.py", names, has),
    }
    for part in parts:
        for module in part.modules:
            files[f"{home}/{module}.py"] = _module(f"src/{module}.py", names, has)
        files[f"tests/test_{part.name}.py"] = _module(f"tests/test_{part.name}.py", names, has)
    if "table" in has:
        place = "migrations/0001_card.py"
        files[f"{home}/{place}"] = _module(f"src/{place}", names, has)
    return files


def local_files(names: Names, parts: Sequence[Part]) -> dict[str, str]:
    """The files of a plugin beside a `crm.toml`, by their place in its folder."""
    has = {part.name for part in parts}
    manifest = _picked(_plain("src/plugin.toml", names), has)
    files = {
        f"plugins/{names.plugin}.py": _one_file(names, parts),
        f"plugins/{names.plugin}.toml": re.sub(rf"{names.package}\.\w+:", f"{names.plugin}:", manifest),
        f"tests/test_{names.plugin}.py": _plain("tests/local.py", names),
    }
    if "table" in has:
        revision = _module("src/migrations/0001_card.py", names, has)
        files[f"plugins/{names.plugin}_migrations/0001_card.py"] = revision
    return files


def _pyproject(names: Names, licence: str) -> str:
    from crmkit.version import __version__

    major, minor = (int(each) for each in __version__.split(".")[:2])
    text = _plain("pyproject.toml", names).replace("LICENSE-NAME", LICENCES[licence])
    text = text.replace("CRMKIT-FROM", f"{major}.{minor}")
    return text.replace("CRMKIT-BEFORE", f"{major}.{minor + 1}" if major == 0 else str(major + 1))


def _table(parts: Sequence[Part]) -> str:
    return "\n".join(
        f"| {part.adds} | {', '.join(f'`{module}.py`' for module in part.modules)} |" for part in parts
    )


def _plain(place: str, names: Names) -> str:
    text = (_HERE / f"{place}.txt").read_text(encoding="utf-8")
    text = text.replace("crmkit-myplugin", names.distribution).replace("mycommand", names.command)
    return text.replace("myplugin", names.plugin).replace("My plugin", names.title)


def _picked(text: str, has: set[str]) -> str:
    """The lines of the parts that there are, without their marks, and without hooks that do nothing then."""
    blocks = []
    for block in text.split("\n\n\n"):
        lines = [_MARK.sub("", line) for line in block.split("\n") if _stays(line, has)]
        marked = [line for line in block.split("\n") if _MARK.search(line)]
        if not (marked and block.startswith("@")) or any(_stays(line, has) for line in marked):
            blocks.append(_UNION.sub(lambda found: _narrowed(found[0], has), "\n".join(lines)))
    return "\n\n\n".join(blocks).rstrip() + "\n"


def _stays(line: str, has: set[str]) -> bool:
    mark = _MARK.search(line)
    return mark is None or (mark["part"] in has and mark["other"] not in has)


def _narrowed(union: str, has: set[str]) -> str:
    """`Iterable[Trait | Action]` as it is of a plugin without traits: `Iterable[Action]`."""
    names = union.removeprefix("Iterable[").removesuffix("]").split(" | ")
    kept = [name for name in names if has.intersection(_WORDS.get(name, has))]
    return f"Iterable[{' | '.join(kept)}]"


def _module(place: str, names: Names, has: set[str]) -> str:
    text = _picked(_plain(place, names), has)
    imports, body = _split(text)
    return f"{_docstring(text)}\n\n{imports.text(body, names.package)}\n{_after(body)}{body}\n"


def _after(body: str) -> str:
    """How many empty lines go between imports and what follows: two before a definition."""
    return "\n\n" if body.startswith(("@", "def ", "class ")) else "\n"


def _one_file(names: Names, parts: Sequence[Part]) -> str:
    has = {part.name for part in parts}
    imports, bodies = Imports(), []
    for place in (*(module for part in parts for module in part.modules if module != "api"), "__init__"):
        text = _picked(_plain(f"src/{place}.py", names), has)
        _, body = _split(text, imports)
        bodies.append(body if place == "__init__" else f"# {_doc(text)}\n\n\n{body}")
    imports.without(names.package)
    body = "\n\n\n".join(bodies).replace('/ "migrations"', f'/ "{names.plugin}_migrations"')
    body = re.sub(rf"^    from {names.package}\.\w+ import .*\n\n?", "", body, flags=re.MULTILINE)
    if ("sqlalchemy", "sa") in imports.modules:
        body = re.sub(r"^    import sqlalchemy as sa\n\n?", "", body, flags=re.MULTILINE)
    return f'"""{names.title}."""\n\n{imports.text(body, names.package)}\n\n{body}\n'


def _split(text: str, imports: Imports | None = None) -> tuple[Imports, str]:
    """The imports of a module, and what comes after them."""
    imports = imports or Imports()
    lines, end = text.split("\n"), 1
    for node in ast.parse(text).body:
        if not imports.add(node) and not _is_doc(node):
            break
        end = node.end_lineno or end
    body = "\n".join(lines[end:]).strip("\n")
    return imports, body


def _is_doc(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _docstring(text: str) -> str:
    """As it is written, quotes and all."""
    return "\n".join(text.split("\n")[: ast.parse(text).body[0].end_lineno])


def _doc(text: str) -> str:
    return ast.get_docstring(ast.parse(text)) or ""
