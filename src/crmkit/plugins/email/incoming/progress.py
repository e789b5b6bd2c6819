"""How far each folder of the mail server has been read, and since when it cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa
from attrs import frozen

from crmkit.plugins.email.tables import FOLDER

if TYPE_CHECKING:
    from crmkit import Crm


@frozen(kw_only=True)
class Progress:
    """Of one folder: messages up to `last_uid` have been read, as the server numbers them under
    `uid_validity`. `failed_at` is since when it cannot be read, for the reason `error`."""

    account: str
    folder: str
    uid_validity: int = 0
    last_uid: int = 0
    read_at: int | None = None
    failed_at: int | None = None
    error: str | None = None


def progress_of(crm: Crm, account: str) -> Sequence[Progress]:
    """Of each folder of the account that was looked at."""
    table = crm.plugins.table(FOLDER)
    columns = [column for column in table.c if column.name != "id"]
    chosen = sa.select(*columns).where(table.c.account == account).order_by(table.c.id)
    with crm.reading() as execute:
        return tuple(Progress(**row) for row in execute(chosen).mappings())


def position(crm: Crm, account: str, folder: str, uid_validity: int) -> int:
    """The number after which messages are new. Where the server numbers them anew, all are."""
    known = next((each for each in progress_of(crm, account) if each.folder == folder), None)
    return known.last_uid if known is not None and known.uid_validity == uid_validity else 0


def note_read(crm: Crm, account: str, folder: str, uid_validity: int, last_uid: int) -> None:
    """Messages up to `last_uid` have been read. Somebody else may have read further meanwhile."""
    table = crm.plugins.table(FOLDER)
    is_same = table.c.uid_validity == uid_validity
    further = sa.case((sa.and_(is_same, table.c.last_uid > last_uid), table.c.last_uid), else_=last_uid)
    with crm.transaction() as tx:
        values = {"uid_validity": uid_validity, "read_at": tx.at, "failed_at": None, "error": None}
        same = (table.c.account == account, table.c.folder == folder)
        if not tx.execute(sa.update(table).where(*same).values(last_uid=further, **values)).rowcount:
            row = {"account": account, "folder": folder, "last_uid": last_uid, **values}
            tx.execute(sa.insert(table).values(**row))


def note_failure(crm: Crm, account: str, folder: str, error: str) -> None:
    """It cannot be read; since when, stays."""
    table = crm.plugins.table(FOLDER)
    with crm.transaction() as tx:
        same = (table.c.account == account, table.c.folder == folder)
        since = sa.func.coalesce(table.c.failed_at, tx.at)
        if not tx.execute(sa.update(table).where(*same).values(error=error, failed_at=since)).rowcount:
            row = {"account": account, "folder": folder, "error": error, "failed_at": tx.at}
            tx.execute(sa.insert(table).values(**row))
