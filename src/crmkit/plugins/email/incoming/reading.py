"""Reading messages onto timelines, whatever mailbox they come from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from attrs import define, field

from crmkit import InteractionDraft
from crmkit.plugins.email.incoming.found import Found
from crmkit.plugins.email.incoming.parking import park, why
from crmkit.plugins.email.incoming.report import ReadReport
from crmkit.plugins.email.incoming.sorting import Sorter

if TYPE_CHECKING:
    from crmkit import Crm

_BATCH: Final = 500


def read_messages(crm: Crm, messages: Iterable[Found]) -> ReadReport:
    """Put messages onto the timelines of those who sent or received them; repeating it is harmless.

    A message that cannot be read is parked, and the others go on.
    """
    report = ReadReport()
    reading = _Reading(crm, Sorter.of(crm, report), report)
    for found in messages:
        reading.take(found)
    reading.flush()
    return report


@define
class _Reading:
    """Messages on their way: what has been sorted is written in batches."""

    crm: Crm
    sorter: Sorter
    report: ReadReport
    _drafts: list[InteractionDraft] = field(factory=list)
    _origins: list[Found] = field(factory=list)

    def take(self, found: Found) -> None:
        try:
            drafts = self.sorter.sort(found)
        except Exception as error:  # noqa: BLE001 - somebody else wrote it, and the others are to go on
            self._park(found, why(error))
            return
        self._drafts += drafts
        self._origins += [found] * len(drafts)
        if len(self._drafts) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        if not self._drafts:
            return
        done = self.crm.interactions.record_all(self._drafts)
        self.report.recorded += done.recorded
        self.report.repeated += done.repeated
        for refusal in done.refused:
            self._park(self._origins[refusal.index], refusal.reason)
        self._drafts.clear()
        self._origins.clear()

    def _park(self, found: Found, reason: str) -> None:
        self.report.parked += 1
        park(self.crm, found.place, found.key, reason)
