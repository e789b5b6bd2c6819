"""Processes of their own, to be killed, without each importing everything anew."""

from __future__ import annotations

import multiprocessing
from multiprocessing.context import ForkServerContext

_IMPORTED = [
    "alembic.command",
    "crmkit.core.opening",
    "crmkit.core.store.migrate",
    "crmkit.plugins.operational",
]


def processes() -> ForkServerContext:
    """Begins processes from one that has crmkit imported, does nothing and has no thread.

    They have the environment that was at the first of all.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_IMPORTED)
    return context
