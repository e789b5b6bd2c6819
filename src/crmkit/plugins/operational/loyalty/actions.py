"""The actions `points.award` and `coupon.issue`: rules that give points and coupons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
from attrs import field, frozen
from attrs.validators import and_, ge, instance_of, le, optional

from crmkit.plugin import Action, ActionItem, Refusal, _, day_of, ngettext, nphrase, phrase
from crmkit.plugins.operational.loyalty.days import end_of
from crmkit.plugins.operational.loyalty.ledger import balance, hold
from crmkit.plugins.operational.loyalty.model import CUSTOMER
from crmkit.plugins.operational.loyalty.tables import COUPON, ENTRY

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Transaction


@frozen(kw_only=True)
class Award:
    """Points to give, and why."""

    points: int = field(validator=and_(instance_of(int), ge(1), le(1_000_000_000)))
    reason: str = field(default="", validator=instance_of(str))


@frozen(kw_only=True)
class NewCoupon:
    """A coupon to issue: for which reward, and for how many days; None is as `crm.toml` says."""

    reward: str = field(validator=instance_of(str))
    days: int | None = field(default=None, validator=optional(and_(instance_of(int), ge(1))))


def loyalty_actions() -> Iterator[Action]:
    """In rules as `points = 50` and `coupon = "free-bread"`."""
    yield Action(
        name="points.award",
        doc="Gives the customer points",
        params=Award,
        shorthand="points",
        rendered=("reason",),
        perform=_award,
        undo=_take_back,
        undone=nphrase("cancel {count} award of points", "cancel {count} awards of points", 0),
        says=lambda params: ngettext("{count} point", "{count} points", params.points, count=params.points),
    )
    yield Action(
        name="coupon.issue",
        doc="Gives the customer a coupon for a reward",
        params=NewCoupon,
        shorthand="coupon",
        check=_known_reward,
        perform=_issue,
        undo=_void,
        undone=nphrase("void {count} coupon", "void {count} coupons", 0),
        says=lambda params: _("coupon: {reward}", reward=params.reward),
    )


def _award(items: Sequence[ActionItem], crm: Crm, _tx: Transaction) -> None:
    from crmkit.plugins.operational.loyalty.loyalty import Loyalty

    crm.require("customers.write")
    Loyalty(crm).award_all(
        [
            (each.customer_id, each.params.points, each.params.reason.strip(), _because_of(each))
            for each in items
        ]
    )


def _take_back(items: Sequence[ActionItem], crm: Crm, tx: Transaction) -> Iterator[Refusal]:
    from crmkit.plugins.operational.loyalty.loyalty import Loyalty

    crm.require("customers.write")
    entry = crm.plugins.table(ENTRY)
    reasons = [_because_of(each) for each in items]
    mine = sa.select(entry).where(entry.c.because_of.in_(reasons), entry.c.account == CUSTOMER)
    rows = {row.because_of: row for row in tx.execute(mine)}
    hold(crm, tx, {row.customer_id for row in rows.values() if row.customer_id is not None})
    left: dict[int, int] = {}
    for index, reason in enumerate(reasons):
        row = rows.get(reason)
        if row is None or row.customer_id is None:
            continue
        whose = row.customer_id
        if whose not in left:
            left[whose] = balance(crm, tx.execute, whose)
        if left[whose] < row.points:
            yield Refusal(index, phrase("the points are spent, at least in part"))
        else:
            left[whose] -= row.points
            Loyalty(crm).reverse(tx, [row])


def _known_reward(params: NewCoupon, crm: Crm) -> None:
    from crmkit.plugins.operational.loyalty.coupons import check_reward

    check_reward(crm.plugins.settings("operational").loyalty, params.reward)


def _issue(items: Sequence[ActionItem], crm: Crm, tx: Transaction) -> None:
    from crmkit.plugins.operational.loyalty.coupons import Wanted, issue_coupons

    crm.require("customers.write")
    coupon = crm.plugins.table(COUPON)
    reasons = [_because_of(each) for each in items]
    known = sa.select(coupon.c.because_of).where(coupon.c.because_of.in_(reasons))
    done = set(tx.execute(known).scalars())
    wanted = [
        Wanted(item.customer_id, item.params.reward, reason, _until(item.params.days, crm, tx))
        for item, reason in zip(items, reasons, strict=True)
        if reason not in done
    ]
    issue_coupons(crm, tx, crm.plugins.settings("operational").loyalty, wanted)


def _void(items: Sequence[ActionItem], crm: Crm, tx: Transaction) -> Iterator[Refusal]:
    from crmkit.plugins.operational.loyalty.coupons import Coupons

    crm.require("customers.write")
    redeemed = Coupons(crm).void_issued(tx, [_because_of(each) for each in items])
    for index, item in enumerate(items):
        if _because_of(item) in redeemed:
            yield Refusal(index, phrase("the coupon is redeemed"))


def _until(days: int | None, crm: Crm, tx: Transaction) -> int | None:
    return None if days is None else end_of(crm, day_of(crm, tx.at) + timedelta(days=days))


def _because_of(item: ActionItem) -> str:
    return f"effect:{item.effect}"
