"""What can be said about an interaction inside `where`: its columns and the keys of its payload."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType, UnionType
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    NotRequired,
    Required,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from attrs import fields, has

from crmkit.core.model.interaction import DIRECTIONS
from crmkit.core.model.words import InteractionType
from crmkit.core.predicates.tree import (
    BOOL,
    DATE,
    EMPLOYEE,
    INSTANT,
    REAL,
    TEXT,
    Key,
    Several,
    Type,
)

_COLUMNS: Final[Mapping[str, tuple[str, Type]]] = {
    "outlet": ("column", TEXT),
    "channel": ("column", TEXT),
    "direction": ("column", Type("text", choices=DIRECTIONS)),
    "currency": ("column", TEXT),
    "source": ("column", TEXT),
    "at": ("column", INSTANT),
    "employee": ("employee", EMPLOYEE),
}
_PLAIN: Final[Mapping[Any, Type]] = {
    str: TEXT, int: REAL, float: REAL, Decimal: REAL, bool: BOOL, dt.date: DATE,
}  # fmt: skip


def interaction_keys(word: InteractionType, money_scale: int) -> Mapping[str, Key | Several]:
    """Every key by each name it answers to.

    Payload keys that have the name of a column are reached as `payload.NAME`; a key of a purchase's lines as
    `lines.product`, as `product` where that is free, and the product itself as `item`.
    """
    found: dict[str, Key | Several] = {
        name: Key(name, place, type_) for name, (place, type_) in _COLUMNS.items()
    }
    found["amount"] = Key("amount", "column", Type("money", money_scale))
    payload = dict(_payload_keys(word.payload, ""))
    lines = {name: key for name, key in payload.items() if isinstance(key, Several) and "." in name}
    for name, key in payload.items():
        found[f"payload.{name}"] = key
        found.setdefault(name, key)
    for name, key in lines.items():
        found.setdefault(name.rpartition(".")[2], key)
    if "lines.product" in lines:
        found.setdefault("item", lines["lines.product"])
    return MappingProxyType(found)


def _payload_keys(cls: Any, prefix: str) -> Iterator[tuple[str, Key | Several]]:
    if cls is None:
        return
    for name, hint in _hints(cls).items():
        path = f"{prefix}{name}"
        plain, many = _unwrapped(hint)
        if isinstance(plain, type) and (has(plain) or is_typeddict(plain)):
            if many and not prefix:
                yield from _line_keys(plain, path)
            continue
        type_ = _type(plain)
        if type_ is not None:
            yield path, Several(path, "list", type_) if many else Key(path, "payload", type_)


def _line_keys(cls: Any, path: str) -> Iterator[tuple[str, Several]]:
    for name, hint in _hints(cls).items():
        plain, many = _unwrapped(hint)
        type_ = None if many else _type(plain)
        if type_ is not None:
            yield f"{path}.{name}", Several(f"{path}.{name}", "lines", type_)


def _hints(cls: Any) -> dict[str, Any]:
    hints = get_type_hints(cls, include_extras=True)
    return hints if is_typeddict(cls) else {each.name: hints[each.name] for each in fields(cls)}


def _unwrapped(hint: Any) -> tuple[Any, bool]:
    """The type without `Annotated`, `Required` and None, and whether there are many of it."""
    many = False
    while True:
        origin = get_origin(hint)
        if origin in (Annotated, Required, NotRequired):
            hint = get_args(hint)[0]
        elif origin in (Union, UnionType):
            rest = [part for part in get_args(hint) if part is not type(None)]
            if len(rest) != 1:
                return None, many
            hint = rest[0]
        elif origin in (tuple, list, set, frozenset):
            hint, many = get_args(hint)[0], True
        else:
            return hint, many


def _type(plain: Any) -> Type | None:
    if get_origin(plain) is Literal:
        choices = get_args(plain)
        return Type("text", choices=choices) if all(isinstance(each, str) for each in choices) else None
    read: Callable[[Any], Type | None] = _PLAIN.get
    return read(plain) if isinstance(plain, type) else None
