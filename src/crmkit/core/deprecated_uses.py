"""What plugins and `crm.toml` use of what will go, crmkit's or another plugin's, found without running
anything of them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol

from crmkit.core.config.faults import Fault
from crmkit.core.config.problems import located
from crmkit.core.deprecation import Deprecation, deprecated, hook_uses
from crmkit.core.errors import CrmError
from crmkit.core.jobs import Finding
from crmkit.core.phrase import phrase
from crmkit.core.plugins.deprecated_settings import DeprecatedSetting, deprecated_settings
from crmkit.core.predicates.predicate import parse
from crmkit.core.word_uses import uses_of_words, words_said_by
from crmkit.core.words.deprecated import DeprecatedWord, deprecated_words, meant
from crmkit.core.words.mentioned import mentioned

if TYPE_CHECKING:
    from crmkit.core.config.faults import Keys
    from crmkit.core.config.raw import RawConfig
    from crmkit.core.kernel import Kernel
    from crmkit.core.plugins.importing import LoadedPlugin


class Going(Protocol):
    """Something that will go."""

    @property
    def sentence(self) -> str:
        """What is known of it, as the end of a sentence that says who uses it."""

    @property
    def instead(self) -> str:
        """What to use."""


def findings_of_plugins(kernel: Kernel) -> Iterator[Finding]:
    """A note for each deprecated thing that a plugin uses, however often it does."""
    for plugin in kernel.loaded.plugins:
        sources = sources_of(plugin.module)
        used: Iterable[tuple[str, Going]] = (
            *uses_of(plugin.module, sources),
            *word_uses_of(kernel, plugin.name, sources),
        )
        found = {each.sentence: each for _, each in used}
        yield from (_of_plugin(plugin, each) for each in found.values())


def _of_plugin(plugin: LoadedPlugin, each: Going) -> Finding:
    return Finding(
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


def findings_of_file(kernel: Kernel) -> Iterator[Finding]:
    """A note for each place in `crm.toml` that has a deprecated setting or names a deprecated word, and for
    each rule of a plugin's source that does."""
    raw = kernel.config.raw
    settings: Iterable[Deprecation | DeprecatedSetting] = (
        *deprecated("setting"),
        *deprecated_settings(kernel.loaded.plugins),
    )
    for each in settings:
        for keys in _places(raw.data, each.what.split(".")):
            yield _in_file(raw, keys, each)
    words = deprecated_words(kernel.words)
    for use in dict.fromkeys(uses_of_words(kernel)) if words else ():
        found = words.get(meant(kernel.words, use.word))
        if found is not None and use.keys:
            yield _in_file(raw, use.keys, found)
        elif found is not None and use.rule:
            yield _at(phrase('rule "{name}"', name=use.rule), found)
        elif found is not None:
            yield _at(use.file, found)


def going_in(kernel: Kernel, condition: str) -> Iterator[DeprecatedWord]:
    """The deprecated words that a condition names, each once; none where it cannot be understood."""
    words = deprecated_words(kernel.words)
    with suppress(CrmError):
        named = mentioned(parse(condition, kernel.context).tree) if words and condition.strip() else ()
        found = dict.fromkeys(words.get(meant(kernel.words, each)) for each in named)
        yield from (each for each in found if each is not None)


def _in_file(raw: RawConfig, keys: Keys, each: Going) -> Finding:
    (problem,) = located(raw, [Fault(keys, each.sentence)])
    return _at(problem.sentence(raw.path.parent).partition(": ")[0], each)


def _at(place: str, each: Going) -> Finding:
    return Finding(
        "note",
        phrase("{place}: uses {sentence}", place=place, sentence=each.sentence),
        phrase("Use {instead}", instead=each.instead),
    )


def word_uses_of(
    kernel: Kernel, plugin: str, sources: Iterable[Path]
) -> Iterator[tuple[str, DeprecatedWord]]:
    """(place, word) of each use of a deprecated word of crmkit's or of another plugin's by a plugin: in
    conditions that its own words say and, by its whole name such as `stamps.visits`, as a text in its code. A
    plain name such as `visits` in code may mean anything."""
    words = {key: word for key, word in deprecated_words(kernel.words).items() if word.owner != plugin}
    if not words:
        return
    for name, mention in words_said_by(kernel, plugin):
        word = words.get(meant(kernel.words, mention))
        if word is not None:
            yield name, word
    names = {word.name: word for word in words.values() if "." in word.name}
    for path in sources:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and node.value in names:
                yield f"{path.name}:{node.lineno}", names[node.value]


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
