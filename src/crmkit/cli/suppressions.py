"""`crm suppressions`: addresses that are not written to, for what reason and until when."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crmkit.cli.column import Column
from crmkit.cli.groups import Noun
from crmkit.cli.options import lists, rehearses, writes
from crmkit.cli.records import local_end, local_time, moment
from crmkit.cli.state import State, pass_state
from crmkit.cli.terminal import safe
from crmkit.cli.values import shown_end, until
from crmkit.core.language import N_, _, ngettext, number, translated
from crmkit.core.strategy.reasons import told

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.model.suppression import Suppression

_REASONS = {
    "objection": N_("objection"),
    "complaint": N_("complaint"),
    "bounce": N_("bounce"),
    "soft-bounces": N_("soft-bounces"),
    "erased": N_("erased"),
    "manual": N_("manual"),
}


def _reason(name: str) -> str:
    return translated(_REASONS.get(name, name))


_COLUMNS = (
    Column("at", "Since", fixed=True, shown=local_time),
    Column("reason", style="bold", shown=_reason),
    Column("keeps", "Keeps away"),
    Column("until", fixed=True, shown=local_end),
    Column("address"),
    Column("customer", fixed=True),
    Column("note", shown=told),
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
    said = _counted(counts)
    if len(found) > limit:
        said = _("{counts}; more with: --limit {limit}", counts=said, limit=limit * 10)
    state.output.rows(
        _COLUMNS,
        [_row(crm, each) for each in found[:limit]],
        empty=N_("Nothing is suppressed."),
        footer=said,
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
        empty=_("{address} is not on the list, and never was.", address=safe(address)),
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
    state.output.receipt(
        _stopped(crm, entry),
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
    reasons = ", ".join(_reason(each) for each in dict.fromkeys(each.reason for each in lifted))
    state.output.receipt(
        _("{address} is off the list: {reasons}", address=safe(lifted[0].address), reasons=reasons),
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
    listed = _counted(Counter(counts)) or _("nothing")
    if dry_run:
        would = _("{file} lists {counts}.", file=file.name, counts=listed)
        state.output.preview(would, {"read": len(found), "reasons": counts})
        return
    new = sum(is_new for _entry, is_new in crm.suppressions.add_all(found))
    said = {"new": number(new), "known": number(len(found) - new), "counts": listed}
    state.output.receipt(
        ngettext(
            "{count} address read ({counts}): {new} new, {known} there before",
            "{count} addresses read ({counts}): {new} new, {known} there before",
            len(found),
            **said,
        ),
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
    done = ngettext("{count} entry written to {file}", "{count} entries written to {file}", count, file=file)
    if unknown:
        left = _("{count} of which nobody on record has the address are not in it", count=number(unknown))
        done = f"{done}; {left}"
    state.output.receipt(
        done,
        reference=str(file),
        record={"file": str(file), "entries": count, "left_out": unknown},
    )


def _keeps(entry: Suppression) -> str:
    if entry.scope == "all":
        return _("everything")
    return entry.purpose or _("marketing")


def _counted(counts: Counter[str]) -> str:
    """How many for each reason, the most frequent first."""
    return ", ".join(f"{number(count)} {_reason(name)}" for name, count in counts.most_common())


def _stopped(crm: Crm, entry: Suppression) -> str:
    """What does not go to the address any more, for what reason and until when."""
    said = {"address": safe(entry.address), "purpose": entry.purpose, "reason": _reason(entry.reason)}
    if entry.scope == "all":
        done = _("Nothing goes to {address} any more: {reason}", **said)
    elif entry.purpose:
        done = _("Nothing for {purpose} goes to {address} any more: {reason}", **said)
    else:
        done = _("No marketing goes to {address} any more: {reason}", **said)
    if not entry.until:
        return done
    return _("{what}, until {when}", what=done, when=shown_end(crm, entry.until))


def _row(crm: Crm, entry: Suppression) -> dict[str, Any]:
    return {
        "number": entry.number, "kind": entry.kind, "reason": entry.reason, "keeps": _keeps(entry),
        "scope": entry.scope, "purpose": entry.purpose or None, "at": moment(crm, entry.at),
        "until": moment(crm, entry.until), "note": entry.note, "actor": entry.actor,
        "address": entry.address, "customer": entry.customer_id, "lifted_at": moment(crm, entry.lifted_at),
        "lifted_by": entry.lifted_by or None, "because": entry.because,
    }  # fmt: skip
