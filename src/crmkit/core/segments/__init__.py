"""Segments: groups of customers, by a condition or by a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crmkit.core.segments.segments import Segments

__all__ = ("Segments",)


def __getattr__(name: str) -> Any:
    """The service needs the parser and SQLAlchemy; jobs and words do not."""
    if name != "Segments":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from crmkit.core.segments.segments import Segments

    return Segments
