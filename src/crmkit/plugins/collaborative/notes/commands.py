"""`crm follow`, `crm pin` and their like: who works on a customer together, and what they keep in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from crmkit.plugin import (
    N_,
    CommandState,
    OutputColumn,
    _,
    lists,
    pass_state,
    shown_end,
    shown_instant,
    until_given,
    writes,
)
from crmkit.plugins.collaborative.notes.following import Following
from crmkit.plugins.collaborative.notes.pins import Pins

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.collaborative.notes.model import Pin

_REF = click.argument("ref")
_FOR = click.option("--for", "employee", metavar="EMPLOYEE", help="On behalf of a colleague.")


@click.command()
@_REF
@_FOR
@writes
@pass_state
def follow(state: CommandState, ref: str, employee: str | None) -> None:
    """Follow customer REF: what happens with them comes into your feed."""
    _followed(state, ref, employee, wanted=True)


@click.command()
@_REF
@_FOR
@writes
@pass_state
def unfollow(state: CommandState, ref: str, employee: str | None) -> None:
    """Follow customer REF no longer."""
    _followed(state, ref, employee, wanted=False)


def _followed(state: CommandState, ref: str, employee: str | None, *, wanted: bool) -> None:
    crm = state.crm
    service = crm.service(Following)
    customer_id = crm.customers.resolve(ref)
    changed = (service.follow if wanted else service.unfollow)(customer_id, employee)
    who = crm.people.get(employee).name if employee else crm.actor.name
    name = _customer(crm, customer_id)
    if wanted:
        said = (
            _("{who} follows {customer}", who=who, customer=name)
            if changed
            else _("{who} follows {customer} already", who=who, customer=name)
        )
    else:
        said = (
            _("{who} follows {customer} no longer", who=who, customer=name)
            if changed
            else _("{who} does not follow {customer}", who=who, customer=name)
        )
    back = f"crm {'unfollow' if wanted else 'follow'} {customer_id}" + (f' --for "{who}"' if employee else "")
    state.output.receipt(
        said,
        undo=back if changed else "",
        reference=customer_id,
        record={"customer_id": customer_id, "employee": who, "follows": wanted, "changed": changed},
    )


@click.command()
@_REF
@lists
@pass_state
def followers(state: CommandState, ref: str) -> None:
    """List who works here and follows customer REF."""
    crm = state.crm
    customer_id = crm.customers.resolve(ref)
    rows = [
        {
            "employee": each.employee.name,
            "teams": list(each.employee.teams),
            "since": shown_instant(crm, each.at),
            "employee_id": each.employee.id,
        }
        for each in crm.service(Following).followers(customer_id)
    ]
    columns = (OutputColumn("employee", style="bold"), OutputColumn("teams"), OutputColumn("since"))
    empty = _("Nobody follows them. Be the first: crm follow {customer}", customer=customer_id)
    state.output.rows(columns, rows, empty=empty)


@click.command()
@_REF
@click.argument("number", type=int)
@click.option("--until", "until_", metavar="DAY", help="For as long; a day is meant as a whole.")
@writes
@pass_state
def pin(state: CommandState, ref: str, number: int, until_: str | None) -> None:
    """Keep interaction NUMBER in sight on the page of customer REF."""
    crm = state.crm
    found = crm.service(Pins).pin(ref, number, until=until_given(crm, until_))
    customer_id = found.interaction.customer_id
    told = {"customer": _customer(crm, customer_id), "what": _said(crm, found)}
    state.output.receipt(
        _("Pinned on the page of {customer} until {end}: {what}", end=shown_end(crm, found.until), **told)
        if found.until
        else _("Pinned on the page of {customer}: {what}", **told),
        undo=f"crm unpin {customer_id} {number}",
        reference=number,
        record={"pin": _row(crm, found)},
    )


@click.command()
@_REF
@click.argument("number", type=int)
@writes
@pass_state
def unpin(state: CommandState, ref: str, number: int) -> None:
    """Take interaction NUMBER off the pins of customer REF."""
    crm = state.crm
    found = crm.service(Pins).unpin(ref, number)
    customer_id = found.interaction.customer_id
    until = f" --until '{shown_end(crm, found.until)}'" if found.until else ""
    state.output.receipt(
        _(
            "No longer pinned on the page of {customer}: {what}",
            customer=_customer(crm, customer_id),
            what=_said(crm, found),
        ),
        undo=f"crm pin {customer_id} {number}{until}",
        reference=number,
        record={"pin": _row(crm, found)},
    )


@click.command()
@click.argument("ref", required=False)
@lists
@pass_state
def pins(state: CommandState, ref: str | None) -> None:
    """List what is pinned on the page of customer REF, or on any page."""
    crm = state.crm
    found = crm.service(Pins).list(ref)
    names = {
        each.id: each.name for each in crm.customers.summaries({pin.interaction.customer_id for pin in found})
    }
    rows = [_row(crm, each) | {"customer": names.get(each.interaction.customer_id)} for each in found]
    columns = (
        OutputColumn("number", "No.", right=True, fixed=True),
        *(() if ref else (OutputColumn("customer", style="bold"),)),
        OutputColumn("type"),
        OutputColumn("summary", "What", wrap=True),
        OutputColumn("employee", "Pinned by"),
        OutputColumn("until", fixed=True, sparse=True),
    )
    state.output.rows(columns, rows, empty=N_("Nothing is pinned. Pin something: crm pin REF NUMBER"))


def _row(crm: Crm, pin: Pin) -> dict[str, Any]:
    return {
        "number": pin.interaction.seq,
        "customer_id": pin.interaction.customer_id,
        "type": pin.interaction.type,
        "summary": crm.interactions.summary(pin.interaction),
        "employee": pin.employee,
        "at": shown_instant(crm, pin.at),
        "until": shown_end(crm, pin.until) or None,
    }


def _said(crm: Crm, pin: Pin) -> str:
    summary = crm.interactions.summary(pin.interaction)
    if summary:
        return _('number {seq}, "{summary}"', seq=pin.interaction.seq, summary=summary)
    return _("number {seq}", seq=pin.interaction.seq)


def _customer(crm: Crm, customer_id: int) -> str:
    (summary,) = crm.customers.summaries([customer_id])
    return f"{summary.name} (#{customer_id})"
