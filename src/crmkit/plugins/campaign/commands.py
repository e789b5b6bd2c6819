"""`crm campaigns`: campaigns and their answers."""

from __future__ import annotations

import click

from crmkit.plugins.campaign.campaigns import commands as sending
from crmkit.plugins.campaign.results.commands import results


@click.group()
def campaigns() -> None:
    """Campaigns: one message to many customers, once, again and again, or upon an event.

    CAMPAIGN is the name of a file in campaigns/, without its ending.
    """


for _command in sending.COMMANDS:
    campaigns.add_command(_command)

campaigns.add_command(results)
