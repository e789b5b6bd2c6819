"""`crm referrals`: who recommends the business, and who brought whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from attrs import asdict

from crmkit.plugin import CommandState, OutputColumn, lists, pass_state, shows, writes
from crmkit_referrals.api import Referrals

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit_referrals.model import Link


@click.group()
def referrals() -> None:
    """Who recommends you, and whom they brought."""


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
            OutputColumn("friends", "Brought", right=True),
            OutputColumn("points", right=True),
        ),
        [{"customer": names.get(each.customer_id, ""), **asdict(each)} for each in found],
        empty="Nobody has recommended you yet. Log it: crm log REF referrals.recommended --set friend=NAME",
    )


@referrals.command()
@click.argument("who", metavar="WHO")
@click.argument("whom", metavar="WHOM")
@writes
@pass_state
def record(state: CommandState, who: str, whom: str) -> None:
    """Note that the customer WHO brought the customer WHOM."""
    link = state.crm.service(Referrals).record(who, whom)
    by, brought = _names(state.crm, link)
    state.output.receipt(
        f"{by} brought {brought}",
        undo=f"crm referrals forget {link.referred_id}",
        reference=link.referred_id,
        record=asdict(link),
    )


@referrals.command()
@click.argument("whom", metavar="WHOM")
@writes
@pass_state
def forget(state: CommandState, whom: str) -> None:
    """Take back that anybody brought the customer WHOM, with the reward for it."""
    link = state.crm.service(Referrals).forget(whom)
    by, brought = _names(state.crm, link)
    state.output.receipt(
        f"{by} did not bring {brought}",
        undo=f"crm referrals record {link.referrer_id} {link.referred_id}" if not link.reward else "",
        reference=link.referred_id,
        record=asdict(link),
    )


@referrals.command()
@click.argument("who", metavar="REF")
@shows
@pass_state
def page(state: CommandState, who: str) -> None:
    """Print the address of a customer's own page, to send to them."""
    from crmkit_referrals.pages import link_of

    url = link_of(state.crm, who)
    if state.output.is_json:
        state.output.json({"url": url})
    else:
        state.output.data(url)


def _names(crm: Crm, link: Link) -> tuple[str, str]:
    found = {each.id: each.name for each in crm.customers.summaries([link.referrer_id, link.referred_id])}
    return found[link.referrer_id], found[link.referred_id]
