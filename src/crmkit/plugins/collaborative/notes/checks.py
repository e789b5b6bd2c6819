"""Whether feeds and digests can be as the settings say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crmkit.plugin import Finding, phrase

if TYPE_CHECKING:
    from crmkit import Crm


def unknown(leave_out: tuple[str, ...], crm: Crm) -> Iterator[Finding]:
    """What is to be left out of feeds, and is no type of interaction."""
    for name in leave_out:
        if name not in crm.words.interaction_types:
            yield Finding(
                "warning",
                phrase(
                    '[plugins.collaborative.notes] leave_out: there is no interaction type "{name}"',
                    name=name,
                ),
                phrase("See those there are: crm interactions types"),
            )


def no_channel(crm: Crm) -> Iterator[Finding]:
    """That digests are asked for, where nothing can send them."""
    if not any(channel.tell is not None for channel in crm.words.channels):
        yield Finding(
            "warning",
            phrase("Digests are asked for, and no channel can write to employees"),
            phrase("Enable one that can: crm plugins enable email"),
        )
