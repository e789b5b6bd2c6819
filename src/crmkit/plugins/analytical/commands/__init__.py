"""`crm analytics`: customers in numbers."""

from __future__ import annotations

import click

from crmkit import Money
from crmkit.plugin import CommandState, OutputColumn, lists, pass_state
from crmkit.plugins.analytical.commands.refresh import refresh
from crmkit.plugins.analytical.profile import numbers


@click.group()
def analytics() -> None:
    """Customers in numbers."""


@analytics.command()
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many customers.")
@lists
@pass_state
def rfm(state: CommandState, limit: int) -> None:
    """List the best buyers with recency, frequency and monetary value."""
    crm = state.crm
    found = numbers(crm, limit=limit)
    names = {summary.id: summary.name for summary in crm.customers.summaries([row[0] for row in found])}
    currency = crm.config.crs.currency
    state.output.rows(
        (
            OutputColumn("customer", style="bold"),
            OutputColumn("recency", "Days since", right=True),
            OutputColumn("frequency", "Purchases", right=True),
            OutputColumn("monetary", "Spent", right=True),
        ),
        [
            {
                "customer": names.get(customer_id, ""),
                "customer_id": customer_id,
                "recency": days,
                "frequency": count,
                "monetary": str(Money(total, currency)),
            }
            for customer_id, days, count, total in found
        ],
        empty="Nobody has bought yet. Log a purchase: crm log REF purchase 12.50",
    )


analytics.add_command(refresh)
