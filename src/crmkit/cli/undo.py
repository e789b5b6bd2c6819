"""`crm undo`: take back an import, a merge, a mass edit or a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from crmkit.cli.column import Column
from crmkit.cli.options import asks, lists, rehearses
from crmkit.cli.plain import plain
from crmkit.cli.records import local_time, moment
from crmkit.cli.state import State, pass_state
from crmkit.cli.terminal import safe
from crmkit.core.language import N_, _, ngettext, translated
from crmkit.core.phrase import as_phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmkit.core.undo.values import Action, Left, UndoPreview, UndoReceipt

_COLUMNS = (
    Column("ref", "Reference", fixed=True, style="bold"),
    Column("at", "When", fixed=True, shown=local_time),
    Column("actor", "Who"),
    Column("what", "What", wrap=True),
    Column("undone_at", "Undone", fixed=True, shown=local_time),
)
_SHOWN = 10
_NOTHING = N_("There is nothing of yours to undo.")


@click.command()
@click.argument("ref", required=False)
@click.option("--list", "listing", is_flag=True, help="List what was done and can be undone, newest first.")
@click.option(
    "--limit",
    type=click.IntRange(1, 10_000),
    default=20,
    show_default=True,
    help="With --list: at most so many.",
)
@rehearses
@asks
@lists
@pass_state
def undo(state: State, ref: str | None, listing: bool, limit: int, dry_run: bool) -> None:
    """Undo REF, such as import:3, merge:7 or edit:4; your last action, when REF is left out.

    It shows what would go back and asks. What was changed since stays as it is, and is listed.
    """
    if listing:
        _list(state, limit)
        return
    if ref is None:
        last = state.crm.undo.last()
        if last is None:
            _nothing(state)
            return
        ref = last.ref
        state.output.say(
            _(
                "Your last action: {ref} of {when}, {what}",
                ref=ref,
                when=_when(state, last),
                what=safe(last.what),
            )
        )
    _undo(state, ref, dry_run=dry_run)


def _nothing(state: State) -> None:
    """Nothing was done that it takes back; what is taken back otherwise is said by its own receipt."""
    if state.output.is_json:
        state.output.json({"ref": None, "done": _NOTHING, "undo": None})
        return
    state.output.say(translated(_NOTHING))
    state.output.say("  " + _("What everybody did: crm undo --list"))
    state.output.say("  " + _("A contact that was written down wrongly: crm interactions void NUMBER"))


def _undo(state: State, ref: str, *, dry_run: bool) -> None:
    crm, output = state.crm, state.output
    if dry_run or not state.yes:
        preview = crm.undo.preview(ref)
        lines = [
            _("Undoing {ref} ({what}) would", ref=preview.ref, what=safe(preview.what)),
            *_lines(preview.will, preview.left),
        ]
        if dry_run:
            output.preview("\n".join(lines), _record(preview, preview.will))
            return
        output.say("\n".join(lines))
        state.confirm(_("Undo {ref}?", ref=preview.ref))
    receipt = crm.undo.undo(ref)
    output.receipt(
        "\n".join(
            [
                _("Undid {ref} ({what})", ref=receipt.ref, what=safe(receipt.what)),
                *_lines(receipt.done, receipt.left),
            ]
        ),
        reference=receipt.ref,
        record=_record(receipt, receipt.done),
    )


def _lines(said: Sequence[str], left: Sequence[Left]) -> list[str]:
    """What goes back, and what stays and why."""
    lines = [f"  {safe(each)}" for each in said] or ["  " + _("put nothing back")]
    if left:
        lines.append(
            "  " + ngettext("and leave {count} as it is:", "and leave {count} as they are:", len(left))
        )
        lines += [f"    {_named(each)}: {safe(as_phrase(each.reason))}" for each in left[:_SHOWN]]
    if len(left) > _SHOWN:
        lines.append("    " + _("… (all of them with --json)"))
    return lines


def _named(left: Left) -> str:
    return f"{safe(left.what)} (#{left.customer_id})" if left.customer_id else safe(left.what)


def _record(made: UndoPreview | UndoReceipt, said: Sequence[str]) -> dict[str, Any]:
    return {
        "ref": made.ref,
        "what": made.what,
        "put_back": list(said),
        "left": [plain(each) for each in made.left],
    }


def _list(state: State, limit: int) -> None:
    crm = state.crm
    rows = [
        {
            "ref": each.ref,
            "at": moment(crm, each.at),
            "actor": each.actor,
            "what": each.what,
            "undone_at": moment(crm, each.undone_at),
        }
        for each in crm.undo.recent(limit)
    ]
    state.output.rows(_COLUMNS, rows, empty=_("Nothing that can be undone was done yet."))


def _when(state: State, action: Action) -> str:
    return safe(local_time(moment(state.crm, action.at) or ""))
