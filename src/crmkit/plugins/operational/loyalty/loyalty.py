"""Loyalty: what customers have collected, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import frozen

from crmkit import Conflict, Invalid, NotFound
from crmkit.plugin import N_, joined, nphrase, phrase, zone_of
from crmkit.plugins.operational.loyalty.coupons import Coupons, Wanted, issue_coupons
from crmkit.plugins.operational.loyalty.days import last_moment, later
from crmkit.plugins.operational.loyalty.ledger import (
    SOURCE,
    balance,
    expire,
    expire_pass,
    hold,
    lots,
    post,
    tell,
    tell_all,
    theirs,
    total,
)
from crmkit.plugins.operational.loyalty.model import (
    CUSTOMER,
    FROM,
    POINTS,
    Coupon,
    Movement,
    Statement,
    StatementLine,
)
from crmkit.plugins.operational.loyalty.payloads import PointsMoved, RewardRedeemed
from crmkit.plugins.operational.loyalty.tables import ENTRY
from crmkit.plugins.operational.loyalty.tiers import reached, tell_tiers, tier_pass

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Transaction
    from crmkit.plugins.operational.loyalty.recalculating import Recalculation
    from crmkit.plugins.operational.loyalty.settings import LoyaltySettings

_BY_HAND = ("awarded", "spent", "imported")


_KINDS: Final = {
    "earned": N_("Earned ({rule})"),
    "refunded": N_("Refund ({rule})"),
    "awarded": N_("Awarded"),
    "imported": N_("Brought along"),
    "spent": N_("Spent"),
    "expired": N_("Expired"),
}


@frozen(kw_only=True)
class Moved:
    """What was done by hand: the number of the movement, whose, how many points, and the balance after it.

    `coupon` is what they were exchanged for, where that is to be redeemed later.
    """

    id: int
    customer_id: int
    points: int
    balance: int
    coupon: Coupon | None = None


class Loyalty:
    """The points and stamps of one business, for whoever `crm` acts for."""

    def __init__(self, crm: Crm) -> None:
        self._crm = crm
        self._entry = crm.plugins.table(ENTRY)
        self._settings: LoyaltySettings = crm.plugins.settings("operational").loyalty

    def balance(self, customer: str | int) -> int:
        """The points that a customer has; below zero where more was taken back than was left."""
        self._crm.require("customers.read")
        customer_id = self._crm.customers.resolve(customer)
        with self._crm.reading() as execute:
            return balance(self._crm, execute, customer_id)

    def statement(self, customer: str | int, *, limit: int = 50) -> Statement:
        """What a customer has and how it came: the last `limit` movements of points, newest first."""
        return self.statements([self._crm.customers.resolve(customer)], limit=limit)[0]

    def statements(self, customer_ids: Sequence[int], *, limit: int = 50) -> list[Statement]:
        """Statements of several customers, in the order given."""
        self._crm.require("customers.read")
        coupons = Coupons(self._crm).list(customer_ids=customer_ids, state="open", limit=1_000)
        with self._crm.reading() as execute:
            tiers, cards = self._tiers_of(execute, customer_ids), self._cards(execute, customer_ids)
            collectors = [id_ for id_ in customer_ids if POINTS in cards.get(id_, {})]
            expiring = self._expiring(execute, collectors)
            lines = {id_: tuple(self._lines(execute, id_, limit)) for id_ in collectors}
        return [
            Statement(
                customer_id=id_,
                balance=cards.get(id_, {}).get(POINTS, 0),
                tier=tiers.get(id_),
                stamps=self._stamps(cards.get(id_, {})),
                expiring=tuple(expiring.get(id_, ())),
                coupons=tuple(each for each in coupons if each.customer_id == id_),
                lines=lines.get(id_, ()),
            )
            for id_ in customer_ids
        ]

    def award(
        self, customer: str | int, points: int, reason: str = "", *, because_of: str | None = None
    ) -> Moved:
        """Give a customer points, told on the timeline. Raises `Invalid`; `Conflict` where `because_of`
        has given points before."""
        self._crm.require("customers.write")
        if points < 1:
            raise Invalid(
                phrase("{points} points cannot be given", points=points),
                hint="To take some: crm loyalty spend REF POINTS",
            )
        with self._crm.transaction() as tx:
            customer_id = self._crm.customers.resolve(customer)
            moved = self._by_hand(tx, customer_id, points, "awarded", reason, because_of)
            payload = PointsMoved(points=points, reason=reason)
            tell(self._crm, customer_id, "points.awarded", payload, moved[1])
            tell_tiers(self._crm, tx, self._settings, [customer_id])
            return self._moved(tx, moved[0], customer_id, points)

    def award_all(self, wanted: Sequence[tuple[int, int, str, str]]) -> int:
        """Give points to many: (customer id, points, reason, because of what); how many were new."""
        self._crm.require("customers.write")
        with self._crm.transaction() as tx:
            reasons = [each[3] for each in wanted]
            known = sa.select(self._entry.c.because_of).where(self._entry.c.because_of.in_(reasons))
            done = set(tx.execute(known).scalars())
            fresh = {each[3]: each for each in wanted if each[3] not in done}
            expires_at = later(self._crm, tx.at, self._settings.expire)
            post(
                self._crm,
                tx,
                [
                    Movement(
                        customer_id=id_, points=points, kind="awarded", because_of=because_of, at=tx.at,
                        known_at=tx.at, note=reason, expires_at=expires_at,
                    )
                    for id_, points, reason, because_of in fresh.values()
                ],
            )  # fmt: skip
            tell_all(
                self._crm,
                [
                    (id_, "points.awarded", PointsMoved(points=points, reason=reason), because_of)
                    for id_, points, reason, because_of in fresh.values()
                ],
            )
            tell_tiers(self._crm, tx, self._settings, sorted({each[0] for each in fresh.values()}))
            return len(fresh)

    def spend(self, customer: str | int, points: int, reason: str = "") -> Moved:
        """Take points that a customer spends. Raises `Conflict` where there are not so many."""
        self._crm.require("customers.write")
        if points < 1:
            raise Invalid(
                phrase("{points} points cannot be spent", points=points),
                hint="To give some: crm loyalty award REF POINTS",
            )
        with self._crm.transaction() as tx:
            customer_id = self._crm.customers.resolve(customer)
            moved = self._spent(tx, customer_id, points, reason)
            payload = PointsMoved(points=points, reason=reason)
            tell(self._crm, customer_id, "points.spent", payload, moved[1])
            return self._moved(tx, moved[0], customer_id, -points)

    def redeem(self, customer: str | int, reward: str) -> Moved:
        """Exchange points for a reward: handed over now, or as a coupon if the reward says so.

        Raises `NotFound` for no such reward, `Invalid` for one without a price, `Conflict` for too few.
        """
        self._crm.require("customers.write")
        price = self._price(reward)
        with self._crm.transaction() as tx:
            customer_id = self._crm.customers.resolve(customer)
            label = self._settings.label(reward)
            id_, because_of = self._spent(tx, customer_id, price, label)
            coupon = None
            if self._settings.rewards[reward].coupon:
                (code,) = issue_coupons(
                    self._crm, tx, self._settings, [Wanted(customer_id, reward, because_of)]
                )
                coupon = Coupons(self._crm).get(code)
            else:
                payload = RewardRedeemed(reward=reward, label=label, points=price)
                tell(self._crm, customer_id, "reward.redeemed", payload, because_of)
            return self._moved(tx, id_, customer_id, -price, coupon)

    def cancel(self, movement: int) -> Moved:
        """Take back what was given, spent or brought along by hand, by its number on the statement.

        What it told is void. Raises `NotFound`, `Invalid` for what follows from interactions, `Conflict`
        where it is cancelled already, the points are spent, or the coupon is redeemed.
        """
        self._crm.require("customers.write")
        with self._crm.transaction() as tx:
            row = self._entered(tx, movement)
            hold(self._crm, tx, [row.customer_id])
            self._refuse_cancelled(tx, row)
            if row.points > 0 and balance(self._crm, tx.execute, row.customer_id) < row.points:
                raise Conflict(
                    nphrase(
                        "The point of movement {movement} is spent",
                        "The {count} points of movement {movement} are spent, at least in part",
                        row.points,
                        movement=movement,
                    ),
                    hint=phrase("See: crm loyalty statement {customer_id}", customer_id=row.customer_id),
                )
            if row.because_of in Coupons(self._crm).void_issued(tx, [row.because_of]):
                raise Conflict(
                    phrase("The coupon of movement {movement} is redeemed", movement=movement),
                    hint="What was handed over stays so.",
                )
            self.reverse(tx, [row])
            self._void_told(row.because_of)
            tell_tiers(self._crm, tx, self._settings, [row.customer_id])
            return self._moved(tx, movement, row.customer_id, -row.points)

    def reverse(self, tx: Transaction, rows: Sequence[Any]) -> None:
        """Enter the opposite of movements."""
        post(
            self._crm,
            tx,
            [
                Movement(
                    customer_id=row.customer_id, points=-row.points, kind=row.kind, rule=row.rule,
                    because_of=f"cancel:{row.id}", at=row.at, known_at=tx.at, note=row.note,
                    employee_id=self._crm.actor.id,
                )
                for row in rows
            ],
        )  # fmt: skip

    def tiers(self) -> list[tuple[str, int, int]]:
        """(tier, points it needs, how many customers of those the acting person sees are in it)."""
        self._crm.require("customers.read")
        if not self._settings.tiers:
            return []
        inner = reached(self._settings, self._crm.clock.now(), zone_of(self._crm)).subquery()
        customer = self._crm.tables.customer
        query = sa.select(inner.c.value, sa.func.count().label("customers")).join_from(
            inner, customer, customer.c.id == inner.c.customer_id
        )
        query = query.where(customer.c.archived_at.is_(None), *self._crm.seen()).group_by(inner.c.value)
        with self._crm.reading() as execute:
            counts = {row.value: row.customers for row in execute(query)}
        return [(each.name, each.points, counts.get(each.name, 0)) for each in self._settings.tiers]

    def catch_up(self) -> None:
        """What the worker does: take expired points, and tell whose tier changed because time went by."""
        self._crm.require("customers.write")
        while expire_pass(self._crm):
            pass
        while tier_pass(self._crm):
            pass

    def recalculate(self, *, since: int | None = None, dry_run: bool = False) -> Recalculation:
        """Compare the ledger with the log, from when each rule first gave something or from `since`, and
        enter the differences unless it is a `dry_run`."""
        from crmkit.plugins.operational.loyalty.recalculating import recalculate

        self._crm.require("customers.write")
        return recalculate(self._crm, self._settings, since=since, dry_run=dry_run)

    def _spent(self, tx: Transaction, customer_id: int, points: int, reason: str) -> tuple[int, str]:
        hold(self._crm, tx, [customer_id])
        expire(self._crm, tx, [customer_id])
        has = balance(self._crm, tx.execute, customer_id)
        if has < points:
            raise Conflict(
                phrase(
                    "{name} has {has} points, and {points} are needed",
                    name=self._name(customer_id),
                    has=has,
                    points=points,
                ),
                hint=phrase("See: crm loyalty statement {customer_id}", customer_id=customer_id),
            )
        return self._by_hand(tx, customer_id, -points, "spent", reason, None)

    def _by_hand(
        self, tx: Transaction, customer_id: int, points: int, kind: str, note: str, because_of: str | None
    ) -> tuple[int, str]:
        reason = because_of or f"hand:{self._crm.random.getrandbits(80):020x}"
        mine = sa.select(self._entry.c.id).where(
            self._entry.c.because_of == reason, self._entry.c.account == "customer"
        )
        if because_of is not None and tx.execute(mine).first() is not None:
            raise Conflict(
                phrase('"{because_of}" has moved points before', because_of=because_of),
                hint="It counts once.",
            )
        opens = points > 0 and kind != "spent"
        movement = Movement(
            customer_id=customer_id, points=points, kind=kind, because_of=reason, at=tx.at, known_at=tx.at,
            note=note.strip() or None, employee_id=self._crm.actor.id,
            expires_at=later(self._crm, tx.at, self._settings.expire) if opens else None,
        )  # fmt: skip
        post(self._crm, tx, [movement])
        return int(tx.execute(mine).scalar_one()), reason

    def _entered(self, tx: Transaction, movement: int) -> Any:
        customer = self._crm.tables.customer
        query = (
            sa.select(self._entry)
            .join(customer, customer.c.id == self._entry.c.customer_id)
            .where(self._entry.c.id == movement, theirs(self._entry), *self._crm.seen())
        )
        row = tx.execute(query).first()
        if row is None:
            raise NotFound(
                phrase("There is no movement {movement} of points", movement=movement),
                hint="See: crm loyalty statement REF",
            )
        if row.kind not in _BY_HAND or (row.because_of or "").startswith("cancel:"):
            raise Invalid(
                phrase(
                    "Movement {movement} was not made by hand, and is not cancelled by hand",
                    movement=movement,
                ),
                hint="Correct or void the interaction that it follows from: crm interactions void",
            )
        return row

    def _refuse_cancelled(self, tx: Transaction, row: Any) -> None:
        query = sa.select(self._entry.c.id).where(self._entry.c.because_of == f"cancel:{row.id}")
        if tx.execute(query).first() is not None:
            raise Conflict(
                phrase("Movement {id} was cancelled before", id=row.id),
                hint=phrase("See: crm loyalty statement {customer_id}", customer_id=row.customer_id),
            )

    def _void_told(self, because_of: str) -> None:
        interaction = self._crm.tables.interaction
        query = sa.select(interaction.c.seq).where(
            interaction.c.source == SOURCE,
            interaction.c.source_ref == because_of,
            interaction.c.superseded_by.is_(None),
        )
        with self._crm.reading() as execute:
            told = list(execute(query).scalars())
        for seq in told:
            self._crm.interactions.void(seq, "cancelled")

    def _price(self, reward: str) -> int:
        named = self._settings.rewards.get(reward)
        for_sale = sorted(name for name, each in self._settings.rewards.items() if each.points)
        hint = (
            phrase("For points there are: {for_sale}", for_sale=", ".join(for_sale))
            if for_sale
            else phrase("Give it a price in crm.toml.")
        )
        if named is None and reward not in self._settings.reward_names:
            raise NotFound(phrase('There is no reward "{reward}"', reward=reward), hint=hint)
        if named is None or named.points is None:
            raise Invalid(phrase('The reward "{reward}" has no price in points', reward=reward), hint=hint)
        return named.points

    def _moved(
        self, tx: Transaction, id_: int, customer_id: int, points: int, coupon: Coupon | None = None
    ) -> Moved:
        left = balance(self._crm, tx.execute, customer_id)
        return Moved(id=id_, customer_id=customer_id, points=points, balance=left, coupon=coupon)

    def _name(self, customer_id: int) -> str:
        return self._crm.customers.get(customer_id).name

    def _tiers_of(self, execute: Any, customer_ids: Sequence[int]) -> dict[int, str]:
        if not self._settings.tiers:
            return {}
        now, zone = self._crm.clock.now(), zone_of(self._crm)
        rows = execute(reached(self._settings, now, zone, whose=lambda column: (column.in_(customer_ids),)))
        return {row.customer_id: row.value for row in rows}

    def _cards(self, execute: Any, customer_ids: Sequence[int]) -> dict[int, dict[str, int]]:
        """What customers have on each card that they ever got anything on, `POINTS` among these."""
        entry, found = self._entry, dict[int, dict[str, int]]()
        query = (
            sa.select(entry.c.customer_id, entry.c.card, total(entry.c.points).label("has"))
            .where(entry.c.account == CUSTOMER, entry.c.customer_id.in_(customer_ids))
            .group_by(entry.c.customer_id, entry.c.card)
        )
        for row in execute(query):
            found.setdefault(row.customer_id, {})[row.card] = row.has
        return found

    def _stamps(self, cards: Mapping[str, int]) -> dict[str, tuple[int, int]]:
        stamps = self._settings.stamps
        return {card: (has, stamps[card].needs) for card, has in cards.items() if card in stamps}

    def _expiring(self, execute: Any, customer_ids: Sequence[int]) -> dict[int, list[tuple[int, int]]]:
        if not customer_ids:
            return {}
        lot = lots(self._entry, self._entry.c.customer_id.in_(customer_ids))
        query = (
            sa.select(lot.c.customer_id, lot.c.expires_at, total(lot.c.remaining).label("points"))
            .where(lot.c.remaining > 0, lot.c.expires_at.is_not(None))
            .group_by(lot.c.customer_id, lot.c.expires_at)
            .order_by(lot.c.expires_at)
        )
        found: dict[int, dict[int, int]] = {}
        for row in execute(query):
            days = found.setdefault(row.customer_id, {})
            day = last_moment(self._crm, row.expires_at) or row.expires_at
            days[day] = days.get(day, 0) + row.points
        return {id_: list(days.items()) for id_, days in found.items()}

    def _lines(self, execute: Any, customer_id: int, limit: int) -> list[StatementLine]:
        entry = self._entry
        running = sa.func.sum(entry.c.points).over(order_by=entry.c.id)
        query = sa.select(entry, sa.cast(running, sa.BigInteger).label("balance")).where(
            theirs(entry), entry.c.customer_id == customer_id
        )
        rows = execute(query.order_by(entry.c.id.desc()).limit(limit))
        return [
            StatementLine(
                id=row.id, at=row.known_at, what=_what(row), points=row.points, balance=row.balance,
                expires_at=row.expires_at,
            )
            for row in rows
        ]  # fmt: skip


def _what(row: Any) -> str:
    from crmkit.plugin import written_reason

    said = _moved(row)
    return joined(": ", (said, written_reason(row.note, (FROM,)))) if row.note else said


def _moved(row: Any) -> str:
    if (row.because_of or "").startswith("cancel:"):
        return phrase("Cancelled {entry}", entry=row.because_of.removeprefix("cancel:"))
    rule = (row.rule or "").rpartition(".")[2]
    if row.kind == "earned" and row.points <= 0:
        return phrase("Corrected ({rule})", rule=rule)
    return phrase(_KINDS[row.kind], rule=rule)
