"""Which commands nobody calls, and which options nobody gives."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click

from tests.architecture.exercised import done, offered
from tests.architecture.exercised.found import Line

Command = tuple[str, ...]


def unused_commands() -> set[str]:
    """Commands that nobody calls."""
    return {" ".join(path) for path, _ in offered.commands() if path not in _calls()}


def unused_options() -> set[str]:
    """Options that nobody gives to any of the commands that share them."""
    given: dict[tuple[frozenset[str], str], bool] = {}
    first: dict[tuple[frozenset[str], str], str] = {}
    for path, command in offered.commands():
        for name, names, meaning in options(command):
            first.setdefault((names, meaning), f"{' '.join(path)} {name}")
            given[names, meaning] = given.get((names, meaning), False) or _is_given(path, names)
    return {first[option] for option, is_given in given.items() if not is_given}


def options(command: click.Command) -> Iterator[tuple[str, frozenset[str], str]]:
    """(longest name, all names, help): what has the same names and the same help is one option."""
    for each in command.params:
        if isinstance(each, click.Option) and not each.hidden and "--help" not in each.opts:
            names = frozenset((*each.opts, *each.secondary_opts))
            yield max(each.opts, key=len), names, each.help or ""


def _is_given(path: Command, names: frozenset[str]) -> bool:
    """Whether a call of the command has the option, or the arguments of a function that names no command
    itself, in a file that calls this one."""
    by_command, by_file = _words()
    files = {line.file for line in _calls().get(path, ())}
    given = (by_command.get(path, set()), *(by_file.get(file, set()) for file in files))
    return any(names & each for each in given)


@cache
def _words() -> tuple[dict[Command, set[str]], dict[Path, set[str]]]:
    """The options in the calls of each command, and in the lines of each file that call none."""
    by_command: dict[Command, set[str]] = {}
    by_file: dict[Path, set[str]] = {}
    for path, lines in _calls().items():
        for line in lines:
            kept = by_command.setdefault(path, set()) if path else by_file.setdefault(line.file, set())
            kept.update(word.split("=")[0] for word in line.words if word.startswith("-"))
    return by_command, by_file


@cache
def _calls() -> dict[Command, list[Line]]:
    """The command lines by the command they call; those that name none by ()."""
    found: dict[Command, list[Line]] = {}
    by_last: dict[str, list[Command]] = {}
    for path, _ in offered.commands():
        by_last.setdefault(path[-1], []).append(path)
    for line in done().lines:
        among = {path for word in set(line.words) for path in by_last.get(word, ())}
        for path in [path for path in among if _names(line, path)] or [()]:
            found.setdefault(path, []).append(line)
    return found


def _names(line: Line, path: Command) -> bool:
    """Whether the line calls the command.

    The words of a long one follow one another, one in capitals being any. A short one is the first word of
    what a function is given that is given long ones too: `find` is a function of Python's as well.
    """
    if len(path) == 1:
        return _typed(line.words)[:1] == path and (line.function in _runners() or "crmkit" in line.words)
    return any(_begins(words, path) for words in _tails((line.function, *line.words)))  # `deals("add")`


def _tails(words: Command) -> Iterator[Command]:
    return (words[start:] for start in range(len(words)))


def _begins(words: Command, path: Command) -> bool:
    return len(words) >= len(path) and all(
        each.isupper() or each == word for each, word in zip(path, words, strict=False)
    )


@cache
def _runners() -> set[str]:
    """The functions that are given command lines, by those of several words."""
    long = {path for path, _ in offered.commands() if len(path) > 1}
    lines = [(line.function, _typed(line.words)) for line in done().lines if line.function]
    return {function for function, words in lines if {words[:2], words[:3], words[:4]} & long}


def _typed(words: Command) -> Command:
    """What is typed after `crm` and the options of every command."""
    if "crmkit" in words:
        return _typed(words[words.index("crmkit") + 1 :])
    for place, word in enumerate(words):
        if not word.startswith("-") and (place == 0 or words[place - 1] not in _valued()):
            return words[place:]
    return ()


@cache
def _valued() -> set[str]:
    """The options of every command that have a value."""
    from crmkit.cli.root import crm

    return {name for each in crm.params if not getattr(each, "is_flag", True) for name in each.opts}
