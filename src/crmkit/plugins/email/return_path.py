"""Where bounces go: an address that says which message came back, and that nobody else can make."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crmkit import Crm


def effect_of(crm: Crm, address: str) -> int | None:
    """The number of the effect whose message came back to an address; None for any other address."""
    return None
