"""One run of preflight, and what is remembered of the last."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from crmkit.plugin import Finding, nphrase, phrase
from crmkit.plugins.email.preflight import ours, sending
from crmkit.plugins.email.preflight.line import ERROR, OK, UNKNOWN, WARNING, Report
from crmkit.plugins.email.preflight.names import Names
from crmkit.plugins.email.preflight.subject import subject_of
from crmkit.plugins.email.tables import PREFLIGHT

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.email.settings import Settings

_RUN: Final = phrase("Run: crm mail preflight")
_DAY: Final = 86_400_000_000
# Keys expire, records get lost: after so many days nobody knows any more.
_STALE_DAYS: Final = 90


def preflight(crm: Crm, domain: str | None = None) -> Report:
    """Look at everything, asking the network where that is needed. Raises `Invalid` where there is no domain
    to look at."""
    settings: Settings = crm.plugins.settings("email")
    subject, names = subject_of(crm, domain), Names(settings.resolver)
    lines = [
        *sending.answers(subject, names),
        *sending.spf(subject, names),
        *sending.dkim(subject, names),
        *sending.dmarc(subject, names),
        *ours.settings(subject),
        *ours.templates(crm),
    ]
    return Report(domain=subject.domain, at=crm.clock.now(), lines=tuple(lines))


def remember(crm: Crm, report: Report) -> None:
    """Keep what was found, in place of what was found before."""
    table = crm.plugins.table(PREFLIGHT)
    wrong = dict.fromkeys(line.check for line in report.lines if line.level != OK)
    with crm.transaction() as tx:
        tx.execute(sa.delete(table).where(table.c.domain == report.domain))
        tx.execute(
            sa.insert(table).values(
                at=report.at, domain=report.domain, errors=report.count(ERROR),
                warnings=report.count(WARNING), unknown=report.count(UNKNOWN), names=", ".join(wrong),
            )
        )  # fmt: skip


def last_found(crm: Crm) -> Iterable[Finding]:
    """What the last run for our domain found, and when; nothing where all was well. Asks nobody."""
    settings: Settings = crm.plugins.settings("email")
    if not settings.delivers:
        return
    domain, table = subject_of(crm, None).domain, crm.plugins.table(PREFLIGHT)
    with crm.reading() as execute:
        last = execute(sa.select(table).where(table.c.domain == domain)).first()
    if last is None:
        yield Finding(
            "note",
            phrase("Whether mail from {domain} will be believed was never looked at", domain=domain),
            _RUN,
        )
        return
    days = (crm.clock.now() - last.at) // _DAY
    when = phrase("today") if days < 1 else nphrase("{count} day ago", "{count} days ago", days)
    if last.errors or last.warnings:
        level = "warning" if last.errors else "note"
        yield Finding(
            level,
            phrase(
                "Preflight found something wrong with mail from {domain}, {when}: {names}",
                domain=domain,
                when=when,
                names=last.names,
            ),
            _RUN,
        )
    elif days > _STALE_DAYS:
        yield Finding("note", phrase("Preflight was run {when}", when=when), _RUN)
