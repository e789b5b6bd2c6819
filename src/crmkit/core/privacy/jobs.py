"""What the worker does for privacy, and what `crm doctor` asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from crmkit.core.jobs import Check, Finding, Job
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.crm import Crm

_MINUTE: Final = 60.0
_DAY: Final = 86_400.0


def privacy_jobs() -> Iterator[Job]:
    """The core's jobs for privacy."""
    yield Job(
        name="scrub",
        every=_MINUTE,
        run=_scrub,
        doc="Rids the database's files of what was erased, once no reader holds on to it",
        owner="core",
    )
    yield Job(
        name="retention",
        every=_DAY,
        run=_retention,
        doc="Blanks interactions whose period in [retention] is over",
        owner="core",
    )


def privacy_checks() -> Iterator[Check]:
    """The core's checks for privacy."""
    yield Check(name="requests", doc="Nobody waits too long for an answer", run=_overdue, owner="core")
    yield Check(name="erasures", doc="What was erased is gone everywhere", run=_left_over, owner="core")
    yield Check(
        name="retention", doc="Every period of [retention] is for something", run=_unknown, owner="core"
    )


def _scrub(crm: Crm) -> None:
    from crmkit.core.privacy.scrubbing import scrub

    scrub(crm.kernel)


def _retention(crm: Crm) -> None:
    from crmkit.core.privacy.retention import blank_due
    from crmkit.core.privacy.scrubbing import scrub_now

    if blank_due(crm.kernel, crm.kernel.house):
        scrub_now(crm.kernel)


def _overdue(crm: Crm) -> Iterable[Finding]:
    from crmkit.core.instants import local_date
    from crmkit.core.privacy.register import OPEN, requests

    table = crm.tables.privacy_request
    today = local_date(crm.clock.now(), crm.kernel.tz)
    with crm.kernel.reading() as connection:
        late = requests(crm.kernel, connection, table.c.state == OPEN, table.c.due_on < today.isoformat())
    for each in late:
        yield Finding(
            "warning",
            phrase(
                "Request {id} ({kind}) was due on {due_on} and is still open",
                id=each.id,
                kind=phrase(each.kind),
                due_on=each.due_on,
            ),
            phrase("crm privacy requests; when it is answered: crm privacy requests settle {id}", id=each.id),
        )


def _left_over(crm: Crm) -> Iterable[Finding]:
    from crmkit.core.privacy.erasure import unfinished
    from crmkit.core.privacy.scrubbing import to_rewrite, waiting

    for uid in unfinished(crm.kernel):
        yield Finding(
            "warning",
            phrase(
                "The erasure of {uid} was cut short: the ledger has it, and the customer is still here",
                uid=uid,
            ),
            f"crm privacy erase {uid}",
        )
    tables = to_rewrite(crm.kernel)
    if tables:
        yield Finding(
            "warning",
            phrase(
                "Erased rows are gone, but the files of {tables} still hold their old bytes",
                tables=", ".join(tables),
            ),
            "At a quiet hour, because each table is locked meanwhile: crm privacy scrub",
        )
    elif crm.kernel.store.is_sqlite and waiting(crm.kernel):
        yield Finding(
            "warning",
            "Erased rows are gone, but the database's files still hold their old bytes",
            "A reader holds on to an older state. When it has ended: crm privacy scrub",
        )


def _unknown(crm: Crm) -> Iterable[Finding]:
    from crmkit.core.errors import NotFound
    from crmkit.core.privacy.retention import CUSTOMERS

    for key in crm.config.retention:
        if key == CUSTOMERS:
            continue
        try:
            crm.words.interaction_types[key]
        except NotFound as error:
            yield Finding(
                "warning", phrase("[retention] {key}: {message}", key=key, message=error.message), error.hint
            )
