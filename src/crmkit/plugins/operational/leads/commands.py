"""`crm leads`: who may buy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from crmkit.plugin import (
    N_,
    CommandState,
    OutputColumn,
    _,
    limited,
    lists,
    ngettext,
    number,
    pass_state,
    rehearses,
    shown_instant,
    translated,
    writes,
)
from crmkit.plugins.operational.leads.leads import Leads

if TYPE_CHECKING:
    from crmkit.plugins.operational.leads.model import Assigned, Lead


_KNOWN = {
    "need": N_("need"),
    "budget": N_("budget"),
    "authority": N_("authority"),
    "timeframe": N_("timeframe"),
}


@click.group()
def leads() -> None:
    """Leads: customers who may buy.

    Whoever is in the lifecycle stage "lead" is one. What is known of them is kept beside; a lead that is
    converted becomes a deal.
    """


@leads.command("list")
@click.option("--unassigned", is_flag=True, help="Only those whom nobody looks after.")
@limited(most=10_000)
@lists
@pass_state
def list_leads(state: CommandState, *, unassigned: bool, limit: int) -> None:
    """List the open leads, the most promising first."""
    found = state.crm.service(Leads).list(unassigned=unassigned, limit=limit)
    columns = [
        OutputColumn("customer_id", "Id", right=True, fixed=True, style="dim"),
        OutputColumn("customer", style="bold"),
        OutputColumn("score", right=True, fixed=True, sparse=True),
        OutputColumn("need"),
        OutputColumn("budget", right=True, fixed=True),
        OutputColumn("timeframe"),
        OutputColumn("owner"),
    ]
    state.output.rows(
        columns,
        [_row(state, each) for each in found],
        empty=_('No open leads. Make one: crm leads qualify REF --need "An oven"'),
    )


@leads.command()
@click.argument("ref")
@click.option("--need", metavar="TEXT", help="What they need; an empty text forgets it.")
@click.option("--budget", metavar="AMOUNT", help="What they can spend.")
@click.option("--authority", metavar="TEXT", help="Who decides.")
@click.option("--timeframe", metavar="TEXT", help="By when they want it.")
@writes
@pass_state
def qualify(state: CommandState, ref: str, **known: str | None) -> None:
    """Keep what is known of lead REF: need, budget, authority, timeframe.

    A prospect becomes a lead by it.
    """
    before = state.crm.customers.get(ref).lifecycle
    lead = state.crm.service(Leads).qualify(ref, **known)
    said = [
        f"{translated(called)} {value}"
        for name, called in _KNOWN.items()
        if (value := getattr(lead, name)) is not None
    ]
    state.output.receipt(
        _(
            "Lead {lead} (#{customer_id}): {known}",
            lead=lead.name,
            customer_id=lead.customer_id,
            known=", ".join(said) or _("nothing known"),
        ),
        undo=f"crm customers update {lead.customer_id} --lifecycle prospect" if before != "lead" else "",
        reference=lead.customer_id,
        record={"lead": _row(state, lead)},
    )


@leads.command()
@click.argument("refs", metavar="[REF]…", nargs=-1)
@rehearses
@writes
@pass_state
def assign(state: CommandState, refs: tuple[str, ...], *, dry_run: bool) -> None:
    """Give leads to whoever the rules say: these, or all whom nobody looks after.

    --dry-run shows whom each would go to, and why.
    """
    service = state.crm.service(Leads)
    chosen = service.choose(refs or None) if dry_run else service.assign(refs or None)
    ids = [each.customer_id for each in chosen]
    names = {each.id: each.name for each in state.crm.customers.summaries(ids)}
    rows = [_choice(each, names.get(each.customer_id, "")) for each in chosen]
    given = [each for each in chosen if each.employee_id is not None]
    if state.output.is_json:
        state.output.json({"dry_run": dry_run, "assigned": rows})
        return
    columns = (
        OutputColumn("customer_id", "Id", right=True, fixed=True, style="dim"),
        OutputColumn("customer", style="bold"),
        OutputColumn("to"),
        OutputColumn("why", wrap=True),
    )
    state.output.rows(columns, rows, empty=_("There is no lead to assign."))
    if not rows:
        return
    done = ngettext(
        "{given} of {count} lead", "{given} of {count} leads", len(rows), given=number(len(given))
    )
    if dry_run:
        state.output.preview(_("Would be assigned: {done}", done=done), {})
    else:
        back = [f"crm customers update {each.customer_id} --owner ''" for each in given[:3]]
        undo = " && ".join(back) if len(given) <= len(back) else ""
        state.output.receipt(_("Assigned {done}", done=done), undo=undo, reference=len(given))


@leads.command()
@click.argument("ref")
@click.option("--deal", "name", metavar="NAME", required=True, help="What the deal is called.")
@click.option("--value", metavar="AMOUNT", help="What it is worth; the lead's budget, if not given.")
@click.option("--stage", metavar="STAGE", help="Where it begins, if not in the first stage.")
@click.option("--owner", metavar="EMPLOYEE", help="Whose it is; the lead's owner's, if not given.")
@writes
@pass_state
def convert(state: CommandState, ref: str, name: str, value: str | None, **deal: str | None) -> None:
    """Make a deal of lead REF; all that happened stays where it is."""
    lead, made = state.crm.service(Leads).convert(ref, name, value, **deal)
    state.output.receipt(
        _(
            "{lead} (#{customer_id}) is a lead no longer: {ref} {title} ({state})",
            lead=lead.name,
            customer_id=lead.customer_id,
            ref=made.ref,
            title=made.title,
            state=made.state,
        ),
        undo=f"crm records deal archive {made.id} && "
        f"crm customers update {lead.customer_id} --lifecycle lead",
        reference=made.id,
        record={"lead": _row(state, lead), "deal": made.id},
    )


@leads.command()
@click.argument("ref")
@click.option("--reason", required=True, metavar="REASON", help="Why: no need, no budget, not reached, …")
@writes
@pass_state
def lose(state: CommandState, ref: str, reason: str) -> None:
    """Lead REF came to nothing."""
    lead = state.crm.service(Leads).lose(ref, reason)
    state.output.receipt(
        _(
            "{lead} (#{customer_id}) came to nothing: {lost_reason}",
            lead=lead.name,
            customer_id=lead.customer_id,
            lost_reason=lead.lost_reason,
        ),
        undo=f"crm customers update {lead.customer_id} --lifecycle lead",
        reference=lead.customer_id,
        record={"lead": _row(state, lead)},
    )


def _row(state: CommandState, lead: Lead) -> dict[str, Any]:
    at = {
        name: shown_instant(state.crm, getattr(lead, name)) or None
        for name in ("qualified_at", "assigned_at", "converted_at", "lost_at")
    }
    return {
        "customer_id": lead.customer_id,
        "customer": lead.name,
        "lifecycle": lead.lifecycle,
        "score": lead.score,
        "need": lead.need,
        "budget": str(lead.budget) if lead.budget else None,
        "authority": lead.authority,
        "timeframe": lead.timeframe,
        "owner": lead.owner,
        "rule": lead.rule,
        "deal": lead.deal,
        "lost_reason": lead.lost_reason,
        **at,
    }


def _choice(each: Assigned, customer: str) -> dict[str, Any]:
    return {
        "customer_id": each.customer_id,
        "customer": customer,
        "to": each.employee,
        "rule": each.rule,
        "why": each.why,
    }
