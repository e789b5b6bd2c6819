"""`crm suppressions`: addresses that are not written to, for what reason and until when."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crmkit.cli.groups import Noun
from crmkit.cli.options import lists, rehearses, writes
from crmkit.cli.output import Column, safe
from crmkit.cli.records import local_end, local_time, moment
from crmkit.cli.state import State, pass_state
from crmkit.cli.values import shown_end, until

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.model.suppression import Suppression

_COLUMNS = (
    Column("at", "Since", fixed=True, shown=local_time),
    Column("reason", style="bold"),
    Column("keeps", "Keeps away"),
    Column("until", fixed=True, shown=local_end),
    Column("address"),
    Column("customer", fixed=True),
    Column("note"),
    Column("actor", "Entered by"),
)
_HISTORY = (
    *(column for column in _COLUMNS if column.key not in ("address", "customer")),
    Column("lifted_at", "Lifted", fixed=True, shown=local_time),
    Column("because"),
)
_KIND = click.option("--kind", metavar="KIND", help="email, phone, address or handle, if it does not show.")
_REASON = "objection, complaint, bounce, soft-bounces, erased or manual"


@click.group(cls=Noun)
def suppressions() -> None:
    """Addresses that are not written to. The list keeps hashes only, so nobody can read them from it."""


@suppressions.command("list")
@click.option("--reason", metavar="NAME", help=f"Only for this reason: {_REASON}.")
@click.option("--all", "all_", is_flag=True, help="Also what was lifted, or is over.")
@click.option("--limit", type=click.IntRange(1, 1_000_000), default=50, show_default=True, help="At most.")
@lists
@pass_state
def list_(state: State, reason: str | None, all_: bool, limit: int) -> None:
    """List what stands, newest first. An address shows where a customer on record has it."""
    crm = state.crm
    found = crm.suppressions.list(reason=reason, all_=all_)
    counts = Counter(each.reason for each in found)
    said = ", ".join(f"{count:,} {name}" for name, count in counts.most_common())
    more = f"; more with: --limit {limit * 10}" if len(found) > limit else ""
    state.output.rows(
        _COLUMNS,
        [_row(crm, each) for each in found[:limit]],
        empty="Nothing is suppressed.",
        footer=f"{said}{more}",
    )


@suppressions.command()
@click.argument("address")
@_KIND
@lists
@pass_state
def show(state: State, address: str, kind: str | None) -> None:
    """Show all that ever stood against ADDRESS, oldest first."""
    from crmkit.core.suppressions.files import kind_of

    crm = state.crm
    found = crm.suppressions.history(kind_of(address, kind), address)
    state.output.rows(
        _HISTORY,
        [_row(crm, each) for each in found],
        empty=f"{safe(address)} is not on the list, and never was.",
    )


@suppressions.command()
@click.argument("address")
@_KIND
@click.option("--reason", metavar="NAME", default="manual", show_default=True, help=f"Why: {_REASON}.")
@click.option("--purpose", metavar="NAME", default="", help="Only what is sent for this purpose.")
@click.option("--all", "all_", is_flag=True, help="Keep everything away, not marketing alone.")
@click.option(
    "--until", "until_", metavar="TIME", help="Until then, a day is meant as a whole; for ever, if not given."
)
@click.option("--note", metavar="TEXT", default="", help="What else to know. No addresses.")
@writes
@pass_state
def add(
    state: State, address: str, kind: str | None, reason: str, purpose: str, all_: bool, until_: str | None,
    note: str,
) -> None:  # fmt: skip
    """Put ADDRESS on the list: an e-mail address or a phone number, whoever has it.

    It holds at once, also for what waits to be sent.
    """
    from crmkit.core.suppressions.files import kind_of

    crm = state.crm
    entry = crm.suppressions.add(
        kind_of(address, kind), address, reason=reason, purpose=purpose, scope="all" if all_ else None,
        until=until(crm, until_), note=note,
    )  # fmt: skip
    shown = safe(entry.address)
    what = f", until {shown_end(crm, entry.until)}" if entry.until else ""
    state.output.receipt(
        f"{_stopped(entry)} goes to {shown} any more: {entry.reason}{what}",
        undo=f'crm suppressions lift {shown} --reason {entry.reason} --because "…"',
        reference=entry.number,
        record={"suppression": _row(crm, entry)},
    )


@suppressions.command()
@click.argument("address")
@_KIND
@click.option("--because", metavar="TEXT", required=True, help="Why. It is kept.")
@click.option("--reason", metavar="NAME", help="Only what stands for this reason.")
@click.option("--purpose", metavar="NAME", help="Only what stands for this purpose.")
@writes
@pass_state
def lift(
    state: State, address: str, kind: str | None, because: str, reason: str | None, purpose: str | None
) -> None:
    """Take ADDRESS off the list. That gives no consent back: what was withdrawn stays so."""
    from crmkit.core.suppressions.files import kind_of

    crm = state.crm
    what = kind_of(address, kind)
    lifted = crm.suppressions.lift(what, address, because=because, reason=reason, purpose=purpose)
    said = ", ".join(dict.fromkeys(each.reason for each in lifted))
    state.output.receipt(
        f"{safe(lifted[0].address)} is off the list: {said}",
        undo=f"crm suppressions add {safe(lifted[0].address)} --reason {lifted[0].reason}",
        reference=lifted[0].number,
        record={"lifted": [_row(crm, each) for each in lifted]},
    )


@suppressions.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@_KIND
@click.option("--reason", metavar="NAME", help="Of lines that name none; objection, if not given.")
@click.option("--purpose", metavar="NAME", default="", help="Only what is sent for this purpose.")
@rehearses
@writes
@pass_state
def import_(
    state: State, file: Path, kind: str | None, reason: str | None, purpose: str, dry_run: bool
) -> None:
    """Import another system's list from a CSV FILE: a column of addresses, perhaps with reasons and dates.

    All of it is kept, or nothing. What is on the list already is left as it is.
    """
    from crmkit.core.suppressions.files import suppressed_in

    crm = state.crm
    found = suppressed_in(crm.kernel, file, reason=reason, purpose=purpose, kind=kind)
    counts = dict(Counter(each.reason for each in found))
    said = ", ".join(f"{count:,} {name}" for name, count in counts.items()) or "nothing"
    if dry_run:
        state.output.preview(f"{file.name} lists {said}.", {"read": len(found), "reasons": counts})
        return
    new = sum(is_new for _, is_new in crm.suppressions.add_all(found))
    state.output.receipt(
        f"{len(found):,} addresses read ({said}): {new:,} new, {len(found) - new:,} there before",
        reference=new,
        record={"read": len(found), "new": new, "reasons": counts},
    )


@suppressions.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@writes
@pass_state
def export(state: State, file: Path) -> None:
    """Write what stands against customers' addresses to a new CSV FILE, for another system.

    Of addresses that no customer has there are hashes only, which are of no use elsewhere: they are left out.
    """
    crm = state.crm
    count, unknown = crm.suppressions.export(file)
    left = f"; {unknown:,} of which nobody on record has the address are not in it" if unknown else ""
    state.output.receipt(
        f"{count:,} {'entry' if count == 1 else 'entries'} written to {file}{left}",
        reference=str(file),
        record={"file": str(file), "entries": count, "left_out": unknown},
    )


def _keeps(entry: Suppression) -> str:
    if entry.scope == "all":
        return "everything"
    return entry.purpose or "marketing"


def _stopped(entry: Suppression) -> str:
    if entry.scope == "all":
        return "Nothing"
    return f"Nothing for {entry.purpose}" if entry.purpose else "No marketing"


def _row(crm: Crm, entry: Suppression) -> dict[str, Any]:
    return {
        "number": entry.number, "kind": entry.kind, "reason": entry.reason, "keeps": _keeps(entry),
        "scope": entry.scope, "purpose": entry.purpose or None, "at": moment(crm, entry.at),
        "until": moment(crm, entry.until), "note": entry.note, "actor": entry.actor,
        "address": entry.address, "customer": entry.customer_id, "lifted_at": moment(crm, entry.lifted_at),
        "lifted_by": entry.lifted_by or None, "because": entry.because,
    }  # fmt: skip
