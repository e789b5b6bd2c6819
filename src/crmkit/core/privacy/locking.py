"""Getting hold of whoever is about to be erased, however busily others write to them.

Writers take the customer's row first and the logs' lock last, and so does an erasure: they wait for each
other in turn, and never in a circle. Those who only refer to a customer share their row, so that a stream of
them could keep an erasure waiting for ever; after a while it therefore has everybody wait who is about to
lock any customer, and gets its turn as soon as those who are at it have ended.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeVar

import sqlalchemy as sa

from crmkit.core.customers.references import resolve
from crmkit.core.customers.sets import rows_among
from crmkit.core.errors import TryAgain
from crmkit.core.phrase import phrase
from crmkit.core.privacy.owned import owned_rows
from crmkit.core.store.contracts import load_contracts

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor

# For how long an erasure is tried, and how long one try waits for its turn.
TRYING_SECONDS: Final = 30.0
_POLITE_MILLISECONDS: Final = 500
_URGENT_MILLISECONDS: Final = 5_000
_FIRST_PAUSE_SECONDS: Final = 0.01
_LONGEST_PAUSE_SECONDS: Final = 0.5
T = TypeVar("T")


def until_it_succeeds(kernel: Kernel, attempt: Callable[[bool], T], ref: int | str) -> T:
    """What `attempt` returns, called again for as long as others are in its way.

    It is told whether to be urgent, which it is after the first time. Raises `TryAgain` when it was in vain
    for 30 seconds; on SQLite, which has waited for its one writer already, at once.
    """
    end = time.monotonic() + TRYING_SECONDS
    urgent, pause = False, _FIRST_PAUSE_SECONDS
    while True:
        try:
            return attempt(urgent)
        except (TryAgain, sa.exc.IntegrityError) as error:
            if kernel.store.is_sqlite or time.monotonic() > end:
                raise TryAgain(
                    phrase("Others keep writing to {ref}; nothing was erased", ref=ref),
                    hint="Try again in a moment.",
                ) from error
        # Real time, whatever clock the business goes by: others need it to end.
        time.sleep(pause * kernel.random.uniform(0.5, 1.5))
        urgent, pause = True, min(pause * 2, _LONGEST_PAUSE_SECONDS)


def hold(connection: sa.Connection, kernel: Kernel, actor: Actor, ref: int | str, *, urgent: bool) -> int:
    """The customer, to whom and to whose rows nobody adds anything from now on.

    Raises `TryAgain` when others did not end in time, or merged the customer meanwhile, and `NotFound`.
    """
    if kernel.store.is_sqlite:
        return resolve(connection, kernel, actor, ref)
    _wait_at_most(connection, _URGENT_MILLISECONDS if urgent else _POLITE_MILLISECONDS)
    if urgent:
        # Conflicts with every lock of a row and every reference to one, and not with reading; whoever asks
        # for one comes after us in the queue.
        connection.exec_driver_sql("LOCK TABLE customer IN EXCLUSIVE MODE")
    customer_id = resolve(connection, kernel, actor, ref)
    select = "SELECT id FROM customer WHERE id"
    if not list(rows_among(connection, select, [customer_id], after="FOR UPDATE")):
        raise TryAgain(
            phrase("Customer {customer_id} has just been merged or erased", customer_id=customer_id)
        )
    # Before the logs' lock is taken: those who hold one of these rows may be waiting for it.
    owned_rows(connection, load_contracts(connection), customer_id, lock=True)
    connection.exec_driver_sql("SET LOCAL lock_timeout TO DEFAULT")
    return customer_id


def _wait_at_most(connection: sa.Connection, milliseconds: int) -> None:
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {milliseconds}")
