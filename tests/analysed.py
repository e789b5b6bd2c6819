"""What PostgreSQL knows of its tables: the tests' server has nobody who looks after that by the way."""

from __future__ import annotations

from crmkit import Crm


def analyse(crm: Crm) -> None:
    """Have the planner know how much there is, as it soon would. Without it takes every table for small."""
    if not crm.kernel.store.is_sqlite:
        with crm.kernel.store.writing() as connection:
            connection.exec_driver_sql("ANALYZE")
