"""Whether a person looks, and what may be put before their eyes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from crmkit.core.language import _


def safe(value: Any, *, lines: bool = False) -> str:
    """A value as text that a terminal may be shown: nothing in it can move, recolour or reorder."""
    from crmkit.core.normalise.text import shown_safely
    from crmkit.core.phrase import Phrase

    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, (list, tuple)):
        return ", ".join(safe(each) for each in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{safe(key)}={safe(each)}" for key, each in value.items() if each is not None)
    return shown_safely(value.shown() if isinstance(value, Phrase) else str(value), lines=lines)


def is_terminal(stream: IO[Any]) -> bool:
    """Whether a person looks at the stream."""
    try:
        return stream.isatty()
    except ValueError:  # closed
        return False
