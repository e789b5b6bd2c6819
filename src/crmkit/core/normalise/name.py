"""Names of people: put together, and taken apart without losing a letter."""

from __future__ import annotations

from crmkit.core.normalise.text import clean_text, shown_safely

__all__ = ["clean_text", "display_name", "listed_name", "shown_safely", "split_name"]


def display_name(
    given: str = "", family: str = "", *, prefix: str = "", suffix: str = "", organization: str = ""
) -> str:
    """The name as people say it: `"Dr Anna Maria Kowalska PhD"`. An organisation's name stands alone.

    Empty parts are left out; with nothing given the result is empty.
    """
    words = (organization,) if organization.strip() else (prefix, given, family, suffix)
    return " ".join(" ".join(words).split())


def listed_name(given: str = "", family: str = "") -> str:
    """The name as lists sort it: `"Kowalska, Anna Maria"`; either part alone stands without a comma."""
    return ", ".join(part for part in (" ".join(family.split()), " ".join(given.split())) if part)


def split_name(text: str) -> tuple[str, str]:
    """`text` as `(given, family)`; every letter of it is in one or the other.

    `"Anna Maria Kowalska"`: the last word is the family name. `"Kowalska, Anna Maria"`: what stands before
    the first comma is. A single word is a given name. Family names of several words (`"van der Berg"`) need
    the comma form: guessing them would be wrong for too many people.
    """
    before, comma, after = (part.strip() for part in text.partition(","))
    if comma and before and after:
        return " ".join(after.split()), " ".join(before.split())
    words = text.split()
    if len(words) < 2:
        return " ".join(words), ""
    return " ".join(words[:-1]), words[-1]
