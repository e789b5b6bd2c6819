"""Several values in one cell: parted by `;`, `,` or `|`, in double quotes where a value holds such a mark."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_MARK: Final = re.compile("[;,|]")
_PART: Final = re.compile(r'\s*"((?:[^"]|"")*)"\s*(?:[;,|]|$)|([^;,|]*)(?:[;,|]|$)')


class Single(str):
    """A cell that is one value, whatever marks are in it: a list of one, in a format that has lists."""

    __slots__ = ()


def joined(values: Iterable[str]) -> str:
    """`values` as one cell, which `parted` takes apart again."""
    return ";".join([_quoted(value) for value in values])


def parted(text: str) -> list[str]:
    """The values in a cell, without outer blanks and without empty ones."""
    if type(text) is Single:
        return [part] if (part := text.strip()) else []
    if '"' not in text:
        return [part for each in _MARK.split(text) if (part := each.strip())]
    found = [(each[1] or "").replace('""', '"') or (each[2] or "").strip() for each in _PART.finditer(text)]
    return [part for part in found if part]


def _quoted(value: str) -> str:
    if '"' in value or _MARK.search(value):
        return '"' + value.replace('"', '""') + '"'
    return value
