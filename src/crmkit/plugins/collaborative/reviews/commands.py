"""`crm reviews`: what customers say in public."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click

from crmkit.plugin import (
    N_,
    CommandState,
    OutputColumn,
    _,
    asks,
    import_interactions,
    lists,
    pass_state,
    reads_file,
    run_import,
    shown_instant,
)
from crmkit.plugins.collaborative.reviews.importing import TYPES, headers_of
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
        empty=N_(
            'No reviews yet. Log one: crm log REF review.posted --set rating=5 --text "Best rye in town"'
        ),
    )


@reviews.command("import")
@click.option(
    "--as", "kind", type=click.Choice(tuple(TYPES)), default="review", show_default=True, help="What it is."
)
@click.option(
    "--source", metavar="TEXT", help="The site that the file comes from; its ids are told apart by it."
)
@click.option("--live", is_flag=True, help="Let rules act upon it, as upon what has just come in.")
@asks
@reads_file
@pass_state
def import_reviews(
    state: CommandState, file: Path, kind: str, source: str | None, *, live: bool, **given: Any
) -> None:
    """Import reviews, or posts in social networks, from a FILE: CSV, NDJSON or XLSX.

    Columns such as rating, site, text, url, author, date and id are known. An e-mail address, a reference in
    the column customer, or one named like an identity scheme finds the customer; what nobody on record wrote
    goes to NAME.rejects.csv, with the reason. A row with an id is recorded once, however often it comes.

    What is imported is history, upon which no rule acts; with --live rules do, upon what is not older than
    they say.
    """
    if live and not given["dry_run"]:
        state.confirm(_("Let rules act upon {file}?", file=file.name))
    given["defaults"] = (f"type={TYPES[kind]}", "direction=in", *given["defaults"])
    run = partial(import_interactions, source=source, live=live, headers=headers_of(kind))
    run_import(state, run, file, "interactions", **given)
