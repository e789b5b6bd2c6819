"""Every hook, word, command, option, setting and error is used by a test or by an executed page.

What nobody uses yet stands in `exercised/not_yet.txt`, a line each, which can only become shorter: a line
that is used has to go, by `python -m tests.architecture.exercised`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import click

from docs import generate
from tests.architecture import exercised
from tests.architecture.exercised import offered

NOT_YET: Final = Path(exercised.__file__).with_name("not_yet.txt")


def not_yet(kind: str) -> set[str]:
    """The names of that kind which nobody uses yet."""
    lines = NOT_YET.read_text(encoding="utf-8").splitlines()
    return {line.removeprefix(f"{kind}: ") for line in lines if line.startswith(f"{kind}: ")}


def assert_exercised(kind: str, unused: set[str]) -> None:
    """What is unused is what the list says, in both directions."""
    listed = not_yet(kind)
    new = [f"used by no test and on no executed page: {kind}: {name}" for name in sorted(unused - listed)]
    old = [f"used now, take it out of {NOT_YET.name}: {kind}: {name}" for name in sorted(listed - unused)]
    assert not new + old, "\n".join(new + old)


# ------------------------------------------------------------------------------------ commands and options


def _stands_in(path: tuple[str, ...], words: tuple[str, ...]) -> bool:
    """Whether the words of the command follow one another, one in capitals being any."""
    wanted = [None if each.isupper() else each for each in path]
    for start in range(len(words) - len(path) + 1):
        if all(want in (None, word) for want, word in zip(wanted, words[start:], strict=False)):
            return True
    return False


@cache
def uses(path: tuple[str, ...]) -> tuple[tuple[Path, tuple[str, ...]], ...]:
    """The calls of the command with their files."""
    found = exercised.calls_with(next(each for each in reversed(path) if not each.isupper()))
    return tuple((file, words) for file, words in found if _stands_in(path, words))


def options(command: click.Command) -> Iterator[tuple[str, frozenset[str], str]]:
    """(longest name, all names, help): what has the same names and the same help is one option."""
    for each in command.params:
        if isinstance(each, click.Option) and not each.hidden and "--help" not in each.opts:
            names = frozenset((*each.opts, *each.secondary_opts))
            yield max(each.opts, key=len), names, each.help or ""


def unused_commands() -> set[str]:
    """Commands that nobody calls."""
    return {" ".join(path) for path, _ in offered.commands() if not uses(path)}


def unused_options() -> set[str]:
    """Options that nobody gives to any of the commands that share them."""
    given: dict[tuple[frozenset[str], str], bool] = {}
    first: dict[tuple[frozenset[str], str], str] = {}
    for path, command in offered.commands():
        for name, names, meaning in options(command):
            first.setdefault((names, meaning), f"{' '.join(path)} {name}")
            if not given.get((names, meaning)):
                given[names, meaning] = is_given(path, names)
    return {first[option] for option, done in given.items() if not done}


def is_given(path: tuple[str, ...], names: frozenset[str]) -> bool:
    """Whether a call of the command has the option, or another call in a file that calls the command."""
    files = {file for file, _ in uses(path)}
    return any(file in files for name in names for file, _ in exercised.calls_with(name))


def test_every_command_is_called() -> None:
    """A command that is broken is noticed before an operator types it."""
    assert_exercised("command", unused_commands())


def test_every_option_is_given() -> None:
    """An option that is broken is noticed; one that several commands share is given to one of them."""
    assert_exercised("option", unused_options())


# ------------------------------------------------------------------------------------------------ settings


def unused_settings() -> set[str]:
    """Keys of `crm.toml` that nobody sets."""
    every = list(offered.settings())
    named = Counter(path[-1] for path, _ in every)
    return {".".join(path) for path, owner in every if not _is_set(path, owner, named[path[-1]] == 1)}


def _is_set(path: tuple[str, ...], owner: str, alone: bool) -> bool:
    keys, name = _keys(), path[-1]
    if {(owner, name), (owner, f"{name}_")} & exercised.done().keys:  # the class, called with that argument
        return True
    # Of a key that only one section has, the path is not needed; a helper may write the section above it.
    alike = keys.get(name, ())
    if alone or path[0] == "crs":
        return bool(alike) or _is_above(path)
    return any(_fits(path, key) for key in alike) or _is_above(path)


def _is_above(path: tuple[str, ...]) -> bool:
    """Whether a section beneath it is given."""
    every = exercised.done().keys
    return any(len(key) > len(path) and _fits(path, key[: len(path)]) for key in every)


@cache
def _keys() -> dict[str, list[tuple[str, ...]]]:
    found: dict[str, list[tuple[str, ...]]] = {}
    for key in exercised.done().keys:
        found.setdefault(key[-1], []).append(key)
    return found


def _fits(path: tuple[str, ...], key: tuple[str, ...]) -> bool:
    """Whether a key of a file, or its last parts, is the one of the path."""
    if len(key) < 2 and len(path) > 1:
        return False
    wanted = path[-len(key) :]
    return len(wanted) == len(key) and all(
        want in ("NAME", part) for want, part in zip(wanted, key, strict=True)
    )


def test_every_setting_is_set() -> None:
    """A key of `crm.toml` that has no effect is noticed before somebody relies on it."""
    assert_exercised("setting", unused_settings())


# ------------------------------------------------------------------------------- hooks, words, errors


def unused_hooks() -> set[str]:
    """Hooks that only bundled plugins implement."""
    return set(offered.hooks()) - exercised.done().functions


def test_every_hook_is_implemented() -> None:
    """Each hook has a plugin in a test, on a page or among the examples, apart from the bundled ones."""
    assert_exercised("hook", unused_hooks())


def unused_words() -> set[str]:
    """Words whose name, or the shorthand of an action, stands in no text of a test or page."""
    names = exercised.names_in(exercised.done().texts)
    return {
        f"{kind} {word.name}"
        for kind, word in offered.words()
        if not {word.name, getattr(word, "shorthand", None)} & names
    }


def test_every_word_is_used() -> None:
    """Traits, metrics, actions, types of contacts and records, channels and fields are used by name."""
    assert_exercised("word", unused_words())


def test_every_error_is_met() -> None:
    """Each error is expected by a test, as a class or by its code."""
    texts, caught = exercised.done().texts, exercised.done().caught
    assert_exercised(
        "error", {e.__name__ for e in offered.errors() if not {e.__name__} & caught and e.code not in texts}
    )


def test_every_function_of_conditions_is_used() -> None:
    """Each stands in a condition of a test or page, with its bracket."""
    said = {name for text in exercised.done().texts for name in re.findall(r"(\w+)\s*\(", text)}
    names = exercised.names_in(exercised.done().texts)
    assert_exercised("function", {name for name in offered.functions() if name not in said | names})


# --------------------------------------------------------------------------------------- the reference


def test_the_reference_has_every_command_with_its_options() -> None:
    """Who looks a command up finds its section, and each option in it."""
    page = generate.commands()
    section = re.compile(r"^#+ `(crm [^`]+)`\n(.*?)(?=^#|\Z)", re.MULTILINE | re.DOTALL)
    sections = {match[1]: match[2] for match in section.finditer(page)}
    lacking = []
    for path, command in offered.commands():
        said = sections.get(" ".join(("crm", *path)), "")
        lacking += [" ".join(path)] if not said else []
        lacking += [f"{' '.join(path)} {name}" for name, _, _ in options(command) if name not in said]
    assert not lacking, "\n".join(lacking)


def test_the_reference_has_every_word_and_setting() -> None:
    """Who looks a word or a key up finds a line for it."""
    words, keys = generate.words(), generate.settings()
    lacking = [word.name for _, word in offered.words() if f"| `{word.name}` |" not in words]
    lacking += [".".join(path) for path, _ in offered.settings() if path[-1] not in keys]
    assert not lacking, "\n".join(lacking)
