"""`crm customers review`: incoming data that could be more than one customer, for a person to settle."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from crmkit.cli.options import lists
from crmkit.cli.output import Column, safe
from crmkit.cli.records import local_time, moment
from crmkit.cli.state import State, pass_state

if TYPE_CHECKING:
    from crmkit.core.crm import Crm

_COLUMNS = (
    Column("id", "No.", right=True, fixed=True, style="dim"),
    Column("at", "Since", fixed=True, shown=local_time),
    Column("name", style="bold"),
    Column("reach", "E-mail, phone"),
    Column("candidates", "Could be", wrap=True),
    Column("source"),
)


@click.command()
@click.option("--settle", "settled", metavar="NO", type=int, multiple=True, help="Take NO. off the list.")
@lists
@pass_state
def review(state: State, settled: tuple[int, ...]) -> None:
    """List incoming data that matched several customers and was not saved.

    Put each right by hand (crm customers update ID …), then take it off the list with --settle.
    """
    crm = state.crm
    for number in settled:
        _settle(crm, number)
    rows = _waiting(crm)
    state.output.rows(_COLUMNS, rows, empty="Nothing waits for a decision.")


def _waiting(crm: Crm) -> list[dict[str, Any]]:
    import sqlalchemy as sa

    crm.require("customers.read")
    table = crm.tables.review
    query = sa.select(table).where(table.c.settled_at.is_(None), *_seen(crm)).order_by(table.c.id)
    with crm.reading() as run:
        found = run(query).all()
    return [_row(crm, row) for row in found]


def _seen(crm: Crm) -> list[Any]:
    """The condition that keeps the list to customers whom the actor sees."""
    import sqlalchemy as sa

    condition = crm.visible()
    if condition is None:
        return []
    customers = sa.select(crm.tables.customer.c.id).where(condition)
    return [crm.tables.review.c.customer_id.in_(customers)]


def _row(crm: Crm, row: Any) -> dict[str, Any]:
    item = json.loads(row.item)
    candidates = crm.customers.summaries(json.loads(row.candidates))
    names = (item.get("name"), item.get("given_name"), item.get("family_name"))
    return {
        "id": row.id,
        "at": moment(crm, row.created_at),
        "name": item.get("name") or " ".join(filter(None, names[1:])),
        "reach": ", ".join(point["value"] for point in item.get("contact_points") or ()),
        "candidates": [f"{each.name} (#{each.id})" for each in candidates],
        "source": row.source,
        "item": item,
    }


def _settle(crm: Crm, number: int) -> None:
    import sqlalchemy as sa

    from crmkit.core.errors import NotFound

    crm.require("customers.write")
    table = crm.tables.review
    waiting = (table.c.id == number, table.c.settled_at.is_(None), *_seen(crm))
    with crm.transaction() as tx:
        done = tx.execute(sa.update(table).where(*waiting).values(settled_at=tx.at))
    if done.rowcount != 1:
        raise NotFound(
            f"Nothing with the number {safe(number)} waits", hint="See the list: crm customers review"
        )
