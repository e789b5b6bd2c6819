"""`crm handovers`: promises to customers, handed to who keeps them."""

from __future__ import annotations

import shlex

import click

from crmkit.plugin import (
    N_,
    CommandState,
    _,
    lists,
    needs,
    ngettext,
    pass_state,
    phrase,
    shown_instant,
    shows,
    translated,
    writes,
)
from crmkit.plugins.collaborative.api import Handover, Handovers
from crmkit.plugins.collaborative.handovers.rows import COLUMNS, handover_rows, shown_handover
from crmkit.plugins.collaborative.handovers.shown import names_of, receiver_name

_HANDOVER = click.argument("handover", metavar="HANDOVER", type=int)


@click.group()
def handovers() -> None:
    """Promises to customers, handed to who keeps them."""


@handovers.command("make")
@click.argument("ref")
@click.argument("promise")
@click.option("--by", required=True, help='By when: friday, "friday 14:00", "2 days", 2026-12-01.')
@click.option("--to", metavar="EMPLOYEE", help="Who is to keep it.")
@click.option("--team", help="Of which team one is to accept it, and keep it.")
@click.option("--accept-by", help="By when somebody is to accept it; as the business has set, if not given.")
@click.option("--about", metavar="RECORD", help="The record that it is about: case:12.")
@click.option("--note", help="What else is to be known.")
@click.option("--told", is_flag=True, help="The customer was told so.")
@click.option("--from", "giver", metavar="EMPLOYEE", help="In whose name; for administrators.")
@writes
@pass_state
@needs("customers.read")
def make(
    state: CommandState,
    ref: str,
    promise: str,
    by: str,
    to: str | None,
    team: str | None,
    accept_by: str | None,
    about: str | None,
    note: str | None,
    giver: str | None,
    *,
    told: bool,
) -> None:
    """Promise something to a customer, and hand it to somebody.

    Until when it is to be accepted is set by accept_within; a day is meant until its working hours end.
    """
    made = state.crm.service(Handovers).make(
        ref, promise, by=by, to=to, team=team, accept_by=accept_by, about=about, note=note, told=told,
        giver=giver,
    )  # fmt: skip
    _receipt(state, _offered(made), made, f"crm handovers withdraw {made.id}")


