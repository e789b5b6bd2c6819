"""Which modules import each other, be it inside of functions."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import crmkit

ROOT = Path(crmkit.__file__).parent
# The kernel hands whoever acts a business of their own, which is opened around a kernel.
TIED = {"crmkit.core.crm", "crmkit.core.kernel", "crmkit.core.opening"}
_FOR_TYPES = re.compile(r"^if TYPE_CHECKING:\n(?:(?:    .*)?\n)*", re.MULTILINE)
_IMPORT = re.compile(r"^ *from (crmkit[\w.]*) import (\([^)]*\)|.*)", re.MULTILINE)


def _modules() -> dict[str, str]:
    """The text of every module, by its name."""
    files = {path.relative_to(ROOT.parent).with_suffix(""): path for path in ROOT.rglob("*.py")}
    return {".".join(name.parts).removesuffix(".__init__"): path.read_text() for name, path in files.items()}


def _imported(text: str, modules: Collection[str]) -> Iterator[str]:
    """The modules that one imports, but for its annotations: by their names, or something within them."""
    for source, names in _IMPORT.findall(_FOR_TYPES.sub("", text)):
        for name in re.findall(r"\w+", names):
            inner = f"{source}.{name}"
            yield inner if inner in modules else source


def _knots(imports: Mapping[str, set[str]]) -> set[str]:
    """The modules that import themselves, by way of others."""
    left = dict(imports)
    # Who imports none that is left, or whom none that is left imports, is in no circle.
    while ends := left.keys() - (set().union(*left.values()) & {name for name in left if left[name]}):
        left = {name: wanted - ends for name, wanted in left.items() if name not in ends}
    return {name for name in left if name in _reached(name, left)}


def _reached(start: str, imports: Mapping[str, set[str]]) -> set[str]:
    reached, to_see = set[str](), [start]
    while to_see:
        new = imports[to_see.pop()] - reached
        reached |= new
        to_see += new
    return reached


def test_no_module_imports_one_that_imports_it() -> None:
    """What two modules need of each other has a module of its own."""
    modules = _modules()
    imports = {name: {*_imported(text, modules)} & modules.keys() - {name} for name, text in modules.items()}
    assert _knots(imports) == TIED
