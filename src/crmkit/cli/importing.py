"""`crm customers import` and `crm interactions import`: files in, a count of what became of each row out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from crmkit.cli.import_report import show_report
from crmkit.cli.options import asks, rehearses, writes
from crmkit.cli.state import State, pass_state
from crmkit.cli.terminal import safe
from crmkit.cli.values import pairs
from crmkit.core.language import _

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.exchange import ImportReport

F = TypeVar("F", bound=Callable[..., Any])


def reads_rows(command: F) -> F:
    """The options `encoding` and `sheet` of a command that reads a file of rows."""
    for option in reversed(_READING):
        command = option(command)
    return command


def reads_file(command: F) -> F:
    """The argument and the options of a command that imports a file."""
    for option in reversed(_OPTIONS):
        command = option(command)
    command = rehearses(writes(command))
    return click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))(command)


_READING: tuple[Callable[[Any], Any], ...] = (
    click.option("--encoding", metavar="NAME", help="How the text is encoded; else told by the file."),
    click.option("--sheet", metavar="NAME", help="The sheet of a workbook, by name or number."),
)
_OPTIONS: tuple[Callable[[Any], Any], ...] = (
    click.option(
        "--map", "mapping", metavar="HEADER=TARGET", multiple=True, help="What a column of the file means."
    ),
    click.option(
        "--default", "defaults", metavar="TARGET=VALUE", multiple=True, help="One value for all rows."
    ),
    click.option("--ignore-unknown", is_flag=True, help="Leave out the columns that nobody can tell."),
    click.option("--mapping", "--map-name", "saved", metavar="NAME", help="Use the saved mapping NAME."),
    click.option("--save-map", metavar="NAME", help="Keep the mapping as [imports.NAME] in crm.toml."),
    click.option(
        "--format", "format", metavar="NAME", help="csv, ndjson, vcard or xlsx; else told by the file."
    ),
    *_READING,
)


@click.command("import")
@click.option(
    "--preset", metavar="NAME", help="The CRM it was exported from: hubspot, odoo, espocrm, mailchimp."
)
@click.option("--declare", is_flag=True, help="Make fields of the columns that nobody can tell, in crm.toml.")
@reads_file
@pass_state
def import_customers(state: State, file: Path, declare: bool, preset: str | None, **given: Any) -> None:
    """Import customers from a FILE: CSV, NDJSON, vCard or XLSX.

    The columns' meaning is guessed from their headers, or from their values; exports of HubSpot, Odoo,
    EspoCRM and Mailchimp are recognised. --map says it by hand.

    TARGET is name, given_name, family_name, is_organization, organization, email, phone, handle:NETWORK,
    address, address.street, address.city, address.postcode, address.region, address.country, primary,
    verified, tag, identity:SCHEME, field:NAME, preference:TOPIC, inferred:TOPIC, relationship:KIND, owner,
    lifecycle, customer_type, locale, timezone, preferred_channel, preferred_time, uid, archived_at,
    restricted_at, ignore, or, before :PURPOSE:CHANNEL, consent, consent_at, consent_history or opt_out. A
    label may follow: email:work.

    --dry-run shows what would become of the rows, with samples, and writes nothing.
    """
    from crmkit.core.exchange import import_customers as run

    if declare:
        # What is left then has no value in any row, or is only rehearsed.
        given["declared"] = _declare(state, file, preset, given)
        given["ignore_unknown"] = True
    run_import(state, partial(run, preset=preset), file, "customers", **given)


@click.command("import")
@click.option("--source", metavar="TEXT", help="The system the file comes from.")
@click.option("--live", is_flag=True, help="Let rules act upon it, as upon what has just come in.")
@asks
@reads_file
@pass_state
def import_interactions(state: State, file: Path, source: str | None, live: bool, **given: Any) -> None:
    """Import interactions from a FILE: CSV, NDJSON or XLSX.

    A column named like an identity scheme, customer_SCHEME or email finds the customer.

    With --map, TARGET is customer, email, identity:SCHEME, type, at, amount, currency, source, source_ref,
    channel, direction, outlet, employee, payload, payload:KEY, line.product, line.quantity, line.unit_price,
    purchase.source, purchase.source_ref, superseded or ignore.

    What is imported is history, upon which no rule acts; with --live rules do, upon what is not older than
    they say.
    """
    from crmkit.core.exchange import import_interactions as run

    if live and not given["dry_run"]:
        _ask_about_rules(state, file)
    run_import(state, partial(run, source=source, live=live), file, "interactions", **given)


def _ask_about_rules(state: State, file: Path) -> None:
    """Rules that act upon events are about to take the rows of a file for such."""
    from crmkit.core.strategy.rules import Rule

    rules = [each for each in state.crm.strategy.rules() if isinstance(each, Rule) and each.on]
    if rules:
        named = ", ".join(_("{rule} (on {event})", rule=each.name, event=each.on) for each in rules)
        state.confirm(_("Let these rules act upon {file}: {named}?", file=safe(file.name), named=named))


def run_import(
    state: State,
    run: Callable[..., ImportReport],
    file: Path,
    what: str,
    *,
    mapping: tuple[str, ...],
    defaults: tuple[str, ...],
    ignore_unknown: bool,
    saved: str | None,
    save_map: str | None,
    dry_run: bool,
    declared: Mapping[str, str] | None = None,
    **given: Any,
) -> None:
    """Import a file of `what` with the function `run`, and say what became of its rows.

    `declared` says what columns would mean, header to target, that a dry run had to leave out.
    """
    crm = state.crm
    fixed = pairs(defaults, "--default")
    with state.progress(
        _("Reading {file}", file=safe(file.name)) if dry_run else _("Importing {file}", file=safe(file.name))
    ) as advance:
        report = run(
            crm,
            file,
            mapping=pairs(mapping, "--map") or None,
            defaults=fixed or None,
            saved=saved,
            unknown="ignore" if ignore_unknown else None,
            dry_run=dry_run,
            progress=advance,
            **given,
        )
    show_report(state, _as_declared(report, declared or {}), what, file, dry_run=dry_run)
    if save_map is not None:
        _keep(state, crm, save_map, what, report, fixed, dry_run=dry_run)


def _as_declared(report: ImportReport, declared: Mapping[str, str]) -> ImportReport:
    """The report with the columns that are to become fields among those that are imported."""
    from attrs import evolve

    columns = tuple(
        evolve(each, target=declared[each.header], how="declared")
        if each.how == "unknown" and each.header in declared
        else each
        for each in report.columns
    )
    left = tuple(each for each in report.unmapped if each not in declared)
    return evolve(report, columns=columns, unmapped=left)


def _keep(
    state: State,
    crm: Crm,
    name: str,
    what: str,
    report: ImportReport,
    defaults: dict[str, str],
    *,
    dry_run: bool,
) -> None:
    from crmkit.core.exchange.saved import save_mapping

    if not dry_run:
        save_mapping(crm.config, name, what, report, defaults)
        state.output.say("  " + _("Kept as [imports.{name}]; next time: --mapping {name}", name=safe(name)))


def _declare(state: State, file: Path, preset: str | None, given: dict[str, Any]) -> dict[str, str]:
    """Make fields of the columns that nobody can tell; what these columns mean then, header to target."""
    from crmkit.core.exchange.declaring import declare, new_fields

    crm = state.crm
    crm.require("customers.import")
    crm.require("database.manage")
    fields = new_fields(
        crm,
        file,
        mapping=pairs(given["mapping"], "--map") or None,
        defaults=pairs(given["defaults"], "--default") or None,
        preset=preset,
        **{key: given[key] for key in ("saved", "format", "encoding", "sheet")},
    )
    if fields and given["dry_run"]:
        state.output.say(_("Would be declared in crm.toml:"))
    elif fields:
        declare(crm.config, fields)
        _reopen(state)
        state.output.say(_("Declared in crm.toml:"))
    for each in fields:
        if each.is_scheme:
            state.output.say("  " + f"[identities] {each.name}")
            continue
        more = {key: value for key, value in each.declaration.items() if key not in ("type", "label")}
        state.output.say(f"  [fields.{each.name}] {each.declaration['type']} {safe(more)}".rstrip())
    return {each.header: each.target for each in fields}


def _reopen(state: State) -> None:
    """Bring the database to what `crm.toml` says now, and open it again."""
    from crmkit.core.opening import upgrade_database

    state.crm.close()
    del state.crm
    state.__dict__.pop("config", None)
    upgrade_database(state.config_file, strict=state.strict)
