"""Why an undo has voided an interaction: on record in English, and told in the language spoken."""

from __future__ import annotations

import re
from typing import Final

from crmkit.core.phrase import Phrase, phrase

_UNDONE: Final = re.compile(r"undo of (\S+?)(?:; it came as (.+))?", re.DOTALL)
_TAKEN_BACK: Final = re.compile(r"(\S+:\d+) was taken back")


def undo_of(ref: str, origin: str = "") -> Phrase:
    """That it went with what `ref` had done; `origin` (`till:17`) is how it had come, where that is known."""
    if origin:
        return phrase("undo of {ref}; it came as {origin}", ref=ref, origin=origin)
    return phrase("undo of {ref}", ref=ref)


def taken_back(ref: str) -> Phrase:
    """That it went with the act of `ref` (`plan:2`) that had recorded it."""
    return phrase("{ref} was taken back", ref=ref)


def recalled(reason: str) -> str:
    """A reason on record; one that a person gave as it was given."""
    if found := _UNDONE.fullmatch(reason):
        return undo_of(found[1], found[2] or "").shown()
    if found := _TAKEN_BACK.fullmatch(reason):
        return taken_back(found[1]).shown()
    return reason
