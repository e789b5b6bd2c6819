"""`crm campaigns`: campaigns and their answers."""

from __future__ import annotations

import click
from attrs import asdict

from crmkit.plugin import CommandState, OutputColumn, lists, pass_state, shown_instant
from crmkit.plugins.campaign.campaigns import commands as sending
from crmkit.plugins.campaign.responses import results


@click.group()
def campaigns() -> None:
    """Campaigns: one message to many customers, once, again and again, or upon an event.

    CAMPAIGN is the name of a file in campaigns/, without its ending.
    """


for _command in sending.COMMANDS:
    campaigns.add_command(_command)


@campaigns.command("results")
@lists
@pass_state
def show_results(state: CommandState) -> None:
    """List how many answered each campaign."""
    crm = state.crm
    found = results(crm, crm.plugins.settings("campaign"))
    state.output.rows(
        (
            OutputColumn("name", "Campaign", style="bold", fixed=True),
            OutputColumn("customers", right=True),
            OutputColumn("responses", "Answers", right=True),
            OutputColumn("last_at", "Last", shown=lambda at: shown_instant(crm, at)),
            OutputColumn("doc", "What it is"),
        ),
        [asdict(result) for result in found],
        empty="No campaigns yet. Name one in crm.toml under [plugins.campaign.campaigns]: "
        'spring = "Flyer in May"',
    )
