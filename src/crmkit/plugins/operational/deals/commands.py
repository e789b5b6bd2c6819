"""`crm deals`: sales in the making."""

from __future__ import annotations

import shlex
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from crmkit.plugin import (
    CommandState,
    OutputColumn,
    _,
    limited,
    lists,
    needs,
    pass_state,
    phrase,
    records_import,
    shows,
    today_of,
    writes,
    written_amount,
    written_day,
)
from crmkit.plugins.operational.deals.desk import SalesDesk
from crmkit.plugins.operational.deals.forecast_command import forecast
from crmkit.plugins.operational.deals.record_type import DEAL
from crmkit.plugins.operational.deals.showing import deal_row, named, show_board, show_deal

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Record

_DAY = click.DateTime(["%Y-%m-%d", "%d.%m.%Y"])
_ON = click.option("--on", metavar="DAY", help="On which day, if not today.")
_VERSION = click.option("--version", type=int, help="Refuse if somebody changed the deal since this version.")
_SET = click.option(
    "--set", "values", metavar="FIELD=VALUE", multiple=True, help="Set a field; empty clears it."
)


@click.group()
def deals() -> None:
    """Deals: sales in the making, stage by stage.

    DEAL is a deal's number, or words that only its name has. They are records of the type "deal":
    crm records deal … exports them, shows their history and changes their fields.
    """


@deals.command()
@click.option("--pipeline", metavar="NAME", help="Which pipeline, if not the usual one.")
@click.option("--owner", metavar="EMPLOYEE", help="Only deals of EMPLOYEE.")
@click.option(
    "--top", type=click.IntRange(0, 100), default=5, show_default=True, help="So many of each stage."
)
@lists
@pass_state
def board(state: CommandState, pipeline: str | None, owner: str | None, top: int) -> None:
    """Show what stands in each stage: how many, what they are worth, the largest; ! marks what is stale."""
    show_board(state, state.crm.service(SalesDesk).board(pipeline, owner, top))


@deals.command("list")
@click.option(
    "--stage", "stages", metavar="STAGE", multiple=True, help="Only those in it; all open ones, if none."
)
@click.option("--customer", metavar="REF", help="Only those of this customer.")
@click.option("--owner", metavar="EMPLOYEE", help="Only those of EMPLOYEE.")
@click.option("--all", "every", is_flag=True, help="With those won and lost.")
@click.option(
    "--order", metavar="FIELD", default="close_on", show_default=True, help="By this; -FIELD: largest first."
)
@limited()
@click.option("--after", metavar="CURSOR", help="Go on after this place.")
@lists
@pass_state
def list_deals(
    state: CommandState, stages: tuple[str, ...], after: str | None, *, every: bool, **narrowed: Any
) -> None:
    """List deals, those that close soonest first."""
    page = state.crm.records.list(
        DEAL, state=stages or None, open=not (every or stages), cursor=after, **narrowed
    )
    customers, owners = state.crm.records.names(page.records)
    state.output.rows(
        (
            OutputColumn("id", "Id", right=True, fixed=True, style="dim"),
            OutputColumn("name", "Deal", style="bold"),
            OutputColumn("customer"),
            OutputColumn("stage", fixed=True),
            OutputColumn("value", right=True, fixed=True, shown=written_amount),
            OutputColumn("close_on", "Closes", fixed=True),
            OutputColumn("next_step", "Next"),
            OutputColumn("owner"),
        ),
        [deal_row(state.crm, each, customers, owners) for each in page.records],
        empty=_('No deals. Add one: crm deals add REF "Ovens" --value 1000'),
        footer=_("There are more; go on with: --after {cursor}", cursor=page.next_cursor)
        if page.next_cursor
        else "",
    )


@deals.command()
@click.argument("ref")
@click.argument("name")
@click.option("--value", metavar="AMOUNT", help="What it is worth.")
@click.option("--currency", metavar="CODE", help="The currency of the value, if not the business's own.")
@click.option("--stage", metavar="STAGE", help="Where it begins, if not in the first stage.")
@click.option("--pipeline", metavar="NAME", help="Which pipeline, if not the usual one.")
@click.option("--close-on", metavar="DAY", type=_DAY, help="When it is expected to close.")
@click.option("--owner", metavar="EMPLOYEE", help="Whose it is; your own, if not given.")
@_SET
@writes
@pass_state
@needs("customers.read")
def add(state: CommandState, ref: str, name: str, values: tuple[str, ...], **given: Any) -> None:
    """Add a deal for customer REF."""
    crm = state.crm
    fields = _pairs(values) | {key: given[key] for key in ("currency", "pipeline") if given[key]}
    if given["close_on"]:
        fields["close_on"] = given["close_on"].date()
    made = crm.service(SalesDesk).add(
        ref, name, given["value"], stage=given["stage"], owner=given["owner"] or crm.actor.id, fields=fields
    )
    customer = crm.customers.summaries([made.customer_id])[0].name
    _receipt(
        state,
        made,
        _("Added {deal} for {customer} ({state})", deal=named(made), customer=customer, state=made.state),
        undo=f"crm records deal archive {made.id}",
    )


@deals.command()
@click.argument("deal", nargs=-1, required=True)
@shows
@pass_state
def show(state: CommandState, deal: tuple[str, ...]) -> None:
    """Show a deal: what is known of it, who has a part in it, and what happened."""
    show_deal(state, " ".join(deal))


