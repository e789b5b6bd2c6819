"""What is wrong with a value of a configuration: faults by key path."""

from __future__ import annotations

import re
from collections.abc import Sequence

from attrs import evolve, frozen

from crmkit.core.errors import Invalid
from crmkit.core.phrase import joined, phrase

Keys = tuple[str | int, ...]


@frozen
class Fault:
    """Something wrong at a key path: `keys` holds names of keys and positions in arrays."""

    keys: Keys
    message: str
    suggestion: str | None = None

    def under(self, *keys: str | int) -> Fault:
        """The same fault as seen from further out."""
        return evolve(self, keys=keys + self.keys)


class Faults(Invalid):
    """One or more faults of a value; key paths are relative to the value."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        told = [phrase("{key}: {problem}", key=dotted(each.keys), problem=each.message) for each in faults]
        super().__init__(joined("\n", told))
        self.faults = tuple(faults)


def fault(message: str, *keys: str | int, suggestion: str | None = None) -> Faults:
    """A single fault, ready to be raised."""
    return Faults([Fault(keys, message, suggestion)])


def dotted(keys: Keys) -> str:
    """A key path as it is written in TOML: `rules.birthday.do[1]`."""
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{_bare(key)}" for key in keys)
    return text.removeprefix(".")


def _bare(key: str) -> str:
    import json

    if re.fullmatch(r"[A-Za-z0-9_-]+", key):
        return key
    return json.dumps(key if len(key) <= 60 else key[:57] + "…", ensure_ascii=False)
