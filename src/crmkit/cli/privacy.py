"""`crm privacy`: people's rights over their data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from crmkit.cli.column import Column
from crmkit.cli.groups import Noun
from crmkit.cli.options import asks, lists, rehearses, shows, writes
from crmkit.cli.privacy_register import holds, requests
from crmkit.cli.records import moment
from crmkit.cli.state import State, needs, pass_state
from crmkit.cli.terminal import safe
from crmkit.core.language import N_, _, ngettext
from crmkit.core.model.privacy import ERASE_REASONS
from crmkit.core.phrase import phrase, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmkit.core.crm import Crm
    from crmkit.core.model.privacy import (
        ErasurePreview,
        ErasureReceipt,
        RetentionDue,
        TableCount,
    )
    from crmkit.core.privacy.values import PrivacyExport

_TABLES = (
    Column("table", fixed=True, style="bold"),
    Column("plugin", "Whose"),
    Column("deleted", right=True, fixed=True),
    Column("blanked", right=True, fixed=True),
    Column("kept", right=True, fixed=True),
    Column("reasons", "Why kept", wrap=True, sparse=True),
)
_DUE = (
    Column("key", "What", fixed=True, style="bold"),
    Column("period", fixed=True),
    Column("before", "Older than", fixed=True),
    Column("count", "Due", right=True, fixed=True),
    Column("held", "Held", right=True, fixed=True),
)
_NO_PERIODS = N_(
    'No periods are set. Set them in crm.toml:\n[retention]\nenquiry = "2 years"\ncustomers = "10 years"'
)
_RESTRICTED = N_("Restricted {name} (#{id})")
_LIFTED = N_("Lifted the restriction of {name} (#{id})")


@click.group(cls=Noun)
def privacy() -> None:
    """Answer people's requests: hand out, restrict and erase what is kept of them.

    REF is an id, a uid, an e-mail, a phone number, SCHEME:VALUE (shop:10042) or a name.
    """


privacy.add_command(requests)
privacy.add_command(holds)


def _request_option(command: click.Command) -> click.Command:
    return click.option("--request", metavar="NO", type=int, help="The request that this answers.")(command)


@privacy.command()
@click.argument("ref")
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    metavar="DIR|FILE",
    help="A folder for both documents, or a file that ends in .json or .html.",
)
@click.option("--language", metavar="LANG", help="Language of the readable document: en, pl or ur.")
@click.option("--force", is_flag=True, help="Overwrite files.")
@_request_option
@writes
@pass_state
def export(
    state: State, ref: str, output: Path | None, language: str | None, force: bool, request: int | None
) -> None:
    """Hand out everything that is kept of customer REF, in all tables of all plugins, also of those gone.

    The HTML is for the person, in their language; the JSON for machines. Without --output it is printed.
    """
    crm = state.crm
    if output is None:
        found = crm.privacy.export(ref, request=request)
        click.echo(found.to_json(), nl=False)
        _notes(state, found)
        return
    targets = _targets(output, crm.customers.resolve(ref))
    _require_free(targets, force=force)
    found = crm.privacy.export(ref, request=request)
    for target in targets:
        _write(target, found.to_html(language) if target.suffix == ".html" else found.to_json())
    rows = sum(len(each.rows) for each in found.tables)
    count = sum(bool(each.rows) for each in found.tables)
    state.output.receipt(
        _(
            "Exported {name} (#{id}): {rows} of {tables} to {files}",
            name=found.name,
            id=found.customer_id,
            rows=ngettext("{count} row", "{count} rows", rows),
            tables=ngettext("{count} table", "{count} tables", count),
            files=_(" and ").join(map(str, targets)),
        ),
        reference=targets[0],
        record={"files": [str(each) for each in targets], "rows": rows, "notes": list(found.notes)},
    )
    _notes(state, found)


def _targets(output: Path, customer_id: int) -> list[Path]:
    from crmkit.core.errors import Invalid

    if output.suffix in (".json", ".html"):
        return [output]
    if output.suffix and not output.is_dir():
        raise Invalid(
            phrase("{output} ends in neither .json nor .html", output=output),
            hint="Name a folder to get both.",
        )
    return [output / f"customer-{customer_id}{suffix}" for suffix in (".html", ".json")]


def _require_free(targets: list[Path], *, force: bool) -> None:
    from crmkit.core.errors import Conflict

    for target in targets:
        if target.exists() and not force:
            raise Conflict(
                phrase("{target} exists", target=target),
                hint="Choose another place, or overwrite it: --force",
            )


def _write(target: Path, text: str) -> None:
    """Write a file that nobody else on the machine can read."""
    import os

    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def _notes(state: State, found: PrivacyExport) -> None:
    for note in found.notes:
        state.output.say(f"  {safe(shown(note))}")


@privacy.command()
@click.argument("ref")
@click.option(
    "--reason",
    type=click.Choice(ERASE_REASONS),
    default="request",
    show_default=True,
    help="Why; a fixed word, because free text about a person would outlive them.",
)
@_request_option
@rehearses
@asks
@writes
@pass_state
def erase(state: State, ref: str, reason: str, request: int | None, dry_run: bool) -> None:
    """Erase customer REF for good, with all that is theirs. It cannot be undone.

    What happened stays, without who and what was said. Addresses are remembered as keyed hashes: should they
    come back, marketing leaves them alone. A legal hold refuses.
    """
    crm = state.crm
    preview = crm.privacy.preview(ref)
    if dry_run:
        _show_preview(state, preview)
        return
    if not state.yes:
        _show_preview(state, preview, asking=True)
        if not preview.holds:
            state.confirm(_("Erase customer {customer_id} for good?", customer_id=preview.customer_id))
    receipt = crm.privacy.erase(preview.customer_id, reason=reason, request=request)
    _show_erased(state, receipt)


def _show_preview(state: State, preview: ErasurePreview, *, asking: bool = False) -> None:
    lines = [_("When they are erased: {counts}", counts=_counted(preview.tables))]
    if preview.merged:
        lines.append(_("Records that were merged into theirs go too: {merged}", merged=preview.merged))
    lines += _elsewhere(preview.elsewhere)
    if preview.suppressed:
        lines.append(
            _(
                "Remembered as a keyed hash, so that marketing leaves it alone: {suppressed}",
                suppressed=preview.suppressed,
            )
        )
    lines += [
        _("Must be kept: {reason} (hold {id})", reason=safe(each.reason), id=each.id)
        for each in preview.holds
    ]
    output = state.output
    if output.is_json:
        output.preview("", _preview_record(preview))
        return
    rows = [_count_row(each) for each in preview.tables]
    if asking:
        for row in rows:
            output.say(
                "  "
                + _(
                    "{table}: {deleted} deleted, {blanked} blanked, {kept} kept",
                    table=row["table"],
                    deleted=row["deleted"],
                    blanked=row["blanked"],
                    kept=row["kept"],
                )
            )
        output.say("\n".join(lines))
        return
    output.rows(_TABLES, rows)
    output.preview("\n".join(lines), {})


def _preview_record(preview: ErasurePreview) -> dict[str, object]:
    return {
        "customer": preview.customer_id,
        "uid": preview.uid,
        "tables": [_count_row(each) for each in preview.tables],
        "merged": preview.merged,
        "elsewhere": list(preview.elsewhere),
        "suppressed": preview.suppressed,
        "holds": [{"id": each.id, "reason": each.reason} for each in preview.holds],
    }


def _counted(tables: Sequence[TableCount]) -> str:
    """How many rows are concerned, in which way."""
    deleted, blanked, kept = (
        sum(getattr(each, what) for each in tables) for what in ("deleted", "blanked", "kept")
    )
    parts = [
        ngettext("{count} row deleted", "{count} rows deleted", deleted),
        ngettext("{count} row blanked", "{count} rows blanked", blanked),
    ]
    parts += [ngettext("{count} row kept", "{count} rows kept", kept)] if kept else []
    return ", ".join(parts)


def _elsewhere(places: Sequence[str]) -> list[str]:
    return [_("Outside of the database: {place}", place=safe(shown(each))) for each in places]


def _count_row(count: TableCount) -> dict[str, object]:
    return {
        "table": count.table,
        "plugin": count.plugin,
        "deleted": count.deleted,
        "blanked": count.blanked,
        "kept": count.kept,
        "reasons": list(count.reasons),
    }


def _show_erased(state: State, receipt: ErasureReceipt) -> None:
    erased = _("Erased ({uid}): {counts}", uid=receipt.uid, counts=_counted(receipt.tables))
    lines = [erased, *_elsewhere(receipt.elsewhere)]
    state.output.receipt(
        "\n  ".join(lines),
        reference=receipt.uid,
        record={
            "erasure": receipt.number,
            "uid": receipt.uid,
            "reason": receipt.reason,
            "tables": [_count_row(each) for each in receipt.tables],
            "merged": receipt.merged,
            "elsewhere": list(receipt.elsewhere),
            "suppressed": receipt.suppressed,
            "scrubbed": receipt.scrubbed,
            "rewrite": list(receipt.rewrite),
        },
    )
    say = state.output.say
    say(
        "  "
        + _("This cannot be taken back. A backup that is restored later does not bring them back either.")
    )
    if receipt.scrubbed is False:
        say(
            "  "
            + _(
                "A reader still holds an older state of the files; crm worker, or crm privacy scrub, goes on."
            )
        )
    if receipt.rewrite:
        say(
            _(
                "  Gone from every table now. Old bytes stay in the server's files until these are rewritten "
                "(crm privacy scrub),\n  and in its write-ahead log, replicas and backups while these are "
                "kept."
            )
        )


@privacy.command()
@click.argument("ref")
@click.option("--lift", is_flag=True, help="Use their data again.")
@_request_option
@writes
@pass_state
@needs("customers.read")
def restrict(state: State, ref: str, lift: bool, request: int | None) -> None:
    """Keep the data of customer REF but do not use it: nobody writes to them, exports leave them out."""
    crm = state.crm
    customer_id = crm.privacy.restrict(ref, lift=lift, request=request)
    (customer,) = crm.customers.summaries([customer_id])
    state.output.receipt(
        _(_LIFTED if lift else _RESTRICTED, name=customer.name, id=customer_id),
        undo=f"crm privacy restrict {customer_id}{'' if lift else ' --lift'}",
        reference=customer_id,
        record={"customer": customer_id, "restricted": not lift},
    )


@privacy.command()
@rehearses
@asks
@lists
@pass_state
def retention(state: State, dry_run: bool) -> None:
    """Show what the periods of [retention] say is due; with --yes do it.

    Interactions whose period is over are blanked (crm worker does that daily), customers of whom nothing was
    heard are erased; those with a legal hold stay.
    """
    crm = state.crm
    due = crm.privacy.retention()
    if not state.yes or dry_run:
        footer = _("Do it: crm privacy retention --yes") if any(each.count for each in due) else ""
        state.output.rows(_DUE, [_due_row(crm, each) for each in due], empty=_NO_PERIODS, footer=footer)
        return
    receipt = crm.privacy.apply_retention()
    total = sum(receipt.blanked.values())
    told = _(
        "Blanked: {interactions}. Erased: {customers}",
        interactions=ngettext("{count} interaction", "{count} interactions", total),
        customers=ngettext("{count} customer", "{count} customers", receipt.erased),
    )
    state.output.receipt(
        told,
        reference=receipt.erased,
        record={"blanked": dict(receipt.blanked), "erased": receipt.erased, "left": list(receipt.left)},
    )
    for reason in receipt.left:
        state.output.say("  " + _("Left: {reason}", reason=safe(shown(reason))))


def _due_row(crm: Crm, due: RetentionDue) -> dict[str, object]:
    return {
        "key": due.key,
        "period": due.period,
        "before": (moment(crm, due.before) or "")[:10],
        "count": due.count,
        "held": len(due.held),
        "customers": list(due.customer_ids),
    }


@privacy.command()
@asks
@shows
@pass_state
def scrub(state: State) -> None:
    """Rid the database's files of what was erased, where that is still due.

    On SQLite it is done after each erasure unless a reader holds on to an older state. On PostgreSQL the
    tables are rewritten, each locked meanwhile: choose a quiet hour.
    """
    crm = state.crm
    if crm.kernel.store.is_sqlite:
        done, tables = crm.privacy.scrub(), []
    else:
        state.confirm(_("Rewrite the tables that held erased rows? Each is locked meanwhile."))
        tables = list(crm.privacy.rewrite())
        done = True
    if state.output.is_json:
        state.output.json({"done": done, "rewritten": tables})
    elif done:
        state.output.say(
            _("Nothing erased is left in the files of {tables}.", tables=", ".join(tables))
            if tables
            else _("Nothing erased is left in the files.")
        )
    if not done:
        from crmkit.core.errors import TryAgain

        raise TryAgain(
            "A reader still holds an older state of the database's files",
            hint="End long reads (exports, backups, shells), then repeat: crm privacy scrub",
        )
