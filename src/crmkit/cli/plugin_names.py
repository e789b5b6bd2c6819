"""Plugins by the names that people type."""

from __future__ import annotations

from typing import Any

from crmkit.core.phrase import phrase


def unknown(name: str, known: Any, command: str = "info") -> Exception:
    """The error for a plugin that there is not, with the nearest name."""
    from crmkit.core.errors import NotFound
    from crmkit.core.nearest import nearest
    from crmkit.core.normalise.text import quoted

    close = nearest(name, known)
    return NotFound(
        phrase("There is no plugin {name}", name=quoted(name)),
        hint=phrase("Did you mean: crm plugins {command} {close}", command=command, close=close)
        if close
        else "Run: crm plugins list",
    )
