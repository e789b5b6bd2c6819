"""Reviews: what customers say in public."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from crmkit.plugin import Capability, InteractionType, Trait, lazily
from crmkit.plugins.collaborative.feedback import bad_feedback
from crmkit.plugins.collaborative.reviews.last_rating import REVIEW, last_rating
from crmkit.plugins.collaborative.reviews.model import Review, SocialPost

if TYPE_CHECKING:
    from crmkit.plugins.collaborative.settings import Settings


def _interaction_types(settings: Settings) -> Iterable[InteractionType]:
    yield InteractionType(
        name=REVIEW,
        doc="The customer posted a review",
        label="Review",
        payload=Review,
        summary=lambda review: " ".join(filter(None, ("★" * review.rating, review.site, review.text))),
    )
    yield InteractionType(
        name="social.post",
        doc="The customer wrote about us in a social network",
        label="Post",
        payload=SocialPost,
        summary=lambda post: " ".join(filter(None, (post.site, post.text))),
    )
    if "surveys" not in settings.use:  # which bring it otherwise
        yield bad_feedback()


def _traits(_settings: Settings) -> Iterable[Trait]:
    yield Trait(name="rating_last", type="number", doc="Stars of the last review", select=last_rating)


REVIEWS: Final = Capability(
    name="reviews",
    interaction_words=_interaction_types,
    strategy_words=_traits,
    after_interactions=lazily("crmkit.plugins.collaborative.reviews.bad:tell_bad"),
)
