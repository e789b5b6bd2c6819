"""A customer's history of consent in a cell: each entry a text that people can read and an import reads back.

`granted · 2026-05-01T10:00:00+02:00 · wording 3 · source web form · by Eva Nowak · evidence on paper`
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_PARTING: Final = " · "
# A dot of a value's own is written twice, so one that stands alone parts two values.
_ALONE: Final = re.compile(" (?<!·)·(?!·) ")
_WORDS: Final = ("wording", "source", "by", "evidence")


class Entry(NamedTuple):
    """One entry: the state and the instant as written, and what is kept beside them; empty for nothing."""

    state: str
    at: str
    wording: str = ""
    source: str = ""
    by: str = ""
    evidence: str = ""


def entry_text(entry: Entry) -> str:
    """An entry as it stands in a cell."""
    parts = [entry.state, entry.at]
    parts += [f"{word} {value}" for word in _WORDS if (value := getattr(entry, word))]
    return _PARTING.join([part.replace("·", "··") for part in parts])


def read_entry(text: str) -> Entry | None:
    """The entry that `entry_text` wrote; None for what is no such text."""
    parts = [part.replace("··", "·") for part in _ALONE.split(text)]
    if len(parts) < len(("state", "at")):
        return None
    said: dict[str, str] = {}
    for part in parts[2:]:
        word, _, value = part.partition(" ")
        if word not in _WORDS or word in said:
            return None
        said[word] = value
    return Entry(parts[0].strip(), parts[1].strip(), **said)
