"""The words of loyalty: interaction types, traits and metrics."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import tzinfo
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit import Invalid
from crmkit.plugin import N_, Duration, InteractionType, Metric, Trait, _, ngettext, phrase
from crmkit.plugins.operational.loyalty.ledger import lots, theirs, total
from crmkit.plugins.operational.loyalty.model import CUSTOMER, ISSUED, POINTS, SPENT
from crmkit.plugins.operational.loyalty.payloads import CouponMoved, PointsMoved, RewardRedeemed, TierChanged
from crmkit.plugins.operational.loyalty.tables import entries
from crmkit.plugins.operational.loyalty.tiers import reached

if TYPE_CHECKING:
    from crmkit.plugin import MetricQuestion, Tables
    from crmkit.plugins.operational.loyalty.settings import LoyaltySettings
    from crmkit.plugins.operational.loyalty.tiers import Whose


_LABELS: Final = {
    "points.awarded": N_("Points awarded"),
    "points.spent": N_("Points spent"),
    "points.expired": N_("Points expired"),
    "reward.redeemed": N_("Reward redeemed"),
    "coupon.issued": N_("Coupon issued"),
    "coupon.redeemed": N_("Coupon redeemed"),
    "loyalty.tier": N_("Tier changed"),
}


def interaction_types() -> Iterable[InteractionType]:
    """What is told of points, rewards, coupons and tiers."""
    yield _type("points.awarded", "Points were given, by a person or a rule", PointsMoved, _points)
    yield _type("points.spent", "The customer spent points", PointsMoved, _points, contact=True)
    yield _type("points.expired", "Points were lost because time went by", PointsMoved, _points)
    yield _type(
        "reward.redeemed", "Points were exchanged for a reward", RewardRedeemed, _reward, contact=True
    )
    yield _type("coupon.issued", "The customer was given a coupon", CouponMoved, _coupon)
    yield _type("coupon.redeemed", "The customer redeemed a coupon", CouponMoved, _coupon, contact=True)
    yield _type("loyalty.tier", "The customer came into another tier", TierChanged, _tier)


def _type(
    name: str, doc: str, payload: type[Any], summary: Callable[[Any], str], *, contact: bool = False
) -> InteractionType:
    return InteractionType(
        name=name, doc=doc, label=_LABELS[name], payload=payload, summary=summary, contact=contact
    )


def _points(payload: PointsMoved) -> str:
    points = ngettext("{count} point", "{count} points", payload.points)
    return f"{points}: {payload.reason}" if payload.reason else points


def _reward(payload: RewardRedeemed) -> str:
    reward = payload.label or payload.reward
    return ngettext(
        "{reward} for {count} point", "{reward} for {count} points", payload.points, reward=reward
    )


def _coupon(payload: CouponMoved) -> str:
    return f"{payload.label or payload.reward} ({payload.code})"


def _tier(payload: TierChanged) -> str:
    return " → ".join(each or _("none") for each in (payload.before, payload.tier))


def traits(settings: LoyaltySettings) -> Iterable[Trait]:
    """What can be asked of one customer."""
    yield Trait(
        name="loyalty_points",
        type="number",
        missing=0,
        doc="Points that the customer has; below zero where more was taken back than was left",
        select=loyalty_points,
    )
    yield Trait(
        name="points_expiring",
        type="number",
        missing=0,
        doc="points_expiring(window): points that are lost within the window unless they are spent",
        select=points_expiring,
    )
    if settings.tiers:
        yield Trait(
            name="loyalty_tier",
            type="choice",
            choices=tuple(each.name for each in settings.tiers),
            doc="The tier that the customer's points of the qualifying time have reached",
            select=partial(_loyalty_tier, settings),
        )
    if settings.stamps:
        yield Trait(
            name="stamps",
            type="number",
            missing=0,
            doc="stamps(card): stamps on the customer's present card",
            select=_stamps_of(tuple(settings.stamps)),
        )


def loyalty_points(as_of: int, tables: Tables, past: bool, whose: Whose) -> sa.Select[Any]:  # noqa: ARG001
    """(customer, balance)."""
    entry = entries()
    return _sum(entry, POINTS, _asked(entry, as_of, whose, past=past))


def points_expiring(
    as_of: int,
    tables: Tables,  # noqa: ARG001
    past: bool,
    tz: tzinfo,
    whose: Whose,
    window: Duration,
) -> sa.Select[Any]:
    """(customer, points of lots that expire within the window)."""
    entry = entries()
    lot = lots(entry, *_asked(entry, as_of, whose, past=past))
    return (
        sa.select(lot.c.customer_id, total(lot.c.remaining).label("value"))
        .where(lot.c.expires_at <= window.after(as_of, tz))
        .group_by(lot.c.customer_id)
    )


def _loyalty_tier(
    settings: LoyaltySettings,
    as_of: int,
    tables: Tables,  # noqa: ARG001
    past: bool,
    tz: tzinfo,
    whose: Whose,
) -> sa.Select[Any]:
    return reached(settings, as_of, tz, past=past, whose=whose)


def _stamps_of(cards: tuple[str, ...]) -> Callable[..., sa.Select[Any]]:
    def stamps(
        as_of: int,
        tables: Tables,  # noqa: ARG001
        past: bool,
        whose: Whose,
        card: str,
    ) -> sa.Select[Any]:
        if card not in cards:
            raise Invalid(
                phrase('There is no stamp card "{card}"', card=card),
                hint=phrase("There are: {names}", names=", ".join(cards)),
            )
        entry = entries()
        return _sum(entry, card, _asked(entry, as_of, whose, past=past))

    return stamps


def _sum(entry: sa.TableClause, card: str, known: list[sa.ColumnElement[bool]]) -> sa.Select[Any]:
    return (
        sa.select(entry.c.customer_id, total(entry.c.points).label("value"))
        .where(theirs(entry, card), *known)
        .group_by(entry.c.customer_id)
    )


def _asked(entry: sa.TableClause, as_of: int, whose: Whose, *, past: bool) -> list[sa.ColumnElement[bool]]:
    known = [entry.c.known_at <= as_of, entry.c.at <= as_of] if past else []
    return [*whose(entry.c.customer_id), *known]


def metrics() -> Iterable[Metric]:
    """What can be asked of many customers and a period."""
    yield Metric(
        name="points_liability",
        doc="Points that customers have and may still spend, at the end of the period",
        unit="number",
        formula="points issued - points spent - points expired, of customers on record",
        reading="What is owed to customers: times what a point is worth, it is money.",
        groups=("customer",),
        looks="end",
        period="today",
        compute=_liability,
    )
    yield Metric(
        name="points_issued",
        doc="Points given in the period, less those taken back",
        unit="number",
        formula="points earned, awarded and brought along - points taken back for refunds and corrections",
        reading="Each counts on the day on which it was entered.",
        groups=("customer", "time"),
        compute=partial(_flow, ISSUED, -1),
    )
    yield Metric(
        name="points_redeemed",
        doc="Points spent in the period",
        unit="number",
        formula="points spent on rewards or by hand - what was cancelled",
        reading="Against points_issued it tells whether people care for the rewards.",
        groups=("customer", "time"),
        compute=partial(_flow, SPENT, 1),
    )


def _liability(question: MetricQuestion) -> sa.Select[Any]:
    return _counted(question, CUSTOMER, 1, lambda entry: entry.c.known_at < question.end)


def _flow(account: str, sign: int, question: MetricQuestion) -> sa.Select[Any]:
    def in_period(entry: sa.TableClause) -> sa.ColumnElement[bool]:
        return sa.and_(entry.c.known_at >= question.start, entry.c.known_at < question.end)

    return _counted(question, account, sign, in_period)


def _counted(
    question: MetricQuestion,
    account: str,
    sign: int,
    when: Callable[[sa.TableClause], sa.ColumnElement[bool]],
) -> sa.Select[Any]:
    entry = entries()
    rows = sa.select(
        entry.c.customer_id, (entry.c.points * sign).label("points"), entry.c.known_at.label("occurred_at")
    ).where(
        entry.c.account == account,
        entry.c.card == POINTS,
        entry.c.known_at <= question.as_of,
        entry.c.customer_id.is_not(None) if account == CUSTOMER else sa.true(),
        when(entry),
        *(entry.c.customer_id.in_(each) for each in question.scope),
    )
    return question.count(rows.subquery("moved"), numerator=lambda columns: total(columns.points))
