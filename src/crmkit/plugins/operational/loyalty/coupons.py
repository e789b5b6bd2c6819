"""Coupons: a right to a reward, for one customer, once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from attrs import frozen

from crmkit import Conflict, Invalid, NotFound
from crmkit.plugin import N_, day_of, phrase, shown_instant
from crmkit.plugins.operational.loyalty.days import last_moment, later
from crmkit.plugins.operational.loyalty.ledger import SOURCE, tell_all
from crmkit.plugins.operational.loyalty.model import Coupon
from crmkit.plugins.operational.loyalty.payloads import CouponMoved
from crmkit.plugins.operational.loyalty.tables import COUPON

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Transaction
    from crmkit.plugins.operational.loyalty.settings import LoyaltySettings

STATES = (N_("open"), N_("redeemed"), N_("expired"), N_("void"))


@frozen
class Wanted:
    """A coupon to issue: to whom, for which reward, because of what."""

    customer_id: int
    reward: str
    because_of: str | None = None
    valid_until: int | None = None


def check_reward(settings: LoyaltySettings, reward: str) -> None:
    """Raise `NotFound` for a reward that nothing in `crm.toml` names."""
    names = settings.reward_names
    if reward not in names:
        known = (
            phrase("There are: {names}", names=", ".join(sorted(names)))
            if names
            else phrase("Name one in crm.toml")
        )
        hint = phrase("{known} ([plugins.operational.loyalty.rewards.NAME])", known=known)
        raise NotFound(phrase('There is no reward "{reward}"', reward=reward), hint=hint)


def issue_coupons(
    crm: Crm, tx: Transaction, settings: LoyaltySettings, wanted: Sequence[Wanted]
) -> list[str]:
    """Issue coupons, and tell; their codes, in the order of `wanted`."""
    if not wanted:
        return []
    from crmkit.plugins.operational.loyalty.codes import new_code

    standard = last_moment(crm, later(crm, tx.at, settings.coupon))
    issued = [
        CouponMoved(
            code=new_code(crm.random),
            reward=each.reward,
            label=settings.label(each.reward),
            valid_until=each.valid_until or standard,
        )
        for each in wanted
    ]
    pairs = list(zip(wanted, issued, strict=True))
    rows = [
        {
            "customer_id": each.customer_id, "code": coupon.code, "reward": each.reward, "issued_at": tx.at,
            "valid_until": coupon.valid_until, "because_of": each.because_of, "employee_id": crm.actor.id,
        }
        for each, coupon in pairs
    ]  # fmt: skip
    tx.execute(sa.insert(crm.plugins.table(COUPON)), rows)
    tell_all(
        crm,
        [(each.customer_id, "coupon.issued", coupon, _issuing(coupon.code)) for each, coupon in pairs],
    )
    return [coupon.code for coupon in issued]


def _issuing(code: str) -> str:
    return f"coupon:{code}:issued"


class Coupons:
    """The coupons of one business, for whoever `crm` acts for."""

    def __init__(self, crm: Crm) -> None:
        self._crm = crm
        self._table = crm.plugins.table(COUPON)
        self._settings: LoyaltySettings = crm.plugins.settings("operational").loyalty

    def issue(self, customer: str | int, reward: str, *, valid_until: int | None = None) -> Coupon:
        """Give a customer a coupon for a reward, told on the timeline. Raises `NotFound`, `Invalid`.

        `valid_until` is an instant; without it the setting `coupon` says how long it holds.
        """
        self._crm.require("customers.write")
        check_reward(self._settings, reward)
        with self._crm.transaction() as tx:
            if valid_until is not None and valid_until <= tx.at:
                raise Invalid("The coupon would have expired already", hint="Give a later day.")
            customer_id = self._crm.customers.resolve(customer)
            wanted = Wanted(customer_id, reward, None, valid_until)
            (code,) = issue_coupons(self._crm, tx, self._settings, [wanted])
            return self._get(tx.execute, tx.at, code)

    def get(self, code: str) -> Coupon:
        """A coupon by its code, however it is written. Raises `Invalid` for what is no code, `NotFound`."""
        self._crm.require("customers.read")
        with self._crm.reading() as execute:
            return self._get(execute, self._crm.clock.now(), code)

    def redeem(self, code: str) -> Coupon:
        """Take a coupon in: whoever comes first gets the reward, and it is on the timeline.

        Raises `Conflict` with the reason why it can no longer be redeemed.
        """
        self._crm.require("customers.write")
        with self._crm.transaction() as tx:
            found = self._get(tx.execute, tx.at, code)
            self._mark(tx, found, "redeemed_at", unexpired=True)
            self._told(found, "coupon.redeemed", f"coupon:{found.code}:redeemed")
            return self._get(tx.execute, tx.at, code)

    def void(self, code: str) -> Coupon:
        """Make a coupon worthless that nobody has redeemed. Raises `Conflict`."""
        self._crm.require("customers.write")
        with self._crm.transaction() as tx:
            self._mark(tx, self._get(tx.execute, tx.at, code), "voided_at", unexpired=False)
            return self._get(tx.execute, tx.at, code)

    def void_issued(self, tx: Transaction, reasons: Sequence[str]) -> set[str]:
        """Void the coupons that were issued for these reasons; those whose coupon is redeemed by now."""
        mine = self._table.c.because_of.in_(reasons)
        free = (self._table.c.redeemed_at.is_(None), self._table.c.voided_at.is_(None))
        tx.execute(sa.update(self._table).where(mine, *free).values(voided_at=tx.at))
        redeemed = sa.select(self._table.c.because_of).where(mine, self._table.c.redeemed_at.is_not(None))
        return set(tx.execute(redeemed).scalars())

    def list(
        self, *, customer_ids: Sequence[int] | None = None, state: str | None = None, limit: int = 100
    ) -> tuple[Coupon, ...]:
        """Coupons of customers whom the acting person sees, the newest first; of one `state`, or all."""
        self._crm.require("customers.read")
        now = self._crm.clock.now()
        query = self._visible().order_by(self._table.c.id.desc()).limit(limit)
        if customer_ids is not None:
            query = query.where(self._table.c.customer_id.in_(customer_ids))
        if state is not None:
            query = query.where(_in_state(self._table, state, now))
        with self._crm.reading() as execute:
            return tuple(self._coupon(row, now) for row in execute(query))

    def _mark(self, tx: Transaction, coupon: Coupon, column: str, *, unexpired: bool) -> None:
        table = self._table
        free = [table.c.id == coupon.id, table.c.redeemed_at.is_(None), table.c.voided_at.is_(None)]
        if unexpired:
            free.append(sa.or_(table.c.valid_until.is_(None), table.c.valid_until > tx.at))
        if not tx.execute(sa.update(table).where(*free).values({column: tx.at})).rowcount:
            raise self._refusal(self._get(tx.execute, tx.at, coupon.code))

    def _refusal(self, coupon: Coupon) -> Conflict:
        name = phrase("Coupon {code} ({label})", code=coupon.code, label=coupon.label)
        if coupon.state == "redeemed" and coupon.redeemed_at is not None:
            when = shown_instant(self._crm, coupon.redeemed_at)
            return Conflict(
                phrase("{name} was redeemed already, at {when}", name=name, when=when),
                hint="A coupon counts once.",
            )
        if coupon.state == "expired" and coupon.valid_until is not None:
            until = day_of(self._crm, coupon.valid_until - 1).isoformat()
            hint = phrase(
                "To be generous: crm loyalty coupons issue {customer_id} {reward}",
                customer_id=coupon.customer_id,
                reward=coupon.reward,
            )
            return Conflict(phrase("{name} was good until {until}", name=name, until=until), hint=hint)
        return Conflict(
            phrase("{name} was voided", name=name),
            hint=phrase("See: crm loyalty coupons list {customer_id}", customer_id=coupon.customer_id),
        )

    def _told(self, coupon: Coupon, type_: str, ref: str) -> None:
        payload = CouponMoved(code=coupon.code, reward=coupon.reward, label=coupon.label)
        self._crm.interactions.record(
            coupon.customer_id, type_, payload=payload, source=SOURCE, source_ref=ref
        )

    def _visible(self) -> sa.Select[Any]:
        customer = self._crm.tables.customer
        joined = sa.select(self._table).join(customer, customer.c.id == self._table.c.customer_id)
        return joined.where(*self._crm.seen())

    def _get(self, execute: Any, now: int, code: str) -> Coupon:
        from crmkit.plugins.operational.loyalty.codes import read_code

        read = read_code(code)
        if read is None:
            raise Invalid(
                phrase('"{code}" is not the code of a coupon', code=code),
                hint="It has twelve letters and digits, such as K7QM-4XWP-T9RA. Look for a mistake in it.",
            )
        row = execute(self._visible().where(self._table.c.code == read)).first()
        if row is None:
            raise NotFound(
                phrase("There is no coupon {read}", read=read), hint="See: crm loyalty coupons list"
            )
        return self._coupon(row, now)

    def _coupon(self, row: Any, now: int) -> Coupon:
        return Coupon(
            id=row.id, customer_id=row.customer_id, code=row.code, reward=row.reward,
            label=self._settings.label(row.reward), issued_at=row.issued_at, state=_state(row, now),
            valid_until=row.valid_until, redeemed_at=row.redeemed_at,
        )  # fmt: skip


def _state(row: Any, now: int) -> str:
    if row.redeemed_at is not None:
        return "redeemed"
    if row.voided_at is not None:
        return "void"
    return "expired" if row.valid_until is not None and row.valid_until <= now else "open"


def _in_state(table: sa.Table, state: str, now: int) -> sa.ColumnElement[bool]:
    unused = sa.and_(table.c.redeemed_at.is_(None), table.c.voided_at.is_(None))
    conditions = {
        "redeemed": table.c.redeemed_at.is_not(None),
        "void": table.c.voided_at.is_not(None),
        "expired": sa.and_(unused, table.c.valid_until <= now),
        "open": sa.and_(unused, sa.or_(table.c.valid_until.is_(None), table.c.valid_until > now)),
    }
    return conditions[state]
