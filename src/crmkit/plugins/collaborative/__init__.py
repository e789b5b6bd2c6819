"""The collaborative plugin: every hook it implements."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from crmkit import Actor
from crmkit.plugin import InteractionType, Tables, Trait, hookimpl
from crmkit.plugins.collaborative.departments import own_customers
from crmkit.plugins.collaborative.model import Review
from crmkit.plugins.collaborative.reviews import REVIEW, last_rating
from crmkit.plugins.collaborative.settings import Settings


@hookimpl
def crmkit_register_interaction_words() -> Iterable[InteractionType]:
    """A review in public."""
    yield InteractionType(
        name=REVIEW,
        doc="The customer posted a review",
        label="Review",
        payload=Review,
        summary=lambda review: " ".join(filter(None, ("★" * review.rating, review.site, review.text))),
    )


@hookimpl
def crmkit_register_strategy_words() -> Iterable[Trait]:
    """The last rating."""
    yield Trait(name="rating_last", type="number", doc="Stars of the last review", select=last_rating)


@hookimpl
def crmkit_restrict_visibility(actor: Actor, tables: Tables, settings: Settings) -> Any | None:
    """Departments that see only their own customers."""
    return own_customers(actor, tables, settings)
