"""What an edit did, as it is on record in English, for whoever reads it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from crmkit.core.phrase import Phrase, as_phrase, joined, nphrase, phrase

_SET: Final = "set "
_TAGS: Final = re.compile(r"(added|took) (?:a|(\d+)) tags?(?: off)?")
_HANDOVER: Final = re.compile(r"handed over the customers and open work of employee (\d+)")


def recalled(what: str) -> Phrase:
    """The words of `Changes.what`, or of a handover, as a phrase."""
    return joined(phrase("; "), map(_part, what.split("; ")))


def _part(text: str) -> Phrase:
    if text.startswith(_SET):
        return phrase("set {fields}", fields=_listed(re.split(", | and ", text.removeprefix(_SET))))
    if found := _TAGS.fullmatch(text):
        return _tags(found[1], int(found[2] or 1))
    if found := _HANDOVER.fullmatch(text):
        return phrase("handed over the customers and open work of employee {id}", id=found[1])
    return phrase(text)


def _tags(verb: str, count: int) -> Phrase:
    if verb == "added":
        return nphrase("added a tag", "added {count} tags", count)
    return nphrase("took a tag off", "took {count} tags off", count)


def _listed(words: Sequence[str]) -> Phrase:
    """`a`, `a and b`, `a, b and c`."""
    *first, last = map(as_phrase, words)
    return phrase("{first} and {last}", first=joined(phrase(", "), first), last=last) if first else last
