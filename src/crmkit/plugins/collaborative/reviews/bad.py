"""Bad reviews are bad feedback, as bad answers to surveys are: one rule hears of both."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from crmkit import InteractionDraft
from crmkit.plugin import N_
from crmkit.plugins.collaborative.feedback import BAD, BadFeedback
from crmkit.plugins.collaborative.reviews.last_rating import REVIEW

if TYPE_CHECKING:
    from crmkit import Crm, Interaction
    from crmkit.plugin import Transaction

BAD_UP_TO: Final = 2
_log = logging.getLogger("crmkit.collaborative")


def tell_bad(interactions: Sequence[Interaction], crm: Crm, _tx: Transaction, _settings: Any) -> None:
    """Tell of reviews with one star or two. What is imported as history is history here, too."""
    drafts = [
        InteractionDraft(
            customer=each.customer_id, type=BAD, at=each.occurred_at, direction="in", source="review",
            source_ref=f"review:{each.seq}", history=each.known_at < each.recorded_at,
            payload=BadFeedback(
                where=f"review:{each.payload.site}".rstrip(":"), score=each.payload.rating,
                text=each.payload.text,
            ),
        )
        for each in interactions
        if each.type == REVIEW and each.corrects is None and each.payload.rating <= BAD_UP_TO
    ]  # fmt: skip
    report = crm.interactions.record_all(drafts)
    if report.refused:  # as of somebody who was erased since
        _log.warning(N_("Bad reviews that are not told of: %d (%s)"), len(report.refused), report.reasons)
