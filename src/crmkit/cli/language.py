"""Which language this run speaks, and where the catalogues of its plugins are."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from crmkit.cli.state import State

VARIABLE: Final = "CRMKIT_LANGUAGE"
_OF_THE_SYSTEM: Final = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


def chosen_locale() -> str:
    """What the person at the keyboard says: `CRMKIT_LANGUAGE`, else the system's own.

    The `locale` of crm.toml is about the business's customers: whoever works there may read another language.
    """
    return os.environ.get(VARIABLE) or _of_the_system()


def places(state: State) -> Iterator[tuple[str, Path]]:
    """The plugins in use that may bring catalogues: their names, and the folders `locale` beside them."""
    for found in state.discovery:
        if not found.bundled:
            yield found.name, found.path.parent / "locale"


def leads_to_help(command: click.Command, words: Sequence[str]) -> bool:
    """Whether `crm COMMAND WORDS` may end in a page of help: it asks for one, or stops at a group."""
    if "--help" in words or "-h" in words:
        return True
    for word in words:
        if isinstance(command, click.Group) and word in command.commands:
            command = command.commands[word]
    return isinstance(command, click.Group)


def _of_the_system() -> str:
    said = next((value for name in _OF_THE_SYSTEM if (value := os.environ.get(name))), "")
    return said.partition(":")[0]
