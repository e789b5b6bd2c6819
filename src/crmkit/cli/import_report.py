"""What an import says at its end: counts, columns, samples, refused rows, and how to take it back."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmkit.cli.column import Column
from crmkit.cli.state import State
from crmkit.cli.terminal import safe
from crmkit.core.cldr import figures
from crmkit.core.language import N_, _, ngettext, number, translated
from crmkit.core.phrase import as_phrase

if TYPE_CHECKING:
    from crmkit.core.exchange import ImportReport
    from crmkit.core.exchange.report import FieldChange, Sample

_SAMPLE = (
    Column("outcome", fixed=True, style="bold", shown=translated),
    Column("line", right=True, fixed=True, style="dim"),
    Column("who", "Who or what"),
    Column("change", wrap=True),
)
_HOW = {
    "hand": N_("as you said"),
    "mapping": N_("saved"),
    "values": N_("by its values"),
}
_COUNTS = {
    "created": N_("{count} created"),
    "updated": N_("{count} updated"),
    "unchanged": N_("{count} unchanged"),
    "rejected": N_("{count} rejected"),
}
_LONGEST = 40


def show_report(state: State, report: ImportReport, what: str, file: Path, *, dry_run: bool) -> None:
    """Say what became of a file's rows."""
    output = state.output
    if output.is_json:
        output.json(_record(report, dry_run=dry_run))
        return
    if output.quiet:
        output.data(str(report.ref or ""))
        return
    output.say(_done(report, what, dry_run=dry_run))
    for line in (*_columns(report), *_remarks(report)):
        output.say(line)
    if dry_run and report.samples:
        output.rows(_SAMPLE, list(_samples(report)))
    elif report.rejected:
        output.say("\n".join(_rejected(report)))
    if report.ref is not None and (report.created or report.updated):
        output.say("  " + _("Undo: crm undo {ref}", ref=report.ref))
    for step, seconds in report.steps.items():
        output.detail(f"  {seconds:8.2f} s  {translated(step)}")
    if dry_run and not report.rejected:
        output.detail(
            "  " + _("To import it: the same command without --dry-run ({file})", file=shlex.quote(file.name))
        )


def _done(report: ImportReport, what: str, *, dry_run: bool) -> str:
    counts = _sentence(report)
    if dry_run:
        return _("Nothing was written. Would be imported: {counts}", counts=counts)
    if what == "customers":
        return "✓ " + _("Imported customers as {ref}: {counts}", ref=report.ref, counts=counts)
    if what != "interactions":
        type_ = what.removeprefix("records:")
        return "✓ " + _(
            "Imported {type} records as {ref}: {counts}", type=type_, ref=report.ref, counts=counts
        )
    return "✓ " + _("Imported interactions as {ref}: {counts}", ref=report.ref, counts=counts)


def _columns(report: ImportReport) -> list[str]:
    """What each column was taken for; what was left out is never silent."""
    from crmkit.core.exchange import rejects

    used = [_column(each.header, each.target, each.how) for each in report.columns if each.target != "ignore"]
    used += [f"{safe(header)} → {safe(target)}" for header, target in _fixed(report)]
    # Those two are our own: an earlier import added them to the rows that it refused.
    ours = (rejects.LINE, rejects.REASON)
    left = [e for e in report.columns if e.target == "ignore" and e.header not in ours]
    untold = [safe(each.header) for each in left if each.how not in ("hand", "mapping")]
    wished = [safe(each.header) for each in left if each.how in ("hand", "mapping")]
    lines = ["  " + _("Taken for an export of {preset}", preset=report.preset)] if report.preset else []
    if used:
        lines.append("  " + _("Columns: {columns}", columns=", ".join(used)))
    if untold:
        lines.append(
            "  "
            + _("Not imported: {value}. Say what a column is: --map HEADER=TARGET", value=", ".join(untold))
        )
    if wished:
        lines.append("  " + _("Not imported, as you wished: {columns}", columns=", ".join(wished)))
    return lines


def _column(header: str, target: str, how: str) -> str:
    remark = f" ({translated(_HOW[how])})" if how in _HOW and how != "hand" else ""
    return f"{safe(header)} → {safe(target)}{remark}"


def _fixed(report: ImportReport) -> list[tuple[str, str]]:
    headers = {each.header for each in report.columns}
    return [(key, target) for key, target in report.mapping.items() if key not in headers]


def _remarks(report: ImportReport) -> Iterator[str]:
    if report.resumed_from:
        yield "  " + _(
            "It went on after the {resumed_from} rows that an interrupted import had done.",
            resumed_from=number(report.resumed_from),
        )
    for note in report.notes:
        yield f"  {safe(as_phrase(note))}"


def _samples(report: ImportReport) -> Iterator[dict[str, Any]]:
    for outcome, samples in report.samples.items():
        for each in samples:
            change = safe(as_phrase(each.reason)) if each.reason else "; ".join(map(_told, each.changes))
            yield {"outcome": outcome, "line": each.line, "who": _short(safe(each.who)), "change": change}


def _told(change: FieldChange) -> str:
    old, new = _value(change.old), _value(change.new)
    return f"{change.field}: {old} → {new}" if old else f"{change.field} → {new}"


def _value(value: Any) -> str:
    return "" if value is None else _short(safe(value))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _sentence(report: ImportReport) -> str:
    counts = ", ".join(
        _(said, count=number(getattr(report, key)))
        for key, said in _COUNTS.items()
        if getattr(report, key) or key == "created"
    )
    seconds = figures(f"{report.seconds:.1f}")
    return ngettext(
        "{count} row ({counts}) in {seconds} s",
        "{count} rows ({counts}) in {seconds} s",
        report.rows,
        counts=counts,
        seconds=seconds,
    )


def _rejected(report: ImportReport) -> list[str]:
    from crmkit.core.exchange.preview import AMBIGUOUS

    lines = [
        "  " + _("line {line}: {reason}", line=each.line, reason=safe(as_phrase(each.reason)))
        for each in report.examples
    ]
    if report.rejected > len(report.examples):
        lines.append("  …")
    if any(each.reason.startswith(AMBIGUOUS) for each in report.examples):
        lines.append(_("Rows that fit several customers wait for you: crm customers review"))
    if report.rejects_file is not None:
        lines.append(
            _("The rejected rows, with their reasons: {rejects_file}", rejects_file=safe(report.rejects_file))
        )
        lines.append(_("Correct them there and import that file."))
    return lines


def _record(report: ImportReport, *, dry_run: bool) -> dict[str, Any]:
    record: dict[str, Any] = {
        "import": report.ref,
        "rows": report.rows,
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "rejected": report.rejected,
        "rejects_file": str(report.rejects_file) if report.rejects_file else None,
        "seconds": round(report.seconds, 3),
        "columns": {each.header: each.target for each in report.columns},
        "unmapped": list(report.unmapped),
        "notes": list(report.notes),
        "undo": f"crm undo {report.ref}" if report.ref and (report.created or report.updated) else None,
    }
    if dry_run:
        record["dry_run"] = True
        record["samples"] = {
            outcome: [_sample(each) for each in samples] for outcome, samples in report.samples.items()
        }
    return record


def _sample(sample: Sample) -> dict[str, Any]:
    return {
        "line": sample.line,
        "who": sample.who,
        "changes": {each.field: {"old": each.old, "new": each.new} for each in sample.changes},
        "reason": sample.reason or None,
    }
