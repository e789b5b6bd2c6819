"""The nearest name to one that is not known, for messages that say "did you mean …?"."""

from __future__ import annotations

from collections.abc import Iterable

_LONGEST = 64


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The one of `names` that is spelled most like `name`, or None if none is close.

    Upper and lower case, and `-` against `_`, do not count as differences.
    """
    return next(iter(nearest_few(name, names, at_most=1)), None)


def nearest_few(name: str, names: Iterable[str], *, at_most: int = 3, alike: float = 0.6) -> list[str]:
    """The ones of `names` that are spelled like `name`, the most alike first; 1 for `alike` is the same."""
    from difflib import get_close_matches

    by_spelling = {_folded(known): known for known in sorted(names, reverse=True)}
    close = get_close_matches(_folded(name), by_spelling, n=at_most, cutoff=alike)
    return [by_spelling[each] for each in close]


def _folded(name: str) -> str:
    # Comparing is quadratic in the length, and no name worth suggesting is long.
    return name[:_LONGEST].casefold().replace("-", "_")
