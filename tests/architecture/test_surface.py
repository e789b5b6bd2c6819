"""What is public is written down: whoever changes it sees so, and says so in the changelog."""

from __future__ import annotations

from difflib import unified_diff
from pathlib import Path

import click

from tests.architecture.surface import COMMANDS, PYTHON, commands, commands_now, python_now


def _changed(file: Path, now: str) -> str:
    before = file.read_text(encoding="utf-8").splitlines()
    lines = list(unified_diff(before, now.splitlines(), file.name, "now", lineterm="", n=0))
    return (
        "\n".join([*lines, "If it is meant: make surface, and a fragment in changelog.d."]) if lines else ""
    )


def test_what_programs_and_plugins_import_is_as_written() -> None:
    """Names, fields, signatures and hooks; taking one away or adding a needed argument breaks strangers."""
    changed = _changed(PYTHON, python_now())
    assert not changed, changed


def test_commands_and_their_options_are_as_written() -> None:
    """Scripts call them: a command or an option that is gone breaks what operators have written."""
    changed = _changed(COMMANDS, commands_now())
    assert not changed, changed


def test_until_a_day_includes_it_on_every_command() -> None:
    """People learn it once; each help says so, in the same words."""
    said = {
        path: (option.get_help_record(click.Context(command)) or ("", ""))[1]
        for path, command in commands()
        for option in command.params
        if isinstance(option, click.Option) and "--until" in option.opts
    }
    assert len(said) > 10
    silent = [
        path
        for path, text in said.items()
        if "last day" not in text.lower() and "a day is meant as a whole" not in text
    ]
    assert silent == []