@deals.command()
@click.argument("deal")
@click.argument("stage")
@_SET
@_VERSION
@writes
@pass_state
def move(state: CommandState, deal: str, stage: str, values: tuple[str, ...], version: int | None) -> None:
    """Move a deal to another STAGE; what the stage needs is given with --set."""
    before = state.crm.records.get(DEAL, deal)
    after = state.crm.service(SalesDesk).move(before.id, stage, version, _pairs(values))
    _moved(state, before, after)


@deals.command()
@click.argument("deal")
@_ON
@writes
@pass_state
def win(state: CommandState, deal: str, on: str | None) -> None:
    """The deal is won."""
    before = state.crm.records.get(DEAL, deal)
    _moved(state, before, state.crm.service(SalesDesk).win(before.id, _day(state.crm, on)))


@deals.command()
@click.argument("deal")
@click.option("--reason", required=True, metavar="REASON", help="Why: price, competitor, no decision, …")
@_ON
@writes
@pass_state
def lose(state: CommandState, deal: str, reason: str, on: str | None) -> None:
    """The deal is lost."""
    before = state.crm.records.get(DEAL, deal)
    _moved(state, before, state.crm.service(SalesDesk).lose(before.id, reason, _day(state.crm, on)))


@deals.command("next")
@click.argument("deal")
@click.argument("step", required=False)
@_ON
@writes
@pass_state
def next_(state: CommandState, deal: str, step: str | None, on: str | None) -> None:
    """Say what is to be done next, and by when; without STEP there is nothing left to do."""
    before = state.crm.records.get(DEAL, deal)
    day = _day(state.crm, on)
    after = state.crm.service(SalesDesk).next(before.id, step, day)
    was = [shlex.quote(f"{name}={before.fields.get(name) or ''}") for name in ("next_step", "next_on")]
    said = (
        _("Next for {deal}: {step}", deal=named(after), step=step)
        if step
        else _("Nothing is left to do for {deal}", deal=named(after))
    )
    by = _(", by {day}", day=written_day(day)) if day else ""
    undo = f"crm records deal update {after.id} --set {was[0]} --set {was[1]}"
    _receipt(state, after, said + by, undo=undo if after.version != before.version else "")


@deals.command()
@click.argument("deal")
@click.argument("ref", required=False)
@click.option("--role", metavar="ROLE", help='Give REF this role, such as "decision maker".')
@click.option("--remove", is_flag=True, help="REF no longer has a part in it.")
@lists
@pass_state
def contacts(state: CommandState, deal: str, ref: str | None, role: str | None, *, remove: bool) -> None:
    """List who has which part in a deal; with REF and --role give somebody one."""
    desk, record = state.crm.service(SalesDesk), state.crm.records.get(DEAL, deal)
    if ref and (role or remove):
        done = desk.remove_contact(record.id, ref) if remove else desk.add_contact(record.id, ref, str(role))
        state.output.receipt(
            _("{contact}: {role} in {deal}", contact=done.name, role=done.role, deal=named(record))
            + (_(", no longer") if remove else ""),
            undo=f"crm deals contacts {record.id} {done.customer_id} "
            + (f"--role {shlex.quote(done.role)}" if remove else "--remove"),
            record={"deal": record.id, "customer_id": done.customer_id, "role": done.role},
        )
        return
    if ref:
        raise click.UsageError('Say which part they have: --role "decision maker", or --remove')
    found = desk.contacts(record.id)
    state.output.rows(
        (
            OutputColumn("customer_id", "Id", right=True, fixed=True, style="dim"),
            OutputColumn("name", style="bold"),
            OutputColumn("role"),
        ),
        [{"customer_id": each.customer_id, "name": each.name, "role": each.role} for each in found],
        empty=_(
            'Nobody yet. Add somebody: crm deals contacts {id} REF --role "decision maker"', id=record.id
        ),
    )


def _pass_deals(function: Any) -> Any:
    """Give a command the state of the run and the record type."""
    from functools import update_wrapper

    def command(*args: Any, **kwargs: Any) -> Any:
        ctx = click.get_current_context()
        state = CommandState.of(ctx)
        return ctx.invoke(function, state, state.crm.words.record_types[DEAL], *args, **kwargs)

    return update_wrapper(command, function)


deals.add_command(records_import(_pass_deals))
deals.add_command(forecast)


def _moved(state: CommandState, before: Record, after: Record) -> None:
    if before.state == after.state:
        _receipt(state, after, _("{deal} is {state} already", deal=named(after), state=after.state))
        return
    done = _("Moved {deal} from {before} to {to}", deal=named(after), before=before.state, to=after.state)
    if after.state == "lost":
        done += f": {after.fields.get('lost_reason')}"
    reason = before.fields.get("lost_reason")
    why = " --set " + shlex.quote(f"lost_reason={reason}") if before.state == "lost" else ""
    _receipt(state, after, done, undo=f"crm deals move {after.id} {before.state}{why}")


def _receipt(state: CommandState, record: Record, done: str, undo: str = "") -> None:
    customers, owners = state.crm.records.names([record])
    row = deal_row(state.crm, record, customers, owners)
    state.output.receipt(done, undo=undo, reference=record.id, record={"deal": row})


def _pairs(values: tuple[str, ...]) -> dict[str, Any]:
    wrong = next((each for each in values if "=" not in each), None)
    if wrong is not None:
        raise click.UsageError(phrase("--set {wrong} has no value.\nSuch as: --set field=value", wrong=wrong))
    return {name.strip(): text or None for name, _, text in (each.partition("=") for each in values)}


def _day(crm: Crm, on: str | None) -> date | None:
    """A date, or a day as people say it: today, friday, +3d."""
    from crmkit.plugins.operational.tasks.when import parse_day

    return parse_day(on, today_of(crm)) if on else None
