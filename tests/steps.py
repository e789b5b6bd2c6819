"""How much work SQLite has with something: the steps of its machine, which no busy computer changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from crmkit import Crm

_AT_ONCE = 100


def steps(crm: Crm, call: Callable[[], object]) -> int:
    """How many hundreds of steps a call takes, on connections that read and on the one that writes."""
    count = 0

    def note() -> int:
        nonlocal count
        count += 1
        return 0

    def watch(driver: Any, _record: Any, _proxy: Any) -> None:
        driver.set_progress_handler(note, _AT_ONCE)

    def leave(driver: Any, _record: Any) -> None:
        driver.set_progress_handler(None, 0)

    writer: Any = crm.kernel.store.kept().connection.driver_connection
    writer.set_progress_handler(note, _AT_ONCE)
    sa.event.listen(sa.pool.Pool, "checkout", watch)
    sa.event.listen(sa.pool.Pool, "checkin", leave)
    try:
        call()
    finally:
        sa.event.remove(sa.pool.Pool, "checkout", watch)
        sa.event.remove(sa.pool.Pool, "checkin", leave)
        writer.set_progress_handler(None, 0)
    return count
