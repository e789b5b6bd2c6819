"""Services that plugins offer to programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from attrs import frozen

if TYPE_CHECKING:
    from crmkit.core.crm import Crm


@frozen
class Service:
    """A class that programs ask for by `crm.service(cls)`, and how to build it for a `Crm` and its actor."""

    cls: type[Any]
    build: Callable[[Crm], Any]
