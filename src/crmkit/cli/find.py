"""`crm find`: customers by whatever somebody remembers of them."""

from __future__ import annotations

import click

from crmkit.cli.column import Column
from crmkit.cli.options import limited, lists
from crmkit.cli.records import summary_record
from crmkit.cli.state import State, pass_state
from crmkit.core.language import _

SUMMARY = (
    Column("id", "Id", right=True, fixed=True, style="dim"),
    Column("name", style="bold"),
    Column("email", "E-mail"),
    Column("phone", fixed=True),
    Column("city"),
    Column("lifecycle", "Stage"),
)


@click.command()
@click.argument("text", nargs=-1, required=True)
@limited(20, most=1_000)
@lists
@pass_state
def find(state: State, text: tuple[str, ...], limit: int) -> None:
    """Find customers by name, e-mail, phone, town or number.

    Accents and the spelling of letters do not matter: zolc finds Żółć.
    """
    from crmkit.core.normalise.text import quoted

    wanted = " ".join(text).strip()
    if not wanted:
        raise click.UsageError("Who is to be found?\nSuch as: crm find nowak")
    found = state.crm.customers.find(wanted, limit=limit)
    state.output.rows(
        SUMMARY,
        [summary_record(state.crm, summary) for summary in found],
        empty=_(
            "Nobody is found by {wanted}. Add them: crm customers add {option} {wanted}",
            wanted=quoted(wanted),
            option=_option(wanted),
        ),
        footer=_("The first {limit}; say more, or use --limit.", limit=limit) if len(found) == limit else "",
    )


def _option(wanted: str) -> str:
    """By which option somebody is added who was looked for by this."""
    if "@" in wanted:
        return "--email"
    return "--name" if any(map(str.isalpha, wanted)) else "--phone"
