"""Functions that are named, and imported when they are first called.

Whoever opens a business registers what all of its plugins can do, and uses next to nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any


def lazily(target: str) -> Callable[..., Any]:
    """The function or class that `module:name` names; its module is imported with the first call.

    A name that leads nowhere is found out then: a test should call `named(target)` once.
    """
    return _Lazily(target)


def named(target: str) -> Any:
    """What `module:name` names. Raises `ImportError` and `AttributeError`."""
    module, _, name = target.partition(":")
    return getattr(import_module(module), name)


class _Lazily:
    """Called as what it names is called; `inspect.signature` sees through it."""

    __slots__ = ("_target",)

    def __init__(self, target: str) -> None:
        self._target = target

    @property
    def __wrapped__(self) -> Callable[..., Any]:
        return named(self._target)  # type: ignore[no-any-return]

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        return named(self._target)(*arguments, **options)

    def __repr__(self) -> str:
        return f"lazily({self._target!r})"
