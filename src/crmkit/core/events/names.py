"""Names of events, and the patterns that mean some of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from crmkit.core.errors import Invalid
from crmkit.core.nearest import did_you_mean
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel

_PATTERN: Final = re.compile(r"\*|[a-z][a-z0-9_.]*(\.\*)?")
_ACTIONS: Final = ("created", "changed", "removed", "merged", "unmerged", "erased")
_ENTITIES: Final = ("customer", "contact_point", "identity", "relationship", "preference", "consent")


def known_names(kernel: Kernel) -> list[str]:
    """Every name that an event can have here: interaction types, and what can become of what."""
    entities = [*_ENTITIES, *kernel.words.record_types.names]
    changes = [f"{entity}.{action}" for entity in entities for action in _ACTIONS[:3]]
    return [
        *kernel.words.interaction_types.names, *changes, *(f"customer.{each}" for each in _ACTIONS[3:])
    ]  # fmt: skip


def check_pattern(kernel: Kernel, pattern: str) -> None:
    """Raises `Invalid` for a pattern that can mean no event."""
    names = known_names(kernel)
    if not _PATTERN.fullmatch(pattern) or not any(map(matching([pattern]), names)):
        raise Invalid(
            phrase("{pattern} is no event", pattern=quoted(pattern)),
            hint=did_you_mean(pattern, names, phrase("Such as purchase, case.* or customer.changed.")),
        )


def matching(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Whether a name is meant: by itself, by `case.*`, by `*`; every name where there are no patterns."""
    exact = {*patterns}
    if not exact or "*" in exact:
        return lambda _: True
    stems = tuple(each.removesuffix("*") for each in exact if each.endswith(".*"))
    return lambda name: name in exact or name.startswith(stems)
