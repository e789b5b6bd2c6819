"""Telling the log who came in, moved and left."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from attrs import define, field

from crmkit import InteractionDraft
from crmkit.plugin import N_
from crmkit.plugins.campaign.journeys.payload import ENTERED, EXITED, STEP, JourneyMoved

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Transaction

_log = logging.getLogger("crmkit.journeys")


@define
class Told:
    """What happened to people in one unit of work, kept until all of it is recorded together."""

    crm: Crm
    tx: Transaction
    _drafts: list[InteractionDraft] = field(factory=list)

    def entered(self, journey: str, version: int, step: str, ids: Iterable[int]) -> None:
        """These came in, and to this step."""
        payload = JourneyMoved(journey=journey, version=version, step=step)
        for id_ in ids:
            self._drafts.append(InteractionDraft(customer=id_, type=ENTERED, payload=payload))

    def moved(self, journey: str, rows: Iterable[Any], *, why: str | None) -> None:
        """These (customer, version, step) came to a step; or left, where `why` says so."""
        type_ = STEP if why is None else EXITED
        known: dict[tuple[int, str], JourneyMoved] = {}
        for customer_id, version, step in rows:
            payload = known.get((version, step))
            if payload is None:
                payload = JourneyMoved(journey=journey, version=version, step=step, why=why or "")
                known[version, step] = payload
            self._drafts.append(InteractionDraft(customer=customer_id, type=type_, payload=payload))

    def record(self) -> None:
        """Record it, in the order in which it happened. What is refused is named in the log."""
        drafts, self._drafts = self._drafts, []
        if drafts and not self.tx.is_trial:
            report = self.crm.interactions.record_all(drafts)
            if report.refused:  # others' way is not held up
                said = N_("Steps of journeys that are not on timelines: %d (%s)")
                _log.warning(said, len(report.refused), report.reasons)
