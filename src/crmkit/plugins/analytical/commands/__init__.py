"""`crm analytics`: customers in numbers."""

from __future__ import annotations

import click

from crmkit.plugins.analytical.commands.fit import fit
from crmkit.plugins.analytical.commands.rfm import rfm
from crmkit.plugins.analytical.commands.value import value


@click.group()
def analytics() -> None:
    """Customers in numbers."""


analytics.add_command(fit)
analytics.add_command(rfm)
analytics.add_command(value)
