"""Reviews: what customers say in public."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from crmkit.plugin import Capability, InteractionType, Trait
from crmkit.plugins.collaborative.reviews.last_rating import REVIEW, last_rating
from crmkit.plugins.collaborative.reviews.model import Review

if TYPE_CHECKING:
    from crmkit.plugins.collaborative.settings import Settings


def _interaction_types(_settings: Settings) -> Iterable[InteractionType]:
    yield InteractionType(
        name=REVIEW,
        doc="The customer posted a review",
        label="Review",
        payload=Review,
        summary=lambda review: " ".join(filter(None, ("★" * review.rating, review.site, review.text))),
    )


def _traits(_settings: Settings) -> Iterable[Trait]:
    yield Trait(name="rating_last", type="number", doc="Stars of the last review", select=last_rating)


REVIEWS: Final = Capability(name="reviews", interaction_words=_interaction_types, strategy_words=_traits)
