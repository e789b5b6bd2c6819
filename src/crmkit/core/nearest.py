"""The nearest name to one that is not known, for messages that say "did you mean …?"."""

from __future__ import annotations

from collections.abc import Iterable

from crmkit.core.phrase import phrase

_LONGEST = 64


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The one of `names` that is spelled most like `name`, or None if none is close.

    Upper and lower case, and `-` against `_`, do not count as differences.
    """
    return next(iter(nearest_few(name, names, at_most=1)), None)


def did_you_mean(name: str, known: Iterable[str], otherwise: str | None = None) -> str:
    """The hint of an error about a name that is none of `known`: the one that is spelled most like it.

    Where none is close it is `otherwise`, or names all that are known.
    """
    names = list(known)
    near = nearest(name, names)
    if near is not None:
        return phrase('Did you mean "{near}"?', near=near)
    return phrase("There are: {names}", names=", ".join(names)) if otherwise is None else otherwise


def nearest_few(name: str, names: Iterable[str], *, at_most: int = 3, alike: float = 0.6) -> list[str]:
    """The ones of `names` that are spelled like `name`, the most alike first; 1 for `alike` is the same."""
    from difflib import get_close_matches

    by_spelling = {_folded(known): known for known in sorted(names, reverse=True)}
    close = get_close_matches(_folded(name), by_spelling, n=at_most, cutoff=alike)
    return [by_spelling[each] for each in close]


def _folded(name: str) -> str:
    # Comparing is quadratic in the length, and no name worth suggesting is long.
    return name[:_LONGEST].casefold().replace("-", "_")
