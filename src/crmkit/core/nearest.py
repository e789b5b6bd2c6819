"""The nearest name to one that is not known, for messages that say "did you mean …?"."""

from __future__ import annotations

from collections.abc import Iterable

_LONGEST = 64


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The one of `names` that is spelled most like `name`, or None if none is close.

    Upper and lower case, and `-` against `_`, do not count as differences.
    """
    from difflib import get_close_matches

    by_spelling = {_folded(known): known for known in sorted(names, reverse=True)}
    close = get_close_matches(_folded(name), by_spelling, n=1, cutoff=0.6)
    return by_spelling[close[0]] if close else None


def _folded(name: str) -> str:
    # Comparing is quadratic in the length, and no name worth suggesting is long.
    return name[:_LONGEST].casefold().replace("-", "_")
