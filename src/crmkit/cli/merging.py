"""`crm customers merge` and `crm customers merges`: make one customer of several who are the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from crmkit.cli.options import asks, lists, rehearses, writes
from crmkit.cli.output import Column, safe
from crmkit.cli.records import local_day, local_time, moment, summary_record
from crmkit.cli.state import State, needs, pass_state

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.merging import MergePreview, MergeReceipt, MergeRun
    from crmkit.core.merging.values import Drop, Fill, Side

_SIDES = (
    Column("role", "", fixed=True, style="bold"),
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
_NONE = "Nobody was merged yet. Merge two: crm customers merge SURVIVOR OTHER --dry-run"
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
            output.say("Nothing was written.")
            return
        kept = preview.survivor.customer
        state.confirm(f"Merge {_others(preview.losers)} into {kept.name} ({kept.id})?")
    receipt = crm.merging.merge(survivor, *losers)
    output.receipt(
        "\n".join(_told(crm, receipt)),
        undo=f"crm undo {receipt.ref}",
        reference=receipt.ref,
        record=_receipt_record(receipt),
    )


@click.command()
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="At most so many."
)
@lists
@pass_state
def merges(state: State, limit: int) -> None:
    """List the merges, the newest first. Take one back: crm undo merge:7."""
    crm = state.crm
    rows = [_run_row(crm, run) for run in crm.merging.list(limit)]
    state.output.rows(_RUNS, rows, empty=_NONE)


def _others(sides: Sequence[Side]) -> str:
    if len(sides) == 1:
        return f"{sides[0].customer.name} ({sides[0].customer.id})"
    return f"{len(sides):,} customers"


def _side_table(crm: Crm, preview: MergePreview) -> str:
    from crmkit.cli.tables import plain_table

    sides = [("stays", preview.survivor), *(("goes into it", side) for side in preview.losers)]
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
    from crmkit.core.merging.wording import counted

    moved = [counted(table, rows) for table, rows in preview.moved.items() if table not in _SILENT]
    lines = ["", f"Would move: {', '.join(moved) or 'nothing'}"]
    lines += [f"Would fill: {_fill(fill)}" for fill in preview.fills]
    lines += [line for drop in preview.dropped if drop.table not in _SILENT for line in _drop_lines(drop)]
    lines += [
        f"Would withdraw: consent for {safe(purpose)} by {safe(channel)}, because one of them withdrew it"
        for purpose, channel in preview.withdrawn
    ]
    return lines + [f"Look twice: {warning}" for warning in preview.warnings]


def _drop_lines(drop: Drop) -> Iterator[str]:
    from crmkit.core.merging.wording import counted

    if drop.ties:
        yield f"Would drop: {counted(drop.table, drop.ties)} between them"
    if drop.rows:
        together = f"; {', '.join(drop.combined)} put together" if drop.combined else ""
        yield f"Would drop: {counted(drop.table, drop.rows)} that the survivor has too{together}"


def _fill(fill: Fill) -> str:
    what = safe(fill.column.replace("_", " "))
    if fill.column == "owner_id":
        return f"owner: employee {fill.new}"
    if fill.column.endswith("_at"):
        return "archived: no longer" if fill.new is None else f"{what.removesuffix(' at')}: yes"
    before = "" if fill.old in (None, "") else f"{safe(fill.old)} → "
    return f"{what}: {before}{safe(fill.new)}"


def _told(crm: Crm, receipt: MergeReceipt) -> list[str]:
    from crmkit.core.merging.wording import counted

    survivors = {survivor for survivor, _ in receipt.pairs}
    names = {each.id: each.name for each in crm.customers.summaries(sorted(survivors)[:1])}
    losers = [str(loser) for _, loser in receipt.pairs]
    into = ", ".join(f"{names.get(id_, '')} ({id_})".strip() for id_ in sorted(survivors))
    lines = [f"Merged {', '.join(losers)} into {into}: {receipt.ref}"]
    moved = [counted(table, rows) for table, rows in receipt.moved.items() if table not in _SILENT]
    if moved:
        lines.append(f"  moved {', '.join(moved)}")
    twice = {table: rows for table, rows in receipt.dropped.items() if table not in _SILENT}
    if twice:
        dropped = ", ".join(counted(table, rows) for table, rows in twice.items())
        lines.append(f"  dropped {dropped}, there twice or between them")
    if receipt.filled:
        lines.append(f"  filled {receipt.filled} {'value' if receipt.filled == 1 else 'values'}")
    if receipt.withdrawn:
        lines.append(f"  withdrew {counted('consent', receipt.withdrawn)}, as one of them had")
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
