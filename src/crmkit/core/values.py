"""`frozen` and `define` as attrs has them, for classes that are made in half of the time.

attrs writes and compiles the methods of every class when it is imported, which is most of what starting a
command takes. Showing, comparing and hashing are done here by functions that are compiled once, and do just
what attrs' own would; where a class says how it does one of them, and for all else, attrs does it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, Final

import attrs

if TYPE_CHECKING:  # a checker of types knows those of attrs
    from attrs import define, frozen
else:

    def frozen(cls: type | None = None, /, **options: Any) -> Any:
        """A class whose instances are values: as `attrs.frozen`."""
        return _decorated(attrs.frozen, cls, options)

    def define(cls: type | None = None, /, **options: Any) -> Any:
        """A class whose instances can change: as `attrs.define`."""
        return _decorated(attrs.define, cls, options)


__all__ = ("define", "frozen")
# By these a class has its own way, as options and as what it defines.
_SHOWS: Final = {"repr", "str", "__repr__"}
_COMPARES: Final = {
    "eq", "order", "hash", "unsafe_hash", "cache_hash", "__eq__", "__ne__", "__hash__",
}  # fmt: skip


def _decorated(by_attrs: Callable[..., Any], cls: type | None, options: dict[str, Any]) -> Any:
    if cls is None:
        return lambda each: _made(by_attrs, each, options)
    return _made(by_attrs, cls, options)


def _made(by_attrs: Callable[..., Any], cls: type, options: dict[str, Any]) -> type:
    said = options.keys() | vars(cls).keys()
    shows = not said & _SHOWS
    compares = not said & _COMPARES and not issubclass(cls, BaseException)
    ours = ({"repr": False} if shows else {}) | ({"eq": False} if compares else {})
    made: Any = by_attrs(**options, **ours)(cls)
    if shows:
        made.__repr__ = _shown
    if compares:
        _compare(made)
    return made  # type: ignore[no-any-return]


@recursive_repr("...")
def _shown(self: Any) -> str:
    cls = type(self)
    said = ", ".join(f"{each.name}={_text(self, each)}" for each in cls.__attrs_attrs__ if each.repr)
    return f"{cls.__qualname__.rpartition('>.')[2]}({said})"


def _text(value: Any, field: attrs.Attribute[Any]) -> str:
    said = getattr(value, field.name) if field.init else getattr(value, field.name, attrs.NOTHING)
    return repr(said) if field.repr is True else field.repr(said)  # type: ignore[operator]


def _compare(cls: Any) -> None:
    """Have instances compared by the values of their fields; they can be hashed where they never change."""
    compared = _comparable(tuple(each for each in cls.__attrs_attrs__ if each.eq))

    def __eq__(self: Any, other: object) -> Any:  # noqa: N807
        if other.__class__ is not self.__class__:
            return NotImplemented
        return compared(self) == compared(other)

    cls.__eq__ = __eq__
    cls.__hash__ = _hashing(cls) if cls.__setattr__ is _FROZEN else None


def _hashing(cls: Any) -> Callable[[Any], int]:
    names = [each.name for each in cls.__attrs_attrs__ if (each.eq if each.hash is None else each.hash)]
    values = _reader(names)

    def __hash__(self: Any) -> int:  # noqa: N807
        return hash((cls, values(self)))

    return __hash__


def _comparable(fields: tuple[Any, ...]) -> Callable[[Any], Any]:
    """What reads these fields, each by its own key where it has one."""
    if not any(each.eq_key for each in fields):
        return _reader([each.name for each in fields])
    ways = [(attrgetter(each.name), each.eq_key or (lambda value: value)) for each in fields]
    return lambda self: [key(value(self)) for value, key in ways]


def _reader(names: Sequence[str]) -> Callable[[Any], Any]:
    return attrgetter(*names) if names else lambda _: ()


@attrs.frozen
class _Frozen:
    """What attrs makes of a class that never changes."""


_FROZEN: Final = _Frozen.__setattr__
