"""What plugins and `crm.toml` use of what will go, found without running anything of them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from crmkit.core.config.faults import Fault
from crmkit.core.config.problems import located
from crmkit.core.deprecation import Deprecation, deprecated, hook_uses
from crmkit.core.jobs import Finding
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.config.raw import RawConfig
    from crmkit.core.plugins.importing import LoadedPlugin


def findings_of_plugins(plugins: Iterable[LoadedPlugin]) -> Iterator[Finding]:
    """A note for each deprecated thing that a plugin uses, however often it does."""
    for plugin in plugins:
        found = {each.what: each for _, each in uses_of(plugin.module, sources_of(plugin.module))}
        for each in found.values():
            yield Finding(
                "note",
                phrase(
                    'Plugin "{name}" {version} uses {sentence}',
                    name=plugin.name,
                    version=plugin.version,
                    sentence=each.sentence,
                ),
                phrase(
                    "Whoever makes it can use {instead}; a newer version of it may do so already",
                    instead=each.instead,
                ),
            )


def findings_of_settings(raw: RawConfig) -> Iterator[Finding]:
    """A note for each place in `crm.toml` that has a deprecated setting."""
    for each in deprecated("setting"):
        faults = [Fault(keys, f"is {each.sentence}") for keys in _places(raw.data, each.what.split("."))]
        for problem in located(raw, faults):
            place = problem.sentence(raw.path.parent).partition(": ")[0]
            yield Finding(
                "note",
                phrase("{place}: uses {sentence}", place=place, sentence=each.sentence),
                phrase("Use {instead}", instead=each.instead),
            )


def uses_of(module: ModuleType, sources: Iterable[Path]) -> Iterator[tuple[str, Deprecation]]:
    """(place, what) of each use of a deprecated name, hook or argument by a plugin."""
    names = {each.what: each for each in deprecated("name")}
    for path in sources if names else ():
        for line, name in _names(ast.parse(path.read_text(encoding="utf-8"))):
            if name in names:
                yield f"{path.name}:{line}", names[name]
    for function in vars(module).values():
        options = getattr(function, "crmkit_impl", None)
        if isinstance(options, Mapping):
            for each in hook_uses(options.get("specname") or function.__name__, function):
                yield f"{Path(function.__code__.co_filename).name}:{function.__code__.co_firstlineno}", each


def sources_of(module: ModuleType) -> list[Path]:
    """A plugin's Python files."""
    if module.__file__ is None:
        return []
    file = Path(module.__file__)
    return sorted(file.parent.rglob("*.py")) if hasattr(module, "__path__") else [file]


def _names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every dotted name with its line, written out in full."""
    nodes = list(ast.walk(tree))
    known: dict[str, str] = {}
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                known[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                yield node.lineno, f"{node.module}.{alias.name}"
        elif isinstance(node, ast.Import):
            for alias in node.names:
                known[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
    for node in nodes:
        if isinstance(node, ast.Attribute):
            first, dot, rest = ast.unparse(node).partition(".")
            yield node.lineno, known.get(first, first) + dot + rest


def _places(table: Any, pattern: list[str], keys: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The keys of each value that a pattern such as `rules.*.old` means."""
    if not pattern:
        yield keys
    elif isinstance(table, Mapping):
        for name in table if pattern[0] == "*" else {pattern[0]} & table.keys():
            yield from _places(table[name], pattern[1:], (*keys, name))
