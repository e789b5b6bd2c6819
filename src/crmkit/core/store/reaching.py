"""Whether a PostgreSQL server answers at an address, before anything is built upon it."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DBAPIError

from crmkit.core.errors import ExtraMissing, Invalid, StoreError
from crmkit.core.phrase import phrase
from crmkit.core.store.engine import database_url

_SECONDS: Final = 5


def require_reachable(address: str) -> None:
    """Connect to `address` (`postgresql://…`) once, for five seconds at most; ask whether tables can be made.

    Errors: Invalid for what is no address; StoreError where nobody answers, we are not let in, or may make no
    tables; ExtraMissing without the driver.
    """
    try:
        engine = sa.create_engine(database_url(address), connect_args={"connect_timeout": _SECONDS})
    except (ArgumentError, ValueError):
        raise Invalid(
            "This is no address of a database",
            hint="It looks like this: postgresql://USER:PASSWORD@HOST/DATABASE",
        ) from None
    except ImportError as error:
        raise ExtraMissing(
            "PostgreSQL needs the psycopg driver, which is not installed",
            hint="Install it: pip install 'crmkit[postgres]'",
        ) from error
    try:
        with engine.connect() as connection:
            allowed = connection.execute(
                sa.text("SELECT has_schema_privilege(current_schema(), 'CREATE')")
            ).scalar_one()
    except DBAPIError as error:
        raise StoreError(phrase("It could not be opened: {reason}", reason=_reason(error))) from None
    finally:
        engine.dispose()
    if not allowed:
        raise StoreError("That database answers, but its user may not create tables in it")


def _reason(error: DBAPIError) -> str:
    """What the driver says, in its first line that says something."""
    lines = [line.strip("- \t") for line in str(error.orig).splitlines() if line.strip()]
    if not lines:
        return type(error.orig).__name__
    return lines[1] if lines[0].endswith(":") and len(lines) > 1 else lines[0]
