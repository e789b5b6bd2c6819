"""A shop that lives from day to day: what happens in it at random, and what its rules do meanwhile."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from random import Random

import sqlalchemy as sa

from crmkit import ContactPoint, Crm, CustomerDraft
from crmkit.core.clock import FakeClock
from crmkit.core.instants import local_date, parse_instant
from crmkit.plugin import InteractionDraft

# At which turn, which rule and step, upon which occasion, for whom, until when it waits.
Act = tuple[int, str, str, str, int, int | None]
DAY = 86_400_000_000


def acted(crm: Crm, clock: FakeClock, now: int, names: Collection[str]) -> list[Act]:
    """Plan these rules at the instant and apply the plan; what was due in between went out when it was."""
    due = sorted(
        {each.due_at for each in crm.effects.list(limit=1000) if each.state == "pending" and each.due_at}
    )
    for at in due:
        if at <= now:
            clock.set(at)
            crm.effects.hand_over()
    clock.set(now)
    plan = crm.strategy.plan(*names)
    acts = [
        (now, act.rule, act.step, act.occasion, act.customer_id, act.until)
        for act in crm.strategy.acts(plan.number)
        if act.state == "act" or (act.state == "held" and act.until is not None)
    ]
    if acts or plan.withheld:
        crm.strategy.apply(plan.number)
    return acts


def weekdays(crm: Crm, first: str, weeks: int, at: str = "09:00") -> Iterator[int]:
    """So many instants, a week apart, at this time of the business's day."""
    start = parse_instant(f"{first} 12:00", crm.kernel.tz, 0)
    for week in range(weeks):
        day = local_date(start + week * 7 * DAY, crm.kernel.tz)
        yield parse_instant(f"{day} {at}", crm.kernel.tz, 0)


def newcomer(crm: Crm, name: str, zone: str | None = None) -> int:
    """A customer with an address."""
    point = ContactPoint(kind="email", value=f"{name.lower()}@example.org")
    return crm.customers.save(CustomerDraft(name=name, contact_points=(point,), timezone=zone)).id


def happen(crm: Crm, random: Random) -> None:
    """Something or other, now."""
    ids = _ids(crm)
    if len(ids) < 3 or random.random() < 0.1:
        newcomer(crm, f"C{len(ids)}", random.choice([None, None, "America/New_York", "Asia/Tokyo"]))
        return
    id_ = random.choice(ids)
    choice = random.randrange(9)
    if choice < 3:
        crm.interactions.record(id_, "purchase", amount=random.randrange(100, 9_000))
    elif choice == 3:
        _void_one(crm, random)
    elif choice == 4:
        crm.consent.grant(id_, random.choice(["offers", "news"]), "email")
    elif choice == 5:
        crm.consent.withdraw(id_, random.choice(["offers", "news"]), "email")
    elif choice == 6:
        _put_aside(crm, id_)
    elif choice == 7:
        (crm.customers.untag if "vip" in crm.customers.get(id_).tags else crm.customers.tag)(id_, "vip")
    else:
        crm.customers.update(id_, CustomerDraft(timezone=random.choice(["Asia/Tokyo", "Europe/Paris"])))


def _ids(crm: Crm) -> list[int]:
    with crm.reading() as execute:
        return list(execute(sa.select(crm.tables.customer.c.id).order_by(crm.tables.customer.c.id)).scalars())


def _put_aside(crm: Crm, id_: int) -> None:
    customer = crm.tables.customer
    chosen = sa.select(customer.c.archived_at, customer.c.restricted_at).where(customer.c.id == id_)
    with crm.reading() as execute:
        row = execute(chosen).one()
    if row.restricted_at is not None:
        crm.privacy.restrict(id_, lift=True)
    elif row.archived_at is not None:
        crm.customers.restore(id_)
    elif id_ % 2:
        crm.customers.archive(id_)
    else:
        crm.privacy.restrict(id_)


def _void_one(crm: Crm, random: Random) -> None:
    table = crm.tables.interaction
    chosen = sa.select(table.c.seq).where(table.c.type == "purchase", table.c.superseded_by.is_(None))
    with crm.reading() as execute:
        numbers = execute(chosen.order_by(table.c.seq)).scalars().all()
    if numbers:
        crm.interactions.void(random.choice(numbers), "a mistake")


def bought(customer: CustomerDraft, at: int) -> InteractionDraft:
    """A purchase of long ago, as it is imported."""
    return InteractionDraft(customer=customer, type="purchase", at=at, amount=1_000, history=True)
