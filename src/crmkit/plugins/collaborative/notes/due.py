"""What the day's work shows of notes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from crmkit.plugin import N_, Due, ngettext
from crmkit.plugins.collaborative.notes.feed import Feed

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.collaborative.settings import Settings


def mentions(_day: date, crm: Crm, _settings: Settings) -> Iterator[Due]:
    """Of whoever asks, how many entries mention them that they have not read."""
    if crm.actor.id is None or not crm.actor.may("customers.read"):
        return
    if count := Feed(crm).unread_mentions():
        said = ngettext("{count} entry mentions you", "{count} entries mention you", count)
        yield Due(group=N_("Feed"), what=said, hint="crm feed --unread")
