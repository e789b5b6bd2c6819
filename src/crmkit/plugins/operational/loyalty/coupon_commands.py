"""`crm loyalty coupons`: issue, redeem, void, list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import click
from attrs import asdict

from crmkit.plugin import CommandState, OutputColumn, _, lists, needs, pass_state, translated, writes
from crmkit.plugins.operational.api import Coupon, Coupons
from crmkit.plugins.operational.loyalty.coupons import STATES
from crmkit.plugins.operational.loyalty.days import end_of, shown_until

F = TypeVar("F", bound=Callable[..., Any])


def day_option(name: str, help_: str) -> Callable[[F], F]:
    """An option that takes a day."""
    return click.option(name, type=click.DateTime(["%Y-%m-%d", "%d.%m.%Y"]), metavar="DAY", help=help_)


@click.group()
def coupons() -> None:
    """Coupons: issue, redeem, void, list."""


@coupons.command()
@click.argument("ref")
@click.argument("reward")
@day_option("--until", "The last day on which it can be redeemed; as crm.toml says, if not given.")
@writes
@pass_state
def issue(state: CommandState, ref: str, reward: str, until: datetime | None) -> None:
    """Give a customer a coupon for a reward."""
    crm = state.crm
    valid_until = end_of(crm, until.date()) if until else None
    coupon = crm.service(Coupons).issue(ref, reward, valid_until=valid_until)
    name = crm.customers.get(coupon.customer_id).name
    _receipt(
        state,
        coupon,
        _("Coupon {code} for {name}: {label}", code=coupon.code, name=name, label=coupon.label),
        undo=True,
    )


@coupons.command()
@click.argument("code")
@writes
@pass_state
@needs("customers.read")
def redeem(state: CommandState, code: str) -> None:
    """Take a coupon in. It counts once: whoever comes second is told."""
    coupon = state.crm.service(Coupons).redeem(code)
    name = state.crm.customers.get(coupon.customer_id).name
    _receipt(state, coupon, _("Redeemed by {name}: {label}", name=name, label=coupon.label))


@coupons.command()
@click.argument("code")
@writes
@pass_state
def void(state: CommandState, code: str) -> None:
    """Make a coupon worthless that nobody has redeemed."""
    coupon = state.crm.service(Coupons).void(code)
    _receipt(state, coupon, _("Coupon {code} ({label}) is void", code=coupon.code, label=coupon.label))


@coupons.command("list")
@click.argument("ref", required=False)
@click.option("--state", "wanted", type=click.Choice(STATES), help="Only these.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many.")
@lists
@pass_state
def list_coupons(state: CommandState, ref: str | None, wanted: str | None, limit: int) -> None:
    """List coupons, the newest first; of one customer, or of all."""
    crm = state.crm
    ids = None if ref is None else [crm.customers.resolve(ref)]
    found = crm.service(Coupons).list(customer_ids=ids, state=wanted, limit=limit)
    names = {each.id: each.name for each in crm.customers.summaries({each.customer_id for each in found})}
    state.output.rows(
        (
            OutputColumn("code", style="bold", fixed=True),
            OutputColumn("customer"),
            OutputColumn("label", "For"),
            OutputColumn("state", fixed=True, shown=translated),
            OutputColumn("valid_until", "Until", fixed=True, shown=lambda at: shown_until(crm, at)),
        ),
        [{**asdict(each), "customer": names.get(each.customer_id, "")} for each in found],
        empty=_("No coupons. Give one: crm loyalty coupons issue REF REWARD"),
    )


def _receipt(state: CommandState, coupon: Coupon, done: str, *, undo: bool = False) -> None:
    state.output.receipt(
        done,
        undo=f"crm loyalty coupons void {coupon.code}" if undo else "",
        reference=coupon.code,
        record=asdict(coupon),
    )
