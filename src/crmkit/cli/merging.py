"""`crm customers merge` and `crm customers merges`: make one customer of several who are the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from crmkit.cli.column import Column
from crmkit.cli.options import asks, limited, lists, rehearses, writes
from crmkit.cli.records import local_day, local_time, moment, summary_record
from crmkit.cli.state import State, needs, pass_state
from crmkit.cli.terminal import safe
from crmkit.core.language import N_, _, ngettext
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.merging import MergePreview, MergeReceipt, MergeRun
    from crmkit.core.merging.values import Drop, Fill, Side

_SIDES = (
    Column("role", fixed=True, style="bold"),
    Column("id", "No.", right=True, fixed=True),
    Column("name", style="bold"),
    Column("reach", "E-mail, phone, city", wrap=True),
    Column("since", "Since", fixed=True, shown=local_day),
    Column("interactions", right=True, fixed=True),
    Column("last_contact", "Last contact", fixed=True, shown=local_day),
)
_RUNS = (
    Column("ref", "Reference", fixed=True, style="bold"),
    Column("at", "When", fixed=True, shown=local_time),
    Column("actor", "Who"),
    Column("what", "What", wrap=True),
    Column("undone_at", "Undone", fixed=True, shown=local_time),
)
_NONE = N_("Nobody was merged yet. Merge two: crm customers merge SURVIVOR OTHER --dry-run")
_SILENT = ("change", "access", "customer_alias", "duplicate")


@click.command()
@click.argument("survivor", metavar="SURVIVOR")
@click.argument("losers", metavar="OTHER…", nargs=-1, required=True)
@rehearses
@asks
@writes
@pass_state
@needs("customers.read")
def merge(state: State, survivor: str, losers: tuple[str, ...], dry_run: bool) -> None:
    """Make one customer of several who are the same: everything of OTHER becomes SURVIVOR's.

    It shows both sides and what would move, and asks. SURVIVOR's own values stay; what SURVIVOR lacks is
    filled from OTHER. OTHER's number, uid and identities lead to SURVIVOR afterwards. The whole can be taken
    back by crm undo, also after others have gone on working.
    """
    crm, output = state.crm, state.output
    if dry_run or not state.yes:
        preview = crm.merging.preview(survivor, *losers)
        if dry_run and output.is_json:
            output.preview("", _preview_record(crm, preview))
            return
        output.say(_side_table(crm, preview))
        output.say("\n".join(_preview_lines(preview)))
        if dry_run:
            output.say(_("Nothing was written."))
            return
        state.confirm(_question(preview))
    receipt = crm.merging.merge(survivor, *losers)
    output.receipt(
        "\n".join(_told(crm, receipt)),
        undo=f"crm undo {receipt.ref}",
        reference=receipt.ref,
        record=_receipt_record(receipt),
    )


@click.command()
@limited(most=10_000)
@lists
@pass_state
def merges(state: State, limit: int) -> None:
    """List the merges, the newest first. Take one back: crm undo merge:7."""
    crm = state.crm
    rows = [_run_row(crm, run) for run in crm.merging.list(limit)]
    state.output.rows(_RUNS, rows, empty=_NONE)


def _question(preview: MergePreview) -> str:
    kept, losers = _name_of(preview.survivor), preview.losers
    if len(losers) == 1:
        return _("Merge {other} into {survivor}?", other=_name_of(losers[0]), survivor=kept)
    return ngettext(
        "Merge {count} customer into {survivor}?",
        "Merge {count} customers into {survivor}?",
        len(losers),
        survivor=kept,
    )


def _name_of(side: Side) -> str:
    return f"{safe(side.customer.name)} ({side.customer.id})"


def _side_table(crm: Crm, preview: MergePreview) -> str:
    from crmkit.cli.tables import plain_table

    sides = [(_("stays"), preview.survivor), *((_("goes into it"), side) for side in preview.losers)]
    return plain_table(_SIDES, [{"role": role, **_side(crm, side)} for role, side in sides])


def _side(crm: Crm, side: Side) -> dict[str, Any]:
    reach = (side.customer.email, side.customer.phone, side.customer.city)
    return {
        **summary_record(crm, side.customer),
        "reach": ", ".join(filter(None, reach)),
        "since": moment(crm, side.created_at),
        "interactions": side.interactions,
        "last_contact": moment(crm, side.last_contact),
        "is_organization": side.is_organization,
    }


def _preview_lines(preview: MergePreview) -> list[str]:
    lines = ["", _("Would move: {rows}", rows=_listed(preview.moved) or _("nothing"))]
    lines += [_("Would fill: {value}", value=_fill(fill)) for fill in preview.fills]
    lines += [line for drop in preview.dropped if drop.table not in _SILENT for line in _drop_lines(drop)]
    lines += [
        _(
            "Would withdraw: consent for {purpose} by {channel}, because one of them withdrew it",
            purpose=safe(purpose),
            channel=safe(channel),
        )
        for purpose, channel in preview.withdrawn
    ]
    return lines + [_("Look twice: {warning}", warning=safe(warning)) for warning in preview.warnings]


def _listed(rows: Mapping[str, int]) -> str:
    """So many rows of each table that matters to a person."""
    from crmkit.core.merging.wording import counts

    return safe(counts((table, count) for table, count in rows.items() if table not in _SILENT))


def _drop_lines(drop: Drop) -> Iterator[str]:
    if drop.ties:
        yield _("Would drop: {rows} between them", rows=_listed({drop.table: drop.ties}))
    if drop.rows and drop.combined:
        yield _(
            "Would drop: {rows} that the survivor has too; {columns} put together",
            rows=_listed({drop.table: drop.rows}),
            columns=", ".join(drop.combined),
        )
    elif drop.rows:
        yield _("Would drop: {rows} that the survivor has too", rows=_listed({drop.table: drop.rows}))


def _fill(fill: Fill) -> str:
    if fill.column == "owner_id":
        return _("owner: employee {id}", id=fill.new)
    if fill.column == "archived_at" and fill.new is None:
        return _("archived: no longer")
    what = safe(phrase(fill.column.removesuffix("_at").replace("_", " ")))
    if fill.column.endswith("_at"):
        return _("{what}: yes", what=what)
    before = "" if fill.old in (None, "") else f"{safe(fill.old)} → "
    return f"{what}: {before}{safe(fill.new)}"


def _told(crm: Crm, receipt: MergeReceipt) -> list[str]:
    survivors = {survivor for survivor, _id in receipt.pairs}
    names = {each.id: each.name for each in crm.customers.summaries(sorted(survivors)[:1])}
    losers = ", ".join(f"#{loser}" for _id, loser in receipt.pairs)
    into = ", ".join(f"{names.get(id_, '')} (#{id_})".strip() for id_ in sorted(survivors))
    lines = [_("Merged {losers} into {survivor}: {ref}", losers=losers, survivor=into, ref=receipt.ref)]
    if moved := _listed(receipt.moved):
        lines.append("  " + _("moved {rows}", rows=moved))
    if dropped := _listed(receipt.dropped):
        lines.append("  " + _("dropped {rows}, there twice or between them", rows=dropped))
    if receipt.filled:
        lines.append("  " + ngettext("filled {count} value", "filled {count} values", receipt.filled))
    if receipt.withdrawn:
        lines.append(
            "  "
            + ngettext(
                "withdrew {count} consent, as one of them had",
                "withdrew {count} consents, as one of them had",
                receipt.withdrawn,
            )
        )
    return lines


def _receipt_record(receipt: MergeReceipt) -> Mapping[str, Any]:
    return {
        "merge": receipt.ref,
        "pairs": [{"survivor": survivor, "loser": loser} for survivor, loser in receipt.pairs],
        "moved": dict(receipt.moved),
        "dropped": dict(receipt.dropped),
        "filled": receipt.filled,
        "withdrawn": receipt.withdrawn,
    }


def _preview_record(crm: Crm, preview: MergePreview) -> dict[str, Any]:
    return {
        "survivor": _side(crm, preview.survivor),
        "losers": [_side(crm, side) for side in preview.losers],
        "moved": dict(preview.moved),
        "dropped": {drop.table: drop.rows + drop.ties for drop in preview.dropped},
        "fills": [{"field": fill.column, "old": fill.old, "new": fill.new} for fill in preview.fills],
        "withdrawn": [{"purpose": purpose, "channel": channel} for purpose, channel in preview.withdrawn],
        "warnings": list(preview.warnings),
    }


def _run_row(crm: Crm, run: MergeRun) -> dict[str, Any]:
    from crmkit.core.merging.undoing import what_of

    return {
        "ref": run.ref,
        "at": moment(crm, run.at),
        "actor": run.actor,
        "what": what_of(run),
        "pairs": run.pairs,
        "source": run.source,
        "undone_at": moment(crm, run.undone_at),
    }
