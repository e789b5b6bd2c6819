"""What a trait may be given between its brackets."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, get_type_hints

from crmkit.core.language import N_
from crmkit.core.model.words import Trait
from crmkit.core.phrase import phrase
from crmkit.core.predicates.duration import Duration

_OURS: Final = frozenset({"as_of", "tables", "past", "tz", "currency", "worth", "whose", "build", "shift"})
_SAID: Final[Mapping[Any, str]] = {
    str: N_("{name} is text."), int: N_("{name} is a whole number."), float: N_("{name} is a number."),
    Decimal: N_("{name} is a number."), bool: N_("{name} is true or false."),
    date: N_("{name} is a date."), Duration: N_("{name} is a duration such as 90 days."),
}  # fmt: skip


def parameters(trait: Trait) -> dict[str, inspect.Parameter]:
    """The trait's own parameters, in order."""
    if trait.select is None:
        return {}
    found = inspect.signature(trait.select).parameters
    return {name: each for name, each in found.items() if name not in _OURS}


def bound(trait: Trait, values: tuple[Any, ...]) -> dict[str, Any]:
    """The keyword arguments for `select`. Raises ValueError, whose text says what it takes."""
    wanted = parameters(trait)
    needed = [name for name, each in wanted.items() if each.default is inspect.Parameter.empty]
    if len(values) > len(wanted) or len(values) < len(needed):
        raise ValueError(
            phrase("It takes: {names}.", names=", ".join(wanted))
            if wanted
            else phrase("It takes no arguments.")
        )
    hints: Mapping[str, Any] = {} if trait.select is None else _hints(trait.select)
    return {name: _fitted(name, hints.get(name), value) for name, value in zip(wanted, values, strict=False)}


@lru_cache(maxsize=1_024)
def _hints(select: Callable[..., Any]) -> Mapping[str, Any]:
    """Kept, because annotations are text and evaluated each time: longer than all else of a predicate."""
    try:
        return MappingProxyType(get_type_hints(select))
    except Exception:  # noqa: BLE001  (names that an author imports for type checkers only)
        return MappingProxyType({})


def _fitted(name: str, hint: Any, value: Any) -> Any:
    if isinstance(value, Decimal):
        if hint is float:
            return float(value)
        if value == value.to_integral_value() and hint is not Decimal:
            value = int(value)
    if hint in _SAID and not isinstance(value, hint):
        raise ValueError(phrase(_SAID[hint], name=name))
    return value
