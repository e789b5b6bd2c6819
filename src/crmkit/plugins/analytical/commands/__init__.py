"""`crm analytics`: customers in numbers."""

from __future__ import annotations

import click

from crmkit.plugins.analytical.commands.cohorts import cohorts
from crmkit.plugins.analytical.commands.fit import fit
from crmkit.plugins.analytical.commands.funnel import funnel
from crmkit.plugins.analytical.commands.movement import movement
from crmkit.plugins.analytical.commands.next import next_
from crmkit.plugins.analytical.commands.refresh import refresh
from crmkit.plugins.analytical.commands.report import report
from crmkit.plugins.analytical.commands.rfm import rfm
from crmkit.plugins.analytical.commands.value import value


@click.group()
def analytics() -> None:
    """Customers in numbers."""


for _command in (cohorts, fit, funnel, movement, next_, refresh, report, rfm, value):
    analytics.add_command(_command)
