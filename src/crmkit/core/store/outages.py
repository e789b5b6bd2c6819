"""What a driver's error says, in words that say what to do; and whether it is about the database itself."""

from __future__ import annotations

from typing import Final, TypeGuard

from sqlalchemy.exc import DatabaseError, OperationalError

from crmkit.core.errors import CrmError, StoreError, TryAgain
from crmkit.core.phrase import phrase

BUSY_SECONDS: Final = 30
# What PostgreSQL calls a deadlock, a failed serialization, and a lock that was not had in time.
_BUSY: Final = ("40P01", "40001", "55P03")


def plain(error: BaseException) -> BaseException:
    """An operational error as one that says what to do; any other as it is."""
    return _explained(error) if _is_operational(error) else error


def outage(error: BaseException) -> CrmError | None:
    """What an error says of the database, whoever asked it: it is busy, full, damaged or gone.

    None of any other error, such as a wrong statement. What was explained before is given as it is.
    """
    if isinstance(error, TryAgain | StoreError):
        cause = error.__cause__
        return error if cause is not None and _outage(cause) is not None else None
    return _outage(error)


def _explained(error: DatabaseError) -> CrmError:
    if (found := _outage(error)) is not None:
        return found
    text = str(error.orig)
    if "is not a database" in text:
        return StoreError(
            "The file is not an SQLite database",
            hint="Check [crs] database in crm.toml; nothing was written.",
        )
    if "readonly" in text or "read-only" in text:
        return StoreError(
            "The database cannot be written", hint="Check the file's permissions and its folder's."
        )
    return _unexpected(error)


def _outage(error: BaseException) -> CrmError | None:
    if not _is_operational(error):
        return None
    text = str(error.orig)
    if "is locked" in text or "is busy" in text or getattr(error.orig, "sqlstate", None) in _BUSY:
        return TryAgain(
            phrase(
                "The database stayed busy for {busy_seconds} seconds; nothing was written",
                busy_seconds=BUSY_SECONDS,
            ),
            hint="Another program is writing for long. Try again in a moment.",
        )
    if "is full" in text or "No space" in text:
        return StoreError(
            "The disk or the database's size limit is full; nothing was written",
            hint="Make room, then repeat the command. What was on record can still be read.",
        )
    if "malformed" in text or "disk I/O error" in text:
        return StoreError(
            phrase("The database file is damaged: {text}", text=text),
            hint="Restore the last backup: crm db restore FILE --force",
        )
    return _unexpected(error) if error.connection_invalidated else None


def _unexpected(error: DatabaseError) -> StoreError:
    text = str(error.orig).strip()
    first = text.splitlines()[0] if text else type(error.orig).__name__
    return StoreError(
        phrase("The database did not answer as it should: {first}", first=first), hint="Run: crm doctor"
    )


def _is_operational(error: BaseException) -> TypeGuard[DatabaseError]:
    # Other database errors (a broken constraint, a wrong statement) are for whoever made the statement.
    return isinstance(error, OperationalError) or type(error) is DatabaseError
