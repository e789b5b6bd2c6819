"""Reads what a page of the docs does."""

from __future__ import annotations

import doctest
import re
from pathlib import Path
from typing import Final

from tests.architecture.exercised import python
from tests.architecture.exercised.found import Done, Line
from tests.docs.blocks import Block, read_commands

_CALL: Final = re.compile(r"\bcrm (.*?)(?:[|;&]|$)", re.MULTILINE)
_WORD: Final = re.compile(r"\"[^\"]*\"|'[^']*'|\S+")
_QUOTED: Final = re.compile(r"'([^']*)'")


def every(root: Path) -> list[Path]:
    """The pages that are written by hand."""
    found = [*root.glob("*.md"), *(root / "docs").rglob("*.md")]
    return sorted(page for page in found if not {"_build", "_generated"} & set(page.parts))


def read(found: Done, block: Block) -> None:
    """What the block does; what is shown as printed is not read."""
    match block.language:
        case "toml":
            found.add_text(block.text)
        case "console":
            for command in read_commands(block):
                _read_command(found, block, command.text)
        case "python":
            python.read(found, block.page, block.text)
        case "pycon":
            for example in doctest.DocTestParser().get_examples(block.text):
                python.read(found, block.page, example.source)


def _read_command(found: Done, block: Block, text: str) -> None:
    for call in _CALL.findall(re.sub(r"\\?\n", " ", text)):
        words = tuple(word.strip("\"'") for word in _WORD.findall(call))
        found.lines.append(Line(block.page, "crm", words))
        found.texts.update(words)
        found.given.update(("crm", word) for word in words)
    for quoted in _QUOTED.findall(text):  # what `printf` or `sed` writes into a file
        found.add_text(quoted.replace("\\n", "\n"))
