"""Locks that last as long as a transaction, for work that only one may do at a time."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

# Keeping plans and applying them.
PLAN_LOCK: Final = 7_402_003
# Numbering versions of templates.
TEMPLATE_LOCK: Final = 7_402_004
# Finding out whether somebody is known, and entering them where they are not.
FORM_LOCK: Final = 7_402_005
# Upgrading: two at once run one after the other.
UPGRADE_LOCK: Final = 0x63726D75


def one_at_a_time(connection: sa.Connection, lock: int) -> None:
    """Wait until nobody else has the lock; SQLite has one writer at a time anyhow."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (lock,))
