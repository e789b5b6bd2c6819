"""Services that plugins offer to programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from attrs import frozen

from crmkit.core.lazily import named

if TYPE_CHECKING:
    from crmkit.core.crm import Crm


@frozen
class Service:
    """A class that programs ask for by `crm.service(cls)`, and how to build it for a `Crm` and its actor.

    `cls` is the class, or says where it is: `my_plugin.stock:Stock` is imported when somebody asks for it.
    Without `build` it is called with the `Crm`.

    `undoes` names a kind of actions that it takes back, an `Undoable` of that kind: with "points",
    `crm undo points:3` asks it. No other plugin may have the same, and the core has its own.
    """

    cls: type[Any] | str
    build: Callable[[Crm], Any] | None = None
    undoes: str = ""

    @property
    def place(self) -> str:
        """Where the class is: `my_plugin.stock:Stock`."""
        return self.cls if isinstance(self.cls, str) else place_of(self.cls)

    @property
    def name(self) -> str:
        """The class's own name: `Stock`."""
        return self.place.rpartition(":")[2]

    def of(self, crm: Crm) -> Any:
        """The service for whoever `crm` acts for."""
        if self.build is not None:
            return self.build(crm)
        return (named(self.cls) if isinstance(self.cls, str) else self.cls)(crm)


def place_of(cls: type[Any]) -> str:
    """Where a class is: `my_plugin.stock:Stock`."""
    return f"{cls.__module__}:{cls.__qualname__}"
