"""`crm analytics`: customers in numbers."""

from __future__ import annotations

import click

from crmkit.plugins.analytical.commands.cohorts import cohorts
from crmkit.plugins.analytical.commands.funnel import funnel
from crmkit.plugins.analytical.commands.movement import movement
from crmkit.plugins.analytical.commands.rfm import rfm


@click.group()
def analytics() -> None:
    """Customers in numbers."""


for command in (cohorts, funnel, movement, rfm):
    analytics.add_command(command)
