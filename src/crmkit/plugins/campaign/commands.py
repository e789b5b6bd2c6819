"""`crm campaigns`: campaigns and their answers."""

from __future__ import annotations

import click
from attrs import asdict

from crmkit.plugin import CommandState, OutputColumn, lists, pass_state, shown_instant
from crmkit.plugins.campaign.responses import results


@click.group()
def campaigns() -> None:
    """Campaigns and their answers."""


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
