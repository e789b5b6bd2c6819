"""What PostgreSQL knows of its tables: the tests' server has nobody who looks after that by the way."""

from __future__ import annotations

from crmkit import Crm


def analyse(crm: Crm) -> None:
    """Have the planner know how much there is, as it soon would. Without it takes every table for small."""
    crm.kernel.store.analyse()
