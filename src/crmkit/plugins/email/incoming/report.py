"""What became of messages."""

from __future__ import annotations

from attrs import define


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
            f"{self.recorded} put onto timelines",
            f"{self.repeated} there before",
            f"{self.strangers} from or to nobody on record",
        ]
        more = (
            (self.prospects, "of new prospects"),
            (self.bounces, "bounces"), (self.complaints, "complaints"), (self.automatic, "automatic answers"),
            (self.disbelieved, "not believed"), (self.parked, "parked (see crm mail parked)"),
        )  # fmt: skip
        return ", ".join([*said, *(f"{count} {what}" for count, what in more if count)])
