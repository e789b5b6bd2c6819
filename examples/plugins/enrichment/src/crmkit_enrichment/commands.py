"""`crm enrichment`: what the register says of organisations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
import sqlalchemy as sa

from crmkit.plugin import CommandState, OutputColumn, lists, local_date, pass_state, zone_of
from crmkit_enrichment.tables import LOOKUP

if TYPE_CHECKING:
    from crmkit import Crm


@click.group()
def enrichment() -> None:
    """What the register says of organisations."""


@enrichment.command("list")
@click.option("--problems", is_flag=True, help="Only those that are unknown, or could not be asked for.")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="How many.")
@lists
@pass_state
def list_lookups(state: CommandState, *, problems: bool, limit: int) -> None:
    """List whom the register was asked about, the next ones due first."""
    columns = ("customer", "state", "asked", "due", "problem")
    rows = _rows(state.crm, limit, problems=problems)
    empty = (
        "Nobody has been looked up. Give an organisation its number: --identity enrichment.register:NUMBER"
    )
    state.output.rows([OutputColumn(each) for each in columns], rows, empty=empty)


def _rows(crm: Crm, limit: int, *, problems: bool) -> list[dict[str, Any]]:
    crm.require("customers.read")
    table, customer = crm.plugins.table(LOOKUP), crm.tables.customer
    query = sa.select(table, customer.c.name).join(customer, customer.c.id == table.c.customer_id)
    query = query.where(*crm.seen())
    if problems:
        query = query.where(table.c.state != "found")
    zone = zone_of(crm)
    with crm.reading() as execute:
        return [
            {
                "customer": row.name,
                "state": row.state,
                "asked": local_date(row.asked_at, zone).isoformat(),
                "due": local_date(row.due_at, zone).isoformat(),
                "problem": row.problem,
                "tries": row.tries,
            }
            for row in execute(query.order_by(table.c.due_at, table.c.id).limit(limit))
        ]
