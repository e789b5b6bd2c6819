"""The import lines of written Python: what is used, sorted as ruff sorts them."""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from attrs import define, field

_WIDTH: Final = 110
_FUTURE: Final = "from __future__ import annotations"


@define
class Imports:
    """What a module imports: `names` by module, `modules` as a whole, and what only type checkers read."""

    names: dict[str, set[tuple[str, str | None]]] = field(factory=lambda: defaultdict(set))
    modules: set[tuple[str, str | None]] = field(factory=set)
    typing: Imports | None = None

    def add(self, node: ast.stmt) -> bool:
        """Take in a statement; False where it is no import."""
        if isinstance(node, ast.ImportFrom) and node.module:
            if node.module != "__future__":
                self.names[node.module] |= {(each.name, each.asname) for each in node.names}
        elif isinstance(node, ast.Import):
            self.modules |= {(each.name, each.asname) for each in node.names}
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            self.typing = self.typing or Imports()
            for each in node.body:
                self.typing.add(each)
        else:
            return False
        return True

    def without(self, package: str) -> None:
        """Leave out what comes of a package: it is all in this module."""
        for module in [name for name in self.names if name.split(".")[0] == package]:
            del self.names[module]
        if self.typing is not None:
            self.typing.without(package)

    def text(self, body: str, package: str) -> str:
        """The lines, of what `body` uses; what is imported anyhow is not imported again for type checkers."""
        used = _used(body)
        here = self.only(used)
        checked = self.typing.only(used) if self.typing is not None else Imports()
        for module, names in here.names.items():
            checked.names[module] -= names
        checked.modules -= here.modules
        blocks = "\n\n".join(checked.blocks(package))
        if blocks:
            here.names["typing"].add(("TYPE_CHECKING", None))
        else:
            here.names["typing"] -= {("TYPE_CHECKING", None)}
        parts = [_FUTURE, *here.blocks(package)]
        if blocks:
            indented = "\n".join(f"    {line}" if line else "" for line in blocks.splitlines())
            parts.append(f"if TYPE_CHECKING:\n{indented}")
        return "\n\n".join(parts)

    def only(self, used: set[str]) -> Imports:
        """Those whose names are used."""
        found = Imports()
        for module, names in self.names.items():
            found.names[module] = {each for each in names if (each[1] or each[0]) in used}
        found.modules = {each for each in self.modules if (each[1] or each[0].split(".")[0]) in used}
        return found

    def blocks(self, package: str) -> Iterator[str]:
        """Python's own, then other packages', then its own."""
        groups: dict[int, list[str]] = defaultdict(list)
        for module, alias in sorted(self.modules):
            groups[_group(module, package)].append(f"import {module}" + (f" as {alias}" if alias else ""))
        for module in sorted(module for module, names in self.names.items() if names):
            groups[_group(module, package)].append(_from(module, self.names[module]))
        yield from ("\n".join(groups[each]) for each in sorted(groups))


def _group(module: str, package: str) -> int:
    top = module.partition(".")[0]
    return 0 if top in sys.stdlib_module_names else 2 if top == package else 1


def _from(module: str, names: Iterable[tuple[str, str | None]]) -> str:
    """One that gets another name has a line of its own."""
    start, written = f"from {module} import", list[tuple[tuple[int, str], str]]()
    plain = sorted((name for name, alias in names if not alias), key=_order)
    if plain:
        line = f"{start} {', '.join(plain)}"
        wrapped = "\n".join([f"{start} (", *(f"    {name}," for name in plain), ")"])
        written.append((_order(plain[0]), line if len(line) <= _WIDTH else wrapped))
    written += [(_order(name), f"{start} {name} as {alias}") for name, alias in names if alias]
    return "\n".join(line for _, line in sorted(written))


def _order(name: str) -> tuple[int, str]:
    return (0 if name.isupper() and len(name) > 1 else 1 if name[0].isupper() else 2, name)


def _used(body: str) -> set[str]:
    tree = ast.parse(body)
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    if "__all__" in used:  # there what is used is written as text
        used |= {str(node.value) for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return used
