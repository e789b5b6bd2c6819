"""`crm customers review`: incoming data that could be more than one customer, for a person to settle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from crmkit.cli.column import Column
from crmkit.cli.options import lists
from crmkit.cli.records import local_time, moment
from crmkit.cli.state import State, pass_state
from crmkit.core.language import N_, _

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.exchange.review import Settled, Waiting

_COLUMNS = (
    Column("id", "No.", right=True, fixed=True, style="dim"),
    Column("at", "Since", fixed=True, shown=local_time),
    Column("name", style="bold"),
    Column("reach", "E-mail, phone"),
    Column("candidates", "Could be", wrap=True),
    Column("source"),
)
_HOW = N_("Settle one: crm customers review NO --as ID, --new (somebody else) or --drop (leave it out)")


@click.command()
@click.argument("numbers", metavar="[NO]…", type=int, nargs=-1)
@click.option("--as", "customer", metavar="REF", help="It is this customer: save what came with them.")
@click.option("--new", is_flag=True, help="It is somebody else: add a new customer.")
@click.option("--drop", "--settle", is_flag=True, help="Leave what came out.")
@lists
@pass_state
def review(state: State, numbers: tuple[int, ...], customer: str | None, new: bool, drop: bool) -> None:
    """List incoming data that fits several customers, and settle it: NO says which.

    Nothing of it was saved. Say for each who it is (--as), that it is somebody new (--new), or drop it.
    """
    crm = state.crm
    chosen = [choice for choice in (customer, "new" if new else None, "drop" if drop else None) if choice]
    if len(chosen) > 1 or bool(chosen) != bool(numbers):
        raise click.UsageError("Say a number and one of --as REF, --new and --drop, or nothing for the list.")
    if chosen:
        _settle(state, crm, numbers, chosen[0])
        return
    from crmkit.core.exchange.review import waiting

    rows = [_row(crm, each) for each in waiting(crm)]
    state.output.rows(_COLUMNS, rows, empty=_("Nothing waits for a decision."), footer=_HOW)


def _settle(state: State, crm: Crm, numbers: tuple[int, ...], choice: str) -> None:
    from crmkit.core.exchange.review import settle

    done = settle(crm, numbers, choice)
    if state.output.is_json:
        state.output.json(
            [
                {"number": each.number, "customer_id": each.customer_id, "created": each.created}
                for each in done
            ]
        )
        return
    for each in done:
        state.output.receipt(_told(each), reference=each.customer_id or each.number)


def _told(settled: Settled) -> str:
    if settled.customer_id is None:
        return _("Dropped no. {number}", number=settled.number)
    if settled.created:
        return _(
            "Saved no. {number} as a new customer {customer_id}",
            number=settled.number,
            customer_id=settled.customer_id,
        )
    return _(
        "Saved no. {number} with customer {customer_id}",
        number=settled.number,
        customer_id=settled.customer_id,
    )


def _row(crm: Crm, waiting: Waiting) -> dict[str, Any]:
    draft = waiting.draft
    names = (draft.given_name, draft.family_name)
    return {
        "id": waiting.number,
        "at": moment(crm, waiting.at),
        "name": draft.name or " ".join(filter(None, names)),
        "reach": ", ".join(point.value for point in draft.contact_points),
        "candidates": [f"{each.name} (#{each.id})" for each in waiting.candidates],
        "source": waiting.source,
    }
