"""What became of messages."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import define

from crmkit.plugin import ngettext


@define
class ReadReport:
    """How many messages were put onto timelines, were there before, or were from or to nobody on record.

    Of those on timelines, `replies` answer a message of ours and `captured` were written by employees, and
    `prospects` by people who were not on record before.
    `bounces`, `complaints` and `automatic` are reports and answers of machines; `disbelieved` said what they
    did not prove, and changed nothing; `parked` could not be read.
    """

    recorded: int = 0
    repeated: int = 0
    strangers: int = 0
    replies: int = 0
    captured: int = 0
    prospects: int = 0
    bounces: int = 0
    complaints: int = 0
    automatic: int = 0
    disbelieved: int = 0
    parked: int = 0

    @property
    def text(self) -> str:
        """In one sentence."""
        said = [
            ngettext("{count} put onto timelines", "{count} put onto timelines", self.recorded),
            ngettext("{count} there before", "{count} there before", self.repeated),
            ngettext(
                "{count} from or to nobody on record", "{count} from or to nobody on record", self.strangers
            ),
        ]
        return ", ".join([*said, *self._more()])

    def _more(self) -> Iterator[str]:
        """What there is of what need not be there."""
        if self.prospects:
            yield ngettext("{count} of new prospects", "{count} of new prospects", self.prospects)
        if self.bounces:
            yield ngettext("{count} bounce", "{count} bounces", self.bounces)
        if self.complaints:
            yield ngettext("{count} complaint", "{count} complaints", self.complaints)
        if self.automatic:
            yield ngettext("{count} automatic answer", "{count} automatic answers", self.automatic)
        if self.disbelieved:
            yield ngettext("{count} not believed", "{count} not believed", self.disbelieved)
        if self.parked:
            yield ngettext(
                "{count} parked (see crm mail parked)", "{count} parked (see crm mail parked)", self.parked
            )
