"""Every command is called in a language that no English text is part of: what of English is left?

The language is made here: each text that goes through the catalogues comes out in Greek letters, whatever it
is. Latin words beside each other are then data, names and codes, or a text that was forgotten.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from crmkit.core import language
from tests.acceptance.rights.business import FILES, STAFF, Business, made
from tests.acceptance.rights.commands import COMMANDS

_LATIN: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_GREEK: Final = "αβκδεφγηιξκλμνοπθρστυβωχυζΑΒΚΔΕΦΓΗΙΞΚΛΜΝΟΠΘΡΣΤΥΒΩΧΥΖ"
_LETTERS: Final = str.maketrans(_LATIN, _GREEK)
# What a translation keeps: places for values, options, code, the names of files and tables, what is typed.
_KEPT: Final = re.compile(
    r"\{[^{}]*\}|--[a-z][a-z-]*|`[^`]+`|crm\.toml|\[[a-z_.A-Z]+\]|\bcrm [a-z-]+(?: [a-z-]+)*"
)
_PROSE: Final = re.compile(r"(?<![\w.:/@-])[A-Za-z][a-z]+ [a-z]{2,}\b")
_COMMAND: Final = re.compile(r"\bcrm(?: (?:[\w./:@=+…<>|-]+|\"[^\"]*\"|'[^']*'))+")
_PAPER: Final = re.compile(r"\((?:BG/NBD|Gamma-Gamma): .*")
# For programs, for customers in their own language, and the files of a developer.
_OTHERS: Final = ("--csv", "--format")
_NOT_SPOKEN: Final = frozenset({
    "customers export", "interactions export", "records TYPE export", "suppressions export", "quotes html",
    "mail read", "plugins check", "plugins new", "surveys preview", "templates preview", "templates show",
})  # fmt: skip


class _Greek:
    """The catalogue that has every text."""

    def gettext(self, message: str) -> str:
        parts = _KEPT.split(message)
        kept = [*_KEPT.findall(message), ""]
        return "".join(part.translate(_LETTERS) + own for part, own in zip(parts, kept, strict=True))

    def ngettext(self, one: str, many: str, count: int) -> str:
        return self.gettext(one if count == 1 else many)

    def pgettext(self, context: str, message: str) -> str:
        return self.gettext(message)


@pytest.mark.timeout(600)
def test_no_command_speaks_english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Receipts, tables, notes, empty lists and errors of all commands are texts of the catalogues."""
    business = made(tmp_path / "rye")
    monkeypatch.setattr(language, "read", lambda *_: _Greek())
    monkeypatch.setenv("CRMKIT_LANGUAGE", "pl")  # whose dates and numbers it has
    mine, theirs = business.numbers["ola"], business.numbers["coco"]
    numbers = {**theirs, **{f"my{name}": number for name, number in mine.items()}, "mine": mine["ref"]}
    data = _written_by_people(business)
    left = {
        f"crm {command} {way}: {line}"
        for command, ways in COMMANDS.items()
        if command not in _NOT_SPOKEN
        for way in ways
        if not any(each in way for each in _OTHERS)
        for line in _english(business, command, way.replace("--json", "").format_map(numbers), data)
    }
    business.close()
    assert not left, "\n".join(sorted(left))


def _english(business: Business, command: str, way: str, data: str) -> Iterator[str]:
    """Lines of what a command says with words of English beside each other."""
    answer = business.run([*command.replace("TYPE", "cake").split(), *shlex.split(way)])
    for line in f"{answer.stdout}\n{answer.stderr}".splitlines():
        if any(found not in data for found in _PROSE.findall(_PAPER.sub("", _COMMAND.sub("", line)))):
            yield line.strip()


def _written_by_people(business: Business) -> str:
    """All that this business's people have written, in files and in commands."""
    files = [each for kind in ("toml", "txt") for each in business.folder.rglob(f"*.{kind}")]
    ways = [way for ways in COMMANDS.values() for way in ways]
    names = [each for person in STAFF for each in person]
    rows = [business.kept(numbers["ref"]) for numbers in business.numbers.values()]
    notes = [*(f"{name} suppressed" for name in business.numbers), 'once = "per occasion"']
    return "\n".join(
        (*(each.read_text("utf-8") for each in files), *FILES.values(), *ways, *names, *rows, *notes)
    )
