"""Findings of checks: shown in order of weight, and told by the exit status."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from crmkit.cli.errors import Findings
from crmkit.cli.plain import plain
from crmkit.cli.state import State
from crmkit.cli.terminal import safe
from crmkit.core.language import N_, ngettext, translated
from crmkit.core.phrase import shown

if TYPE_CHECKING:
    from crmkit.core.jobs import Finding

_WEIGHT = ("error", "warning", "note")
LEVELS = {"error": N_("error"), "warning": N_("warning"), "note": N_("note")}
_COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}


def show_findings(state: State, findings: Sequence[Finding], all_well: str) -> None:
    """Show findings, the gravest first. Leaves with status 6 when one is more than a note."""
    ordered = sorted(findings, key=lambda each: _WEIGHT.index(each.level))
    output = state.output
    if output.is_json:
        output.json({"ok": not is_wrong(ordered), "findings": [plain(each) for each in ordered]})
    else:
        for each in ordered:
            output.data(_line(each))
            if each.hint:
                output.data(f"         {safe(shown(each.hint))}")
        output.say(_summary(ordered, all_well))
    if is_wrong(ordered):
        raise Findings


def is_wrong(findings: Sequence[Finding]) -> bool:
    """Whether something is wrong, and not only noteworthy."""
    return any(each.level != "note" for each in findings)


def _line(finding: Finding) -> str:
    import sys

    from crmkit.cli.tables import coloured

    level = translated(LEVELS[finding.level]).ljust(8)
    label = click.style(level, fg=_COLOURS[finding.level]) if coloured(sys.stdout) else level
    return f"{label} {safe(shown(finding.message))}"


def _summary(findings: Sequence[Finding], all_well: str) -> str:
    if not findings:
        return all_well
    counts = {level: sum(each.level == level for each in findings) for level in _WEIGHT}
    said = {
        "error": ngettext("{count} error", "{count} errors", counts["error"]),
        "warning": ngettext("{count} warning", "{count} warnings", counts["warning"]),
        "note": ngettext("{count} note", "{count} notes", counts["note"]),
    }
    return ", ".join(said[level] for level, count in counts.items() if count)
