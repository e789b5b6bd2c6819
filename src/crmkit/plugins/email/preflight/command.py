"""`crm mail preflight`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import click
from attrs import asdict

from crmkit.plugin import (
    CommandState,
    _,
    ngettext,
    pass_state,
    shown,
    shown_instant,
    shown_safely,
    shows,
    translated,
)
from crmkit.plugins.email.preflight.line import ERROR, OK, UNKNOWN, WARNING, Line, Report

# As `crm doctor` ends where something is wrong.
_WRONG: Final = 6
_LEVELS: Final = (ERROR, WARNING, UNKNOWN, OK)


@click.command()
@click.option("--domain", metavar="DOMAIN", help="Look as if messages were from this domain.")
@shows
@pass_state
def preflight(state: CommandState, domain: str | None) -> None:
    """Look whether mail servers will believe that messages are yours, and say what to do about it.

    Asks the name system about SPF, DKIM and DMARC, and looks at settings and templates. Exits with 6 when
    there is an error.
    """
    from crmkit.plugins.email.preflight.running import preflight as looked
    from crmkit.plugins.email.preflight.running import remember

    report = looked(state.crm, domain)
    remember(state.crm, report)
    if state.output.is_json:
        state.output.json(_record(report, state))
    else:
        for line in _lines(report):
            state.output.data(shown_safely(line))
        state.output.say(_sum(report))
    if report.count(ERROR):
        raise click.exceptions.Exit(_WRONG)


def _lines(report: Report) -> Iterator[str]:
    checks = [translated(line.check) for line in report.lines]
    width = max(map(len, checks))
    for line, check in zip(report.lines, checks, strict=True):
        yield f"{translated(line.level):<8} {check:<{width}}  {shown(line.found)}"
        if line.do and line.level != OK:
            yield f"{'':<8} {'':<{width}}  {shown(line.do)}"


def _sum(report: Report) -> str:
    counts = {level: report.count(level) for level in _LEVELS}
    told = {
        ERROR: ngettext("{count} error", "{count} errors", counts[ERROR]),
        WARNING: ngettext("{count} warning", "{count} warnings", counts[WARNING]),
        UNKNOWN: ngettext("{count} unknown", "{count} unknown", counts[UNKNOWN]),
        OK: ngettext("{count} ok", "{count} ok", counts[OK]),
    }
    found = ", ".join(told[level] for level, count in counts.items() if count)
    return _("Mail from {domain}: {found}", domain=shown_safely(report.domain), found=found)


def _record(report: Report, state: CommandState) -> dict[str, Any]:
    return {
        "ok": not report.count(ERROR),
        "domain": report.domain,
        "at": shown_instant(state.crm, report.at),
        "counts": {level: report.count(level) for level in _LEVELS},
        "checks": [_plain(line) for line in report.lines],
    }


def _plain(line: Line) -> dict[str, str]:
    return asdict(line)
