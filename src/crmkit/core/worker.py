"""`crm worker`: observers that lag, and jobs that are due, in bounded passes.

Any number of workers may run: an observer's position and a job's lease see to it that each piece of work is
done by one of them. A worker killed anywhere loses nothing: what it had not committed is done again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from attrs import define

from crmkit.core.language import N_
from crmkit.core.plugins.failure import said_of

if TYPE_CHECKING:
    from crmkit.core.jobs import Job
    from crmkit.core.kernel import Kernel
    from crmkit.core.store.unit import Transaction

_LEASE: Final = 300_000_000
_IDLE_SECONDS: Final = 1.0
log = logging.getLogger("crmkit.worker")


@define
class Worker:
    """Does what is due for one opened `Crm`."""

    kernel: Kernel

    def run(self, stop: Callable[[], bool]) -> None:
        """Work until `stop()` says so; sleep between passes in which nothing was due."""
        with self.kernel.until(stop):
            while not stop():
                if not self.once():
                    self.kernel.clock.sleep(_IDLE_SECONDS)

    def once(self) -> bool:
        """One pass: every observer's next batch, every due job; whether anything was done."""
        delivered = self.kernel.observers.catch_up()
        resting = self._resting()
        mine = [job for job in self.kernel.loaded.jobs if job.name not in resting]
        return any([delivered, *(self._attempt(job) for job in mine)])

    def left(self) -> int:
        """How many entries of the logs observers could be given at once, and have not been."""
        return self.kernel.observers.left()

    def drain(self) -> None:
        """Passes until nothing is due."""
        while self.once():
            pass

    def _resting(self) -> frozenset[str]:
        """The jobs whose turn has not come, or that somebody has. To ask for each alone would be a write
        each, every second."""
        c, now = self.kernel.tables.job.c, self.kernel.clock.now()
        statement = sa.select(c.name).where(sa.or_(c.due_at > now, c.lease_until > now))
        with self.kernel.reading() as connection:
            return frozenset(connection.execute(statement).scalars())

    def _attempt(self, job: Job) -> bool:
        token = self._lease(job)
        if token is None:
            return False
        try:
            is_more = job.run(self.kernel.crm()) is True
        except Exception as error:
            said = said_of(error)
            log.exception(N_("Job %s failed: %s. It is tried again at its next turn"), job.name, said)
            self._finish(job, token, said)
        else:
            self._finish(job, token, None, is_more=is_more)
        return True

    def failing(self) -> Sequence[tuple[str, int, str]]:
        """(name, how often in a row, the last error) of the jobs that failed at their last turn."""
        c, known = self.kernel.tables.job.c, [job.name for job in self.kernel.loaded.jobs]
        statement = sa.select(c.name, c.failures, c.error).where(c.failures > 0, c.name.in_(known))
        with self.kernel.reading() as connection:
            return [tuple(row) for row in connection.execute(statement.order_by(c.name))]

    def _lease(self, job: Job) -> str | None:
        """Take the job if it is due and nobody has it; the token that fences this turn, else None."""
        kernel, table, name = self.kernel, self.kernel.tables.job, job.name
        with kernel.unit(kernel.house) as tx:
            self._enrol(tx, name)
            token = kernel.uids.new()
            free = sa.func.coalesce(table.c.lease_until, 0) <= tx.at
            taken = tx.execute(
                sa.update(table)
                .where(table.c.name == name, table.c.due_at <= tx.at, free)
                .values(lease_until=tx.at + _LEASE, lease_token=token)
            )
            return token if taken.rowcount == 1 else None

    def _enrol(self, tx: Transaction, name: str) -> None:
        """Make the job's row where there is none; two workers may both come here first."""
        statement = sa.text(
            "INSERT INTO job (name, due_at, failures) VALUES (:name, :at, 0) ON CONFLICT (name) DO NOTHING"
        )
        tx.execute(statement, {"name": name, "at": tx.at})

    def _finish(self, job: Job, token: str, error: str | None, *, is_more: bool = False) -> None:
        kernel, table, name = self.kernel, self.kernel.tables.job, job.name
        with kernel.unit(kernel.house) as tx:
            failures = table.c.failures + 1 if error else 0
            tx.execute(
                sa.update(table)
                .where(table.c.name == name, table.c.lease_token == token)
                .values(
                    due_at=tx.at + (0 if is_more else int(job.every * 1_000_000)),
                    lease_until=None,
                    lease_token=None,
                    failures=failures,
                    error=error,
                    finished_at=tx.at,
                )
            )
