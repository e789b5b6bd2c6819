"""The worker's share: customers who changed since the last scan are compared with everybody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from crmkit.core.errors import ExtraMissing
from crmkit.core.jobs import Job
from crmkit.core.logs import log_end
from crmkit.core.store.setting import read_setting, write_setting

if TYPE_CHECKING:
    from crmkit.core.crm import Crm

_DAY: Final = 86_400.0
_POSITION: Final = "duplicates.position"
_RULES: Final = "duplicates.rules"


def duplicate_jobs() -> Iterator[Job]:
    """The job, for the core's list."""
    yield Job(
        name="duplicates",
        every=_DAY,
        run=scan_changes,
        doc="Looks for duplicates among the customers who changed",
        owner="core",
    )


def scan_changes(crm: Crm) -> None:
    """Compare everybody who changed since the last time; everybody at all when the rules are others now.

    The position is written after the list: killed in between, the same customers are compared once more.
    """
    duplicates, kernel = crm.duplicates, crm.kernel
    from crmkit.core.duplicates.checking import is_asked_for

    try:
        settings = crm.config.matching.duplicates
        fingerprint = repr((settings.judge, settings.expected_precision, duplicates.rules))
    except ExtraMissing:
        if is_asked_for(crm.config):
            raise
        return  # it is an extra; crm doctor says that it is missing
    with kernel.reading() as connection:
        end = log_end(connection, "change")
        are_known = read_setting(connection, _RULES) == fingerprint
        position = int(read_setting(connection, _POSITION) or 0) if are_known else None
        changed = None if position is None else _changed(connection, crm, position, end)
    if changed is None or changed:
        duplicates.scan(customers=changed)
    with kernel.unit(kernel.house) as tx:
        write_setting(tx.connection, _POSITION, str(end))
        write_setting(tx.connection, _RULES, fingerprint)


def _changed(connection: sa.Connection, crm: Crm, position: int, end: int) -> list[int]:
    change = crm.tables.change
    chosen = (
        sa.select(change.c.customer_id)
        .distinct()
        .where(change.c.seq > position, change.c.seq <= end, change.c.customer_id.is_not(None))
        .order_by(change.c.customer_id)
    )
    return list(connection.execute(chosen).scalars())
