"""`crm customers import` and `crm interactions import`: files in, a count of what became of each row out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from crmkit.cli.options import rehearses, writes
from crmkit.cli.output import safe
from crmkit.cli.state import State, pass_state
from crmkit.cli.values import pairs

if TYPE_CHECKING:
    from crmkit.core.exchange import ImportReport

F = TypeVar("F", bound=Callable[..., Any])


def reads_file(command: F) -> F:
    """The argument and the options of a command that imports a file."""
    command = click.option(
        "--default", "defaults", metavar="TARGET=VALUE", multiple=True, help="One value for all rows."
    )(rehearses(writes(command)))
    command = click.option(
        "--map", "mapping", metavar="HEADER=TARGET", multiple=True, help="What a column of the file means."
    )(command)
    return click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))(command)


@click.command("import")
@reads_file
@pass_state
def import_customers(state: State, file: Path, **given: Any) -> None:
    """Import customers from a CSV FILE.

    The columns' meaning is guessed from their headers; --map says it by hand. TARGET is name, given_name,
    family_name, email, phone, address.city, identity:SCHEME, field:NAME, tag or ignore.
    """
    from crmkit.core.exchange import import_customers as run

    run_import(state, run, file, "customers", **given)


@click.command("import")
@click.option("--source", metavar="TEXT", help="The system the file comes from.")
@reads_file
@pass_state
def import_interactions(state: State, file: Path, source: str | None, **given: Any) -> None:
    """Import interactions from a CSV FILE.

    A column named like an identity scheme, customer_SCHEME or email finds the customer. With --map, TARGET is
    also type, at, amount, currency, source_ref or payload:KEY.
    """
    from crmkit.core.exchange import import_interactions as run

    run_import(state, partial(run, source=source), file, "interactions", **given)


def run_import(
    state: State,
    run: Callable[..., ImportReport],
    file: Path,
    what: str,
    *,
    mapping: tuple[str, ...],
    defaults: tuple[str, ...],
    dry_run: bool,
) -> None:
    """Import a file of `what` with the function `run`, and say what became of its rows."""
    crm = state.crm
    with state.progress(
        f"Reading {safe(file.name)}" if dry_run else f"Importing {safe(file.name)}"
    ) as advance:
        report = run(
            crm,
            file,
            mapping=pairs(mapping, "--map") or None,
            defaults=pairs(defaults, "--default") or None,
            dry_run=dry_run,
            progress=advance,
        )
    _show(state, report, what, dry_run=dry_run)


def _show(state: State, report: ImportReport, what: str, *, dry_run: bool) -> None:
    output = state.output
    if output.is_json:
        output.json(_record(report))
    elif output.quiet:
        output.data(str(report.ref or ""))
    else:
        done = "Nothing was written. Would be imported" if dry_run else f"✓ Imported {what} as {report.ref}"
        output.say(f"{done}: {_sentence(report)}")
        output.say("\n".join(_columns(report)))
        if report.resumed_from:
            output.say(
                f"  It went on after the {report.resumed_from:,} rows that an interrupted import had done."
            )
        if report.rejected:
            output.say("\n".join(_rejected(report)))


def _columns(report: ImportReport) -> list[str]:
    """What each column was taken for; what was left out is never silent."""
    used = [
        f"{safe(header)} → {safe(target)}" for header, target in report.mapping.items() if target != "ignore"
    ]
    left = [safe(header) for header, target in report.mapping.items() if target == "ignore"]
    left += [safe(header) for header in report.unmapped]
    lines = [f"  Columns: {', '.join(used)}"] if used else []
    if left:
        lines.append(f"  Not imported: {', '.join(left)}. Say what a column is: --map HEADER=TARGET")
    return lines


def _record(report: ImportReport) -> dict[str, Any]:
    return {
        "import": report.ref,
        "rows": report.rows,
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "rejected": report.rejected,
        "rejects_file": str(report.rejects_file) if report.rejects_file else None,
        "seconds": round(report.seconds, 3),
    }


def _sentence(report: ImportReport) -> str:
    counts = ", ".join(
        f"{getattr(report, key):,} {key}"
        for key in ("created", "updated", "unchanged", "rejected")
        if getattr(report, key) or key == "created"
    )
    return f"{report.rows:,} {'row' if report.rows == 1 else 'rows'} ({counts}) in {report.seconds:.1f} s"


def _rejected(report: ImportReport) -> list[str]:
    lines = [f"  line {each.line}: {safe(each.reason)}" for each in report.examples]
    if report.rejected > len(report.examples):
        lines.append("  …")
    if report.rejects_file is not None:
        lines.append(f"The rejected rows, with their reasons: {safe(report.rejects_file)}")
        lines.append("Correct them there and import that file.")
    return lines
