"""Which keys of `crm.toml` nobody sets."""

from __future__ import annotations

from collections import Counter
from functools import cache

from tests.architecture.exercised import done, offered
from tests.architecture.exercised.found import Keys


def unused_settings() -> set[str]:
    """Keys of `crm.toml` that nobody sets."""
    every = list(offered.settings())
    named = Counter(path[-1] for path, _ in every)
    return {".".join(path) for path, owner in every if not _is_set(path, owner, named[path[-1]] == 1)}


def _is_set(path: Keys, owner: str, alone: bool) -> bool:
    """Whether the key stands in TOML, or is an argument of its class, or of a `toml()` that writes it."""
    name = path[-1]
    if {(owner, name), (owner, f"{name}_")} & done().arguments:
        return True
    if alone and ("toml", name) in done().arguments:
        return True
    if any(_fits(path, key) for key in _by_name().get(name, ())):
        return True
    return any(_may_fit(path, piece, alone) for piece in _pieces_by_name().get(name, ()))


def _may_fit(path: Keys, piece: Keys, alone: bool) -> bool:
    """Whether a piece of TOML has the key; what has no path of its own is in the business's own section, or
    has a key that no other section has."""
    if len(piece) == 1:
        return alone or path[0] == "crs"
    return _fits(path[-len(piece) :], piece)


def _fits(path: Keys, key: Keys) -> bool:
    return len(path) == len(key) and all(want in ("NAME", part) for want, part in zip(path, key, strict=True))


@cache
def _by_name() -> dict[str, list[Keys]]:
    return _grouped(done().keys)


@cache
def _pieces_by_name() -> dict[str, list[Keys]]:
    return _grouped(done().pieces)


def _grouped(keys: set[Keys]) -> dict[str, list[Keys]]:
    found: dict[str, list[Keys]] = {}
    for key in keys:
        found.setdefault(key[-1], []).append(key)
    return found