@handovers.command("list")
@click.option("--mine", is_flag=True, help="Those that you are to accept or to keep, or your team to accept.")
@click.option("--made", is_flag=True, help="Those that you handed to somebody.")
@click.option("--team", help="Those of a team.")
@click.option("--for", "customer", metavar="REF", help="Those to one customer.")
@click.option("--late", is_flag=True, help="Those of which a time is over.")
@click.option("--open", "is_open", is_flag=True, help="Those about which something is to be done; as usual.")
@click.option("--all", "all_", is_flag=True, help="Also those that are settled, newest first.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True, help="How many.")
@lists
@pass_state
def list_handovers(
    state: CommandState,
    team: str | None,
    customer: str | None,
    limit: int,
    *,
    mine: bool,
    made: bool,
    late: bool,
    is_open: bool,
    all_: bool,
) -> None:
    """List the promises about which something is to be done, what is promised first on top."""
    crm = state.crm
    if is_open and all_:
        raise click.UsageError("--open and --all cannot go together.")
    if (mine or made) and crm.actor.id is None:
        which = "--mine" if mine else "--made"
        raise click.UsageError(
            phrase("{which} needs somebody: crm --as EMPLOYEE handovers list {which}", which=which)
        )
    ids = None if customer is None else [crm.customers.resolve(customer)]
    found = crm.service(Handovers).list(
        customer_ids=ids, mine=mine, made=made, team=team, late=late, all=all_, limit=limit
    )
    chosen = mine or made or team or customer or late
    state.output.rows(
        COLUMNS,
        handover_rows(found, crm),
        empty=N_("No promise is among these.")
        if chosen
        else N_('No promise is open. Make one: crm handovers make REF "We deliver" --to WHO --by friday'),
        footer=ngettext(
            "The first; there may be more: --limit {most}",
            "The first {count}; there may be more: --limit {most}",
            limit,
            most=limit * 10,
        )
        if len(found) == limit
        else "",
    )


@handovers.command("show")
@_HANDOVER
@shows
@pass_state
def show(state: CommandState, handover: int) -> None:
    """Show a promise: who gave it to whom, by when, and what became of it."""
    found = state.crm.service(Handovers).get(handover)
    row = handover_rows([found], state.crm)[0]
    if state.output.is_json:
        state.output.json(row)
        return
    for line in shown_handover(found, row, state.crm):
        state.output.data(line)


@handovers.command("accept")
@_HANDOVER
@click.option("--for", "employee", metavar="EMPLOYEE", help="One of the team; for administrators.")
@writes
@pass_state
def accept(state: CommandState, handover: int, employee: str | None) -> None:
    """Accept a promise that was handed to you, or to your team: you keep it."""
    found = state.crm.service(Handovers).accept(handover, as_=employee)
    who = receiver_name(found, names_of([found], state.crm))
    done = _("Handover {id} for {customer} is accepted: {who} is to keep it by {time}")
    text = f"{done}\n  {_('When it is done: crm handovers keep {id}')}"
    _receipt(state, text, found, _back(found), who=who, time=_at(state, found.by))


@handovers.command("refuse")
@_HANDOVER
@click.option("--because", required=True, metavar="WHY", help="Why it cannot be done.")
@writes
@pass_state
def refuse(state: CommandState, handover: int, because: str) -> None:
    """Refuse a promise that was handed to you, or to your team: it is back with who gave it."""
    found = state.crm.service(Handovers).refuse(handover, because)
    giver = names_of([found], state.crm).get(found.from_employee or "", "")
    done = (
        _("Handover {id} for {customer} is refused; it is back with {giver}")
        if giver
        else _("Handover {id} for {customer} is refused")
    )
    _receipt(state, done, found, _back(found), giver=giver)


@handovers.command("keep")
@_HANDOVER
@click.option("--note", help="What else is to be known.")
@writes
@pass_state
def keep(state: CommandState, handover: int, note: str | None) -> None:
    """It is done. After its time the promise stays broken, and was done late."""
    found = state.crm.service(Handovers).keep(handover, note)
    if found.done_late:
        late = _("Handover {id} for {customer} is done late; it was promised by {time}, and stays broken")
        _receipt(state, late, found, "", time=_at(state, found.by))
        return
    _receipt(state, _("Handover {id} for {customer} is kept"), found, _back(found))


@handovers.command("break")
@_HANDOVER
@click.option("--because", required=True, metavar="WHY", help="Why it is not kept.")
@click.option("--told", is_flag=True, help="The customer was told.")
@writes
@pass_state
def break_(state: CommandState, handover: int, because: str, *, told: bool) -> None:
    """Say that a promise will not be kept, or was not, and why."""
    found = state.crm.service(Handovers).break_promise(handover, because, told=told)
    done = _("Handover {id} for {customer} is broken")
    if not found.told_customer:
        done += f"\n  {_('When the customer knows: crm handovers tell {id}')}"
    is_over = found.broken_at is None or found.broken_at < state.crm.clock.now()
    _receipt(state, done, found, "" if is_over and found.broken_at == found.by else _back(found))


@handovers.command("tell")
@_HANDOVER
@click.argument("text", required=False, default="")
@writes
@pass_state
@needs("customers.read")
def tell(state: CommandState, handover: int, text: str) -> None:
    """Note that the customer was told: of the promise, or that it is broken. Nothing is sent."""
    found = state.crm.service(Handovers).told(handover, text)
    undo = f"crm records handover update {found.id} --set told_customer=no"
    _receipt(state, _("{customer} knows of handover {id}"), found, undo)


@handovers.command("withdraw")
@_HANDOVER
@click.option("--because", metavar="WHY", help="Why; needed for what was accepted.")
@writes
@pass_state
def withdraw(state: CommandState, handover: int, because: str | None) -> None:
    """Take back a promise that you handed to somebody: it is not needed any more."""
    found = state.crm.service(Handovers).withdraw(handover, because)
    _receipt(state, _("Handover {id} for {customer} is withdrawn"), found, _back(found))


@handovers.command("pass")
@_HANDOVER
@click.option("--to", metavar="EMPLOYEE", help="Who is to keep it.")
@click.option("--team", help="Of which team one is to accept it, and keep it.")
@click.option("--by", help="By when; as was promised, if not given.")
@click.option("--told", is_flag=True, help="The customer was told of the later time.")
@writes
@pass_state
def pass_on(
    state: CommandState, handover: int, to: str | None, team: str | None, by: str | None, *, told: bool
) -> None:
    """Hand to somebody else what you accepted, or what came back to you."""
    made = state.crm.service(Handovers).pass_on(handover, to=to, team=team, by=by, told=told)
    done = f"{_('Handover {former} goes on in {id}.')} {_offered(made)}"
    _receipt(state, done, made, f"crm handovers take-back {handover}", former=handover)


@handovers.command("take-back")
@_HANDOVER
@writes
@pass_state
def take_back(state: CommandState, handover: int) -> None:
    """Take back the last move: an answer, what was kept, broken before its time, withdrawn or passed on."""
    found = state.crm.service(Handovers).take_back(handover)
    _receipt(state, _("Handover {id} for {customer} is {state} again"), found)


def _offered(made: Handover) -> str:
    """What is said of a new one."""
    said = _('Handover {id} for {customer}: "{promise}", by {time}')
    if made.accepted_at is not None:
        return f"{said}\n  {_('It is yours. When it is done: crm handovers keep {id}')}"
    return f"{said}\n  {_('{receiver} is to accept it by {accept_by}: crm handovers accept {id}')}"


def _at(state: CommandState, at: int | None) -> str:
    return shown_instant(state.crm, at)


def _back(found: Handover) -> str:
    return shlex.join(["crm", "handovers", "take-back", str(found.id)])


def _receipt(state: CommandState, done: str, found: Handover, undo: str = "", **values: object) -> None:
    """Close a write by a text with places for the handover's own values, and those given."""
    row = handover_rows([found], state.crm)[0]
    own = {
        "id": found.id,
        "customer": row["customer"],
        "promise": found.promise,
        "receiver": row["receiver"],
        "state": translated(found.state),
        "time": _at(state, found.by),
        "accept_by": _at(state, found.accept_by),
    }
    state.output.receipt(done.format(**{**own, **values}), undo=undo, reference=found.id, record=row)
