"""Services that plugins offer to programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from attrs import frozen

if TYPE_CHECKING:
    from crmkit.core.crm import Crm


@frozen
class Service:
    """A class that programs ask for by `crm.service(cls)`, and how to build it for a `Crm` and its actor.

    `undoes` names a kind of actions that it takes back, an `Undoable` of that kind: with "points",
    `crm undo points:3` asks it. No other plugin may have the same, and the core has its own.
    """

    cls: type[Any]
    build: Callable[[Crm], Any]
    undoes: str = ""
