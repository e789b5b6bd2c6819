"""`crm referrals`: who recommends the business."""

from __future__ import annotations

import click
from attrs import asdict

from crmkit.plugin import CommandState, OutputColumn, lists, pass_state
from crmkit_referrals.api import Referrals


@click.group()
def referrals() -> None:
    """Who recommends you."""


@referrals.command()
@click.option("--limit", type=click.IntRange(1), default=10, show_default=True, help="How many customers.")
@lists
@pass_state
def top(state: CommandState, limit: int) -> None:
    """List the customers who recommend you most."""
    found = state.crm.service(Referrals).top(limit)
    names = {s.id: s.name for s in state.crm.customers.summaries([each.customer_id for each in found])}
    state.output.rows(
        (
            OutputColumn("customer", style="bold"),
            OutputColumn("recommendations", right=True),
            OutputColumn("points", right=True),
        ),
        [{"customer": names.get(each.customer_id, ""), **asdict(each)} for each in found],
        empty="Nobody has recommended you yet. Log it: crm log REF referrals.recommended --set friend=NAME",
    )
