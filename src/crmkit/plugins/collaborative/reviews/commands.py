"""`crm reviews`: what customers say in public."""

from __future__ import annotations

import click

from crmkit.plugin import CommandState, OutputColumn, lists, pass_state, shown_instant
from crmkit.plugins.collaborative.reviews.last_rating import REVIEW


@click.group()
def reviews() -> None:
    """What customers say in public."""


@reviews.command("list")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many reviews.")
@lists
@pass_state
def list_reviews(state: CommandState, limit: int) -> None:
    """List the newest reviews."""
    crm = state.crm
    found = crm.interactions.list(type=REVIEW, limit=limit).interactions
    names = {s.id: s.name for s in crm.customers.summaries([review.customer_id for review in found])}
    state.output.rows(
        (
            OutputColumn("at", shown=lambda at: shown_instant(crm, at)),
            OutputColumn("customer", style="bold"),
            OutputColumn("rating", "Stars", right=True),
            OutputColumn("site"),
            OutputColumn("text", "What they say"),
        ),
        [
            {
                "at": review.occurred_at,
                "customer": names.get(review.customer_id, ""),
                "rating": review.payload.rating,
                "site": review.payload.site,
                "text": review.payload.text,
            }
            for review in found
        ],
        empty='No reviews yet. Log one: crm log REF review.posted --set rating=5 --text "Best rye in town"',
    )
