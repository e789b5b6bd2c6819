"""`crm sms`: how long messages are, and what they cost."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click
import sqlalchemy as sa

from crmkit.plugin import CommandState, OutputColumn, lists, local_date, pass_state, shows, zone_of
from crmkit_sms.parts import length_of, unusual
from crmkit_sms.tables import MESSAGE

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit_sms.settings import Settings


@click.group()
def sms() -> None:
    """Text messages: how long they are, what they cost."""


@sms.command()
@click.argument("text")
@shows
@pass_state
def count(state: CommandState, text: str) -> None:
    """Count the parts of a TEXT, and name the letters that make it dear."""
    length, odd = length_of(text), unusual(text)
    cost = _cost(state.crm, length.parts)
    if state.output.is_json:
        said = {"encoding": length.encoding, "units": length.units, "parts": length.parts}
        state.output.json({**said, "unusual": odd, "cost": cost})
        return
    parts = "1 part" if length.parts == 1 else f"{length.parts} parts"
    price = f", {cost} {state.crm.config.crs.currency}" if cost is not None else ""
    state.output.data(f"{parts} ({length.encoding}, {length.units} units){price}")
    if odd:
        state.output.say(f"A part has room for 70 in place of 160, because of: {odd}")


@sms.command()
@lists
@pass_state
def costs(state: CommandState) -> None:
    """List by month what was sent, what arrived and what it cost."""
    rows = [{**row, "cost": _cost(state.crm, row["parts"])} for row in _months(state.crm)]
    state.output.rows(
        (
            OutputColumn("month"),
            OutputColumn("messages", right=True),
            OutputColumn("delivered", right=True),
            OutputColumn("undelivered", right=True),
            OutputColumn("parts", right=True),
            OutputColumn("cost", right=True),
        ),
        rows,
        empty="No message has been sent yet.",
    )


def _months(crm: Crm) -> list[dict[str, Any]]:
    """Counts by month of the business's own calendar, the newest first; nothing in them is about anybody."""
    crm.require("customers.read")
    table, zone = crm.plugins.table(MESSAGE), zone_of(crm)
    months: dict[str, dict[str, Any]] = {}
    with crm.reading() as execute:
        for row in execute(sa.select(table.c.at, table.c.parts, table.c.state).order_by(table.c.at.desc())):
            month = local_date(row.at, zone).strftime("%Y-%m")
            found = months.setdefault(
                month, {"month": month, "messages": 0, "delivered": 0, "undelivered": 0, "parts": 0}
            )
            found["messages"] += 1
            found["parts"] += row.parts
            if row.state in found:
                found[row.state] += 1
    return list(months.values())


def _cost(crm: Crm, parts: int) -> str | None:
    settings: Settings = crm.plugins.settings("sms")
    return None if settings.price is None else str(Decimal(settings.price) * parts)
