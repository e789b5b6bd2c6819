"""What a search for duplicates found, told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from crmkit.core.cldr import figures
from crmkit.core.language import _, ngettext, number

if TYPE_CHECKING:
    from crmkit.core.duplicates.values import ScanReport


def scan_record(report: ScanReport) -> dict[str, Any]:
    """The report for `--json`."""
    from attrs import asdict

    return asdict(report) | {"seconds": round(report.seconds, 3)}


def scan_text(report: ScanReport, judge: str) -> str:
    """The report for people, in several lines; `judge` is the one that `crm.toml` names."""
    lines = [
        "✓ " + _looked(report),
        "  " + _waiting(report),
        *(f"  {each}" for each in _judged(report, judge)),
        *(f"  {each}" for each in _not_all(report)),
        "  " + (_("See them: crm customers duplicates") if report.open else _("Nothing is to be done.")),
    ]
    return "\n".join(lines)


def _looked(report: ScanReport) -> str:
    comparisons = ngettext("{count} comparison", "{count} comparisons", report.compared)
    return ngettext(
        "Looked at {count} customer ({comparisons}) in {seconds} s",
        "Looked at {count} customers ({comparisons}) in {seconds} s",
        report.customers,
        comparisons=comparisons,
        seconds=figures(f"{report.seconds:.1f}"),
    )


def _waiting(report: ScanReport) -> str:
    return ngettext(
        "{count} pair waits to be looked at ({added} new, {updated} with another score, {removed} no longer "
        "alike)",
        "{count} pairs wait to be looked at ({added} new, {updated} with another score, {removed} no longer "
        "alike)",
        report.open,
        added=number(report.added),
        updated=number(report.updated),
        removed=number(report.removed),
    )


def _judged(report: ScanReport, judge: str) -> Iterator[str]:
    """Who judged, where that is not what one would expect."""
    if report.judge != judge:
        yield _(
            "Judged by the rules: there are too few customers or duplicates for {judge} to learn from",
            judge=judge,
        )
    if report.expected_precision is not None:
        yield _(
            "Judged by {judge}: {share} of them are expected to be one",
            judge=report.judge,
            share=figures(f"{report.expected_precision:.2%}"),
        )


def _not_all(report: ScanReport) -> Iterator[str]:
    """What the scan left out."""
    if report.dismissed:
        yield ngettext(
            "{count} more dismissed before: that holds",
            "{count} more dismissed before: that holds",
            report.dismissed,
        )
    if report.left_out:
        blocks = _(", ").join(
            _("{left} by {block}", left=number(left), block=block) for block, left in report.left_out.items()
        )
        yield (
            _("In large groups only neighbours were compared: {blocks} (largest_block in crm.toml)",
              blocks=blocks)
            if report.judge == "rules"
            else _("In large groups nobody was compared for that alone: {blocks} (largest_block in crm.toml)",
                   blocks=blocks)
        )  # fmt: skip
    if not report.is_complete:
        yield _("It ended at most_pairs of [matching.duplicates]: raise threshold, or merge and go on")
