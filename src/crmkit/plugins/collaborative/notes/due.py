"""What the day's work shows of notes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from crmkit.plugin import Due
from crmkit.plugins.collaborative.notes.feed import Feed

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.collaborative.settings import Settings


def mentions(_day: date, crm: Crm, _settings: Settings) -> Iterator[Due]:
    """Of whoever asks, how many entries mention them that they have not read."""
    if crm.actor.id is None or not crm.actor.may("customers.read"):
        return
    if count := Feed(crm).unread_mentions():
        said = "1 entry mentions you" if count == 1 else f"{count} entries mention you"
        yield Due(group="Feed", what=said, hint="crm feed --unread")
