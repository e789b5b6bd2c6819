"""What a business can set under `[plugins.collaborative]`."""

from __future__ import annotations

from typing import Final

from attrs import field, frozen

from crmkit.plugins.collaborative.notes.settings import NotesSettings

_ALL: Final = ("reviews", "departments", "notes")


@frozen(kw_only=True)
class Settings:
    """The settings of the collaborative plugin."""

    use: frozenset[str] = field(
        default=frozenset(_ALL), metadata={"doc": f"The capabilities to use: {', '.join(_ALL)}."}
    )
    own_customers_only: tuple[str, ...] = field(
        default=(), metadata={"doc": "Teams whose members see only customers owned by one of the team."}
    )
    notes: NotesSettings = field(
        factory=NotesSettings, metadata={"doc": "Notes, followers and feeds, and the digest of them by mail."}
    )
