"""Charts: a `Chart` value as a specification, as a picture, or as plain text.

The picture needs the extra `analytical`; the specification and the text need nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crmkit.charts.drawing import drawn as drawn
    from crmkit.charts.figures import shown as shown
    from crmkit.charts.plain import terminal as terminal
    from crmkit.charts.specifying import spec as spec

_HOMES = {"drawn": "drawing", "shown": "figures", "spec": "specifying", "terminal": "plain"}
__all__ = ("drawn", "shown", "spec", "terminal")


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from crmkit.core.deprecation import warn_of_name

    warn_of_name(__name__, name)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return list(__all__)
