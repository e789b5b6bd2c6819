"""Processes of their own, to be killed, without each importing everything anew."""

from __future__ import annotations

import multiprocessing
from multiprocessing.context import ForkServerContext

_IMPORTED = [
    "alembic.command",
    "crmkit.core.crm",
    "crmkit.core.effects.handing_over",
    "crmkit.core.effects.service",
    "crmkit.core.exchange",
    "crmkit.core.messages.checking",
    "crmkit.core.opening",
    "crmkit.core.predicates.grammar",
    "crmkit.core.predicates.sql.build",
    "crmkit.core.segments.stays",
    "crmkit.core.store.migrate",
    "crmkit.core.strategy.applying",
    "crmkit.core.strategy.running",
    "crmkit.core.strategy.sandbox",
    "crmkit.core.strategy.service",
    "crmkit.plugins.analytical",
    "crmkit.plugins.campaign.campaigns.source",
    "crmkit.plugins.campaign.journeys.source",
    "crmkit.plugins.email.delivery",
    "crmkit.plugins.operational",
]


def processes() -> ForkServerContext:
    """Begins processes from one that has crmkit imported, does nothing and has no thread.

    They have the environment that was at the first of all.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_IMPORTED)
    return context
