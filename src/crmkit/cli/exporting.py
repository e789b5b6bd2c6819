"""`crm customers export` and `crm interactions export`: data out to files, and a receipt."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from crmkit.cli.options import split_columns, writes
from crmkit.cli.state import State, pass_state
from crmkit.cli.terminal import is_terminal, safe
from crmkit.cli.values import instant, until
from crmkit.core.cldr import figures
from crmkit.core.language import N_, _, translated
from crmkit.core.phrase import nphrase, phrase

if TYPE_CHECKING:
    from crmkit.core.exporting import ExportReport

F = TypeVar("F", bound=Callable[..., Any])
_STDOUT: Final = "-"
_BINARY: Final = ("xlsx", "parquet")
_FORMATS: Final = ("csv", "ndjson", "vcard", "xlsx", "parquet")
_TABLES: Final = ("csv", "ndjson", "xlsx", "parquet")
# What is exported: how many of it, and that there was none.
_COUNTED: Final = {
    "customers": nphrase("{count} customer", "{count} customers", 0),
    "interactions": nphrase("{count} interaction", "{count} interactions", 0),
    "records": nphrase("{count} record", "{count} records", 0),
}
_NONE: Final = {
    "customers": N_("There were no customers like that."),
    "interactions": N_("There were no interactions like that."),
    "records": N_("There were no records like that."),
}


def writes_file(*formats: str) -> Callable[[F], F]:
    """The options of a command that exports."""

    def decorate(command: F) -> F:
        command = click.option(
            "-o",
            "--output",
            metavar="FILE",
            default=_STDOUT,
            type=click.Path(dir_okay=False, allow_dash=True),
            help="Into this file; - is the standard output, and the default.",
        )(writes(command))
        return click.option(
            "--format",
            "format_",
            type=click.Choice(formats, case_sensitive=False),
            help="What to write; by default what the file's name says, else CSV.",
        )(command)

    return decorate


def with_people(command: F) -> F:
    """The options that say which customers an export is about."""
    command = click.option(
        "--restricted", is_flag=True, help="Also those whose data may be kept, but not used."
    )(command)
    command = click.option("--archived", is_flag=True, help="Also those in the archive.")(command)
    return click.option(
        "--where", metavar="PREDICATE", help="Only customers for whom it holds, such as: has_tag('vip')"
    )(command)


def columns_of(_ctx: click.Context, _parameter: click.Parameter, text: str | None) -> tuple[str, ...] | None:
    """The names in `A,B,…`; commas inside brackets and quotes belong to an expression."""
    return None if text is None else tuple(split_columns(text))


@click.command("export")
@with_people
@click.option("--view", metavar="NAME", help="The condition, columns and order of a saved view.")
@click.option(
    "--fields",
    metavar="A,B,…",
    callback=columns_of,
    help="Only these columns: name, email, identity:SCHEME, tag, …, and any expression.",
)
@click.option(
    "--order", metavar="FIELD[:desc]", help="By a field or expression; :desc puts the largest first."
)
@click.option("--card", type=click.Choice(("4.0", "3.0")), help="The version of vCard; 4.0 by default.")
@writes_file(*_FORMATS)
@pass_state
def export_customers(
    state: State,
    output: str,
    format_: str | None,
    fields: tuple[str, ...] | None,
    card: str | None,
    **asked: Any,
) -> None:
    """Write customers to a file, or to the standard output.

    Without --fields, whole customers are written, and import reads them again.
    Each export is noted in the access log.
    """
    if card and not (format_ == "vcard" or _is_named_as("vcard", output)):
        raise click.UsageError("--card is a version of vCard: add --format vcard, or --output FILE.vcf")
    run_export(
        state,
        "customers",
        output,
        format_,
        lambda to, options: state.crm.exporting.customers(
            to, columns=fields, version=card, **asked, **options
        ),
    )


def _is_named_as(format_: str, output: str) -> bool:
    from crmkit.core.exporting.formats import FORMATS

    return Path(output).suffix.lower() in FORMATS[format_]


@click.command("export")
@with_people
@click.option("--type", "types", metavar="TYPE", multiple=True, help="Only this type; may be repeated.")
@click.option("--since", metavar="TIME", help="From then on.")
@click.option("--until", "until_", metavar="TIME", help="Up to then; a day is meant as a whole.")
@click.option("--superseded", is_flag=True, help="Also what was corrected or voided.")
@writes_file(*_TABLES)
@pass_state
def export_interactions(
    state: State,
    output: str,
    format_: str | None,
    types: tuple[str, ...],
    since: str | None,
    until_: str | None,
    **asked: Any,
) -> None:
    """Write interactions to a file, or to the standard output, in the order in which they were recorded.

    Each export is noted in the access log.
    """
    crm = state.crm
    asked |= {"types": types, "since": instant(crm, since), "until": until(crm, until_)}
    run_export(
        state,
        "interactions",
        output,
        format_,
        lambda to, options: crm.exporting.interactions(to, **asked, **options),
    )


def run_export(
    state: State,
    what: str,
    output: str,
    format_: str | None,
    export: Callable[[Any, dict[str, Any]], ExportReport],
) -> None:
    """Export with the function `export` of (target, options), and say what was written."""
    to_stdout = output == _STDOUT
    if to_stdout and format_ in _BINARY and is_terminal(sys.stdout):
        raise click.UsageError(
            phrase("A terminal cannot show {format}. Write it to a file: --output FILE", format=format_)
        )
    with state.progress(_("Exporting")) as advance:
        report = export(_STDOUT if to_stdout else Path(output), {"format": format_, "progress": advance})
    _show(state, report, what, to_stdout=to_stdout)


def _show(state: State, report: ExportReport, what: str, *, to_stdout: bool) -> None:
    out = state.output
    if out.is_json and not to_stdout:
        out.json(record_of(report))
    elif not to_stdout:
        wrote = _(
            "Wrote {rows} to {path} in {seconds} s",
            rows=safe(_COUNTED[what].of(report.rows)),
            path=safe(report.path),
            seconds=figures(f"{report.seconds:.1f}"),
        )
        out.say(f"✓ {wrote}")
        if report.columns and out.verbose:
            out.say("  " + _("Columns: {columns}", columns=", ".join(map(safe, report.columns))))
    elif not report.rows:
        out.say(translated(_NONE[what]))


def record_of(report: ExportReport) -> dict[str, Any]:
    """What an export did, for programs."""
    return {
        "export": report.what,
        "format": report.format,
        "rows": report.rows,
        "customers": report.customers,
        "columns": list(report.columns),
        "file": str(report.path) if report.path else None,
        "seconds": round(report.seconds, 3),
    }
