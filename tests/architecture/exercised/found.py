"""What was found to be done."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

from attrs import Factory, define, frozen

Keys = tuple[str, ...]

# A value of the program within a text: `?` of an f-string, `{name}` of a template. One that is a line may be
# any lines.
_FILLED: Final = r"(?:\?|\{\w+\})"
_FILLINGS: Final = (
    (re.compile(rf"^\s*{_FILLED}\s*$", re.MULTILINE), ""),
    (re.compile(r"([{}])\1"), r"\1"),
    (re.compile(rf"(=\s*){_FILLED}"), r"\g<1>0"),
    (re.compile(_FILLED), "x"),
)


@frozen
class Line:
    """A command line: its file, the function that is called with it, its words.

    A word that is not known is `?`. The function is "crm" on a page, and "" of a list or a tuple.
    """

    file: Path
    function: str
    words: tuple[str, ...]


@define
class Done:
    """What tests and pages do.

    `keys` are those of TOML by their paths; `pieces` those of TOML that other text is put around, so that
    what is above them is not known; `arguments` are (class or function, argument). `texts` is all that is
    handed on; `given` is (who gets it, a text as a whole): a function, a key, or a comparison.
    """

    lines: list[Line] = Factory(list)
    keys: set[Keys] = Factory(set)
    pieces: set[Keys] = Factory(set)
    arguments: set[tuple[str, str]] = Factory(set)
    texts: set[str] = Factory(set)
    given: set[tuple[str, str]] = Factory(set)
    functions: set[str] = Factory(set)
    caught: set[str] = Factory(set)

    def add_text(self, text: str) -> None:
        """A text; if it is TOML, or a part of that, its keys and values."""
        self.texts.add(text)
        for name, value in _toml(text).items():
            found = self.keys if isinstance(value, dict) and "[" in text else self.pieces
            for path, leaf in _leaves((name,), value):
                found.update(path[:length] for length in range(1, len(path) + 1))
                self.given.add((path[-1], leaf))


def _toml(text: str) -> dict[str, Any]:
    """The text as TOML; nothing, if it is none, as a condition is none: `owner = 'Jan'`."""
    if not re.search(r"=|\[", text) or ("\n" not in text and "= '" in text):
        return {}
    for each in accumulate(_FILLINGS, lambda text, filling: filling[0].sub(filling[1], text), initial=text):
        with suppress(tomllib.TOMLDecodeError):
            return tomllib.loads(each)
    return {}


def _leaves(path: Keys, value: object) -> Iterator[tuple[Keys, str]]:
    """The values beneath a key with their paths; those of lists as well."""
    match value:
        case dict() if value:
            for name, each in value.items():
                yield from _leaves((*path, name), each)
        case list() if value:
            for each in value:
                yield from _leaves(path, each)
        case _:
            yield path, str(value)
