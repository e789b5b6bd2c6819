"""`crm privacy requests` and `crm privacy holds`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from crmkit.cli.column import Column
from crmkit.cli.groups import Listed
from crmkit.cli.options import lists, writes
from crmkit.cli.records import local_day, moment
from crmkit.cli.state import State, needs, pass_state
from crmkit.cli.terminal import safe
from crmkit.cli.values import instant, today
from crmkit.core.language import N_, _, translated
from crmkit.core.model.privacy import REQUEST_KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from crmkit.core.crm import Crm
    from crmkit.core.model.privacy import LegalHold, PrivacyRequest

_REQUESTS = (
    Column("id", "No.", right=True, fixed=True, style="dim"),
    Column("due_on", "Due", fixed=True, style="bold"),
    Column("left", "Days left", right=True, fixed=True),
    Column("kind", fixed=True, shown=translated),
    Column("who", "Customer"),
    Column("state", fixed=True, shown=translated),
    Column("received_at", "Received", fixed=True, shown=local_day),
    Column("channel", sparse=True),
    Column("note", wrap=True, sparse=True),
    Column("outcome", wrap=True, sparse=True),
)
_HOLDS = (
    Column("id", "No.", right=True, fixed=True, style="dim"),
    Column("who", "Customer"),
    Column("reason", wrap=True),
    Column("since", fixed=True, shown=local_day),
    Column("until", fixed=True),
    Column("lifted_at", "Lifted", fixed=True, shown=local_day),
)
_NEXT = {
    "access": N_("Answer it: crm privacy export {id} --output DIR --request {no}"),
    "portability": N_("Answer it: crm privacy export {id} --output FILE.json --request {no}"),
    "erasure": N_("See what would go: crm privacy erase {id} --dry-run"),
    "restriction": N_("Answer it: crm privacy restrict {id} --request {no}"),
    "objection": N_("Marketing to them has stopped. When they know: crm privacy requests settle {no}"),
}
_SETTLED = {
    "done": N_("Request {number} ({kind}) is done"),
    "refused": N_("Request {number} ({kind}) is refused"),
}


@click.group(cls=Listed)
def requests() -> None:
    """What people asked about their data; those due first at the top."""


@requests.command("list")
@click.option("--all", "all_", is_flag=True, help="Also those that were settled.")
@click.option("--overdue", is_flag=True, help="Only those whose day has passed.")
@lists
@pass_state
def list_requests(state: State, all_: bool, overdue: bool) -> None:
    """List open requests, those due first at the top."""
    crm = state.crm
    found = crm.privacy.requests(all_=all_, overdue=overdue)
    rows = [_request_row(crm, each, _names(crm, found)) for each in found]
    columns = [column for column in _REQUESTS if column.key != "state" or all_]
    state.output.rows(columns, rows, empty=_("Nobody waits for an answer."))


@requests.command("add")
@click.argument("ref")
@click.argument("kind", type=click.Choice(REQUEST_KINDS))
@click.option("--received", metavar="TIME", help="When it came in, if not now.")
@click.option("--due", metavar="DAY", help="Until when to answer, if not as [privacy] says.")
@click.option("--channel", metavar="TEXT", default="", help="How it came in: letter, e-mail, at the till.")
@click.option("--note", metavar="TEXT", default="", help="What they said.")
@writes
@pass_state
@needs("customers.read")
def add_request(
    state: State, ref: str, kind: str, received: str | None, due: str | None, channel: str, note: str
) -> None:
    """Enter that customer REF asked for KIND.

    It is due one month after it came in, or as [privacy] days says. An objection stops marketing at once.
    """
    crm = state.crm
    request = crm.privacy.request(
        ref, kind, received_at=instant(crm, received), channel=channel, note=note, due_on=_day(crm, due)
    )
    hint = _(_NEXT[kind], id=request.customer_id, no=request.id)
    names = _names(crm, [request])
    state.output.receipt(
        _(
            "Entered request {id} of {customer}: {kind}, due on {due_on}",
            id=request.id,
            customer=names.get(request.customer_id, ""),
            kind=translated(kind),
            due_on=request.due_on,
        )
        + f"\n  {hint}",
        # What an objection withdrew stays withdrawn: only the person can agree anew.
        undo=f'crm privacy requests settle {request.id} --refused "entered by mistake"'
        if kind != "objection"
        else "",
        reference=request.id,
        record={"request": _request_row(crm, request, names)},
    )


@requests.command("settle")
@click.argument("number", type=int)
@click.option("--outcome", metavar="TEXT", default="", help="What came of it.")
@click.option("--refused", metavar="REASON", help="It was refused, for this reason.")
@writes
@pass_state
@needs("customers.read")
def settle_request(state: State, number: int, outcome: str, refused: str | None) -> None:
    """Close request NUMBER as done, or as refused."""
    crm = state.crm
    request = crm.privacy.settle(
        number, refused=refused is not None, outcome=outcome if refused is None else refused
    )
    state.output.receipt(
        _(_SETTLED[request.state], number=number, kind=translated(request.kind)),
        reference=number,
        record={"request": _request_row(crm, request, _names(crm, [request]))},
    )


@click.group(cls=Listed)
def holds() -> None:
    """Reasons for which customers must not be erased yet."""


@holds.command("list")
@click.option("--all", "all_", is_flag=True, help="Also those that were lifted or ran out.")
@lists
@pass_state
def list_holds(state: State, all_: bool) -> None:
    """List the holds in force."""
    crm = state.crm
    found = crm.privacy.holds(all_=all_)
    rows = [_hold_row(crm, each, _names(crm, found)) for each in found]
    columns = [c for c in _HOLDS if c.key != "lifted_at" or all_]
    state.output.rows(columns, rows, empty=_("Nobody's data is on hold."))


@holds.command("add")
@click.argument("ref")
@click.argument("reason")
@click.option("--until", metavar="DAY", help="The last day on which it holds; until lifted, if not given.")
@writes
@pass_state
@needs("customers.read")
def add_hold(state: State, ref: str, reason: str, until: str | None) -> None:
    """Keep customer REF from being erased, for REASON."""
    crm = state.crm
    hold = crm.privacy.hold(ref, reason, until=_day(crm, until))
    names = _names(crm, [hold])
    state.output.receipt(
        _("{customer} is not erased until {day}", customer=names.get(hold.customer_id), day=hold.until)
        if hold.until
        else _("{customer} is not erased", customer=names.get(hold.customer_id)),
        undo=f"crm privacy holds lift {hold.id}",
        reference=hold.id,
        record={"hold": _hold_row(crm, hold, names)},
    )


@holds.command("lift")
@click.argument("number", type=int)
@writes
@pass_state
@needs("customers.read")
def lift_hold(state: State, number: int) -> None:
    """End hold NUMBER."""
    crm = state.crm
    hold = crm.privacy.lift_hold(number)
    names = _names(crm, [hold])
    state.output.receipt(
        _("Lifted hold {number} of {customer}", number=number, customer=names.get(hold.customer_id)),
        undo=f"crm privacy holds add {hold.customer_id} {_word(hold.reason)}"
        + (f" --until {hold.until}" if hold.until else ""),
        reference=number,
        record={"hold": _hold_row(crm, hold, names)},
    )


def _word(text: str) -> str:
    import shlex

    return shlex.quote(text)


def _day(crm: Crm, text: str | None) -> date | None:
    from crmkit.core.instants import parse_date

    return None if text is None else parse_date(text, today(crm))


def _names(crm: Crm, found: Sequence[PrivacyRequest | LegalHold]) -> dict[int | None, str]:
    ids = sorted({each.customer_id for each in found if each.customer_id is not None})
    return {each.id: f"{each.name} (#{each.id})" for each in crm.customers.summaries(ids)}


def _request_row(crm: Crm, request: PrivacyRequest, names: dict[int | None, str]) -> dict[str, Any]:
    return {
        "id": request.id,
        "due_on": request.due_on.isoformat(),
        "left": (request.due_on - today(crm)).days if request.state == "open" else None,
        "kind": request.kind,
        "who": safe(names.get(request.customer_id, _("erased") if request.customer_id is None else "")),
        "state": request.state,
        "received_at": moment(crm, request.received_at),
        "channel": request.channel,
        "note": request.note,
        "outcome": request.outcome,
        "customer_id": request.customer_id,
        "uid": request.uid,
        "actor": request.actor,
        "settled_at": moment(crm, request.settled_at),
    }


def _hold_row(crm: Crm, hold: LegalHold, names: dict[int | None, str]) -> dict[str, Any]:
    return {
        "id": hold.id,
        "who": names.get(hold.customer_id),
        "reason": hold.reason,
        "since": moment(crm, hold.since),
        "until": hold.until.isoformat() if hold.until else None,
        "lifted_at": moment(crm, hold.lifted_at),
        "customer_id": hold.customer_id,
        "actor": hold.actor,
    }
