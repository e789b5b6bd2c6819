"""Whether feeds and digests can be as the settings say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crmkit.plugin import Check, Finding

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.collaborative.notes.settings import NotesSettings
    from crmkit.plugins.collaborative.settings import Settings


def note_checks(settings: Settings) -> Iterator[Check]:
    """The questions, of what is set."""
    notes = settings.notes
    if notes.leave_out:
        yield Check(
            name="leave_out",
            doc="Whether what feeds leave out are types of interactions",
            run=lambda crm: _unknown(crm, notes),
            of_settings=True,
        )
    if notes.digest is not None:
        yield Check(name="digest", doc="Whether a channel can write to employees", run=_no_channel)


def _unknown(crm: Crm, notes: NotesSettings) -> Iterator[Finding]:
    for name in notes.leave_out:
        if name not in crm.words.interaction_types:
            yield Finding(
                "warning",
                f'[plugins.collaborative.notes] leave_out: there is no interaction type "{name}"',
                "See those there are: crm interactions types",
            )


def _no_channel(crm: Crm) -> Iterator[Finding]:
    if not any(channel.tell is not None for channel in crm.words.channels):
        yield Finding(
            "warning",
            "Digests are asked for, and no channel can write to employees",
            "Enable one that can: crm plugins enable email",
        )
