"""What nobody uses, by kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from tests.architecture.exercised import done, offered
from tests.architecture.exercised.commands import unused_commands, unused_options
from tests.architecture.exercised.settings import unused_settings
from tests.architecture.exercised.words import unused_functions, unused_words


def unused_hooks() -> set[str]:
    """Hooks that only bundled plugins implement."""
    return set(offered.hooks()) - done().functions


def unused_errors() -> set[str]:
    """Errors that no test expects, neither as a class nor by comparing their code."""
    compared = {text for who, text in done().given if who == "=="}
    return {
        error.__name__
        for error in offered.errors()
        if error.__name__ not in done().caught and error.code not in compared
    }


KINDS: Final[Mapping[str, Callable[[], set[str]]]] = {
    "command": unused_commands,
    "option": unused_options,
    "setting": unused_settings,
    "word": unused_words,
    "function": unused_functions,
    "hook": unused_hooks,
    "error": unused_errors,
}
