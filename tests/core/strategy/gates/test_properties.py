"""Laws of the gates: limits hold whatever happens, and every proposal ends in exactly one state."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from threading import Thread
from zoneinfo import ZoneInfo

import attrs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmkit import Crm
from crmkit.core.clock import FakeClock
from crmkit.core.config.limits import LimitSettings
from crmkit.core.model.strategy import ACT, DONE, DROPPED, HELD, PENDING, SKIPPED
from crmkit.core.store.bulk import reserve
from crmkit.core.store.locks import PLAN_LOCK, one_at_a_time
from crmkit.core.strategy.gates.contacts import Contact, judge_contacts
from crmkit.core.strategy.gates.quiet import quiet_until
from crmkit.core.strategy.schedules import duration
from tests.core.strategy.gates.reaching import add, at, contact
from tests.soaking import soaking

Open = Callable[..., Crm]
ZONES = ("Europe/Warsaw", "America/New_York", "Asia/Kolkata")
WHOLE = settings(
    max_examples=soaking(6, 60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
# The clocks are changed in the night after the first and the second of these.
STARTS = ("2026-10-24 12:00", "2027-03-27 12:00", "2026-06-01 21:30")
LIMITS = st.builds(
    LimitSettings,
    marketing=st.sampled_from(["1 per 7 days", "2 per 7 days", "3 per day", "2 per 36 hours", "1 per month"]),
    quiet_hours=st.sampled_from([None, "21:00-08:00", "12:00-13:00", "22:00-02:30"]),
)
TO_WHOM = st.tuples(st.integers(0, 2), st.sampled_from(["offers", "news", "orders"]))
ENTER = st.tuples(st.just("enter"), st.lists(TO_WHOM, min_size=1, max_size=6))
WAIT = st.tuples(st.just("wait"), st.sampled_from([1, 60, 7 * 60, 24 * 60, 50 * 60]))
HAND_OVER = st.tuples(st.just("hand over"), st.integers(1, 4))


def limited(crm: Crm, limits: LimitSettings) -> None:
    """Let the business have these limits, and an empty ledger."""
    crm.kernel.config = attrs.evolve(crm.kernel.config, limits=limits)
    with crm.transaction() as tx:
        tx.execute(crm.tables.effect.delete())


def enter(crm: Crm, contacts: Sequence[Contact]) -> None:
    """Put those that stand into the ledger, as applying a plan does."""
    with crm.kernel.unit(crm.kernel.house) as tx:
        one_at_a_time(tx.connection, PLAN_LOCK)
        judge_contacts(crm.kernel, tx.connection, contacts, tx.at)
        for each in contacts:
            if each.state == DROPPED:
                continue
            due = tx.at if each.until is None else each.until
            tx.execute(
                crm.tables.effect.insert().values(
                    id=reserve(tx.connection, "effect", "id", 1)[0], origin=each.origin, step=each.step,
                    occasion=each.occasion, customer_id=each.customer_id, action="write",
                    params=json.dumps({"write": "A", "purpose": each.purpose}),
                    state=PENDING, actor="crmkit", created_at=tx.at, channel=each.channel,
                    purpose=each.purpose, contact_at=due, due_at=due,
                )
            )  # fmt: skip


def hand_over(crm: Crm, at_once: int) -> int:
    """Hand over some of the contacts that are due, as a worker does; how many were settled or put off."""
    return sum(attrs.asdict(crm.effects.hand_over(limit=at_once)).values())


def finish(crm: Crm, clock: FakeClock) -> None:
    """Hand over until nothing waits."""
    for _ in range(8):
        while hand_over(crm, 50):
            pass
        clock.advance(hours=5)


def require_lawful(crm: Crm, zones: Sequence[str]) -> None:
    """Nothing waits; nobody got more than they may, in any window, nor in their quiet hours; all orders went
    out."""
    with crm.reading() as execute:
        rows = execute(crm.tables.effect.select()).all()
    limits = crm.kernel.config.limits
    assert limits.contacts is not None
    most, length = limits.contacts
    assert {row.state for row in rows} <= {DONE, SKIPPED}
    assert all(row.state == DONE for row in rows if row.purpose == "orders")
    made = [row for row in rows if row.state == DONE and row.purpose != "orders"]
    for last in made:
        since = duration(length).before(last.contact_at, crm.kernel.tz)
        theirs = [row.contact_at for row in made if row.customer_id == last.customer_id]
        assert sum(since < instant <= last.contact_at for instant in theirs) <= most
        if limits.quiet is not None:
            zone = ZoneInfo(zones[last.customer_id - 1])
            assert quiet_until(last.contact_at, limits.quiet, zone) is None


@WHOLE
@given(limits=LIMITS, start=st.sampled_from(STARTS), steps=st.lists(ENTER | WAIT | HAND_OVER, max_size=12))
def test_limits_hold(
    shop: Open, clock: FakeClock, limits: LimitSettings, start: str, steps: Sequence[tuple[str, object]]
) -> None:
    """Whatever is entered, whenever it is handed over, in whatever order, whatever the clocks do."""
    crm = opened(shop, clock)
    limited(crm, limits)
    clock.set(at(crm, start))
    for number, (what, how) in enumerate(steps):
        if what == "enter":
            assert isinstance(how, list)
            enter(
                crm,
                [contact(1 + who, why, occasion=f"{number}.{index}") for index, (who, why) in enumerate(how)],
            )
        elif what == "wait":
            assert isinstance(how, int)
            clock.advance(minutes=how)
        else:
            assert isinstance(how, int)
            hand_over(crm, how)
    finish(crm, clock)
    require_lawful(crm, ZONES)


def opened(shop: Open, clock: FakeClock, toml: str = "") -> Crm:
    """The shop with three customers in three zones; opened once for all examples of a test."""
    found: list[Crm] = shop.__dict__.setdefault("opened", [])
    if not found:
        crm = shop(toml)
        clock.set(at(crm, "2026-05-04 10:00"))
        for name, zone in zip(("Anna", "Bea", "Celina"), ZONES, strict=True):
            add(crm, name, zone=zone)
        crm.rehearsal.end()
        found.append(crm)
    return found[0]


def test_limits_hold_among_threads(shop: Open, clock: FakeClock) -> None:
    """Four enter and hand over at once, and want the same slots."""
    crm = opened(shop, clock)
    limited(crm, LimitSettings(marketing="2 per 7 days", quiet_hours="21:00-08:00"))
    failures: list[BaseException] = []

    def work(which: int) -> None:
        try:
            for turn in range(4):
                wanted = [(1 + number % 3, ("offers", "news")[number % 2]) for number in range(6)]
                enter(
                    crm,
                    [
                        contact(who, why, occasion=f"{which}.{turn}.{n}")
                        for n, (who, why) in enumerate(wanted)
                    ],
                )
                hand_over(crm, 3)
        except BaseException as error:  # noqa: BLE001 - told by the test's own thread
            failures.append(error)

    threads = [Thread(target=work, args=(which,)) for which in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures
    finish(crm, clock)
    require_lawful(crm, ZONES)
    with crm.reading() as execute:
        done = Counter(row.customer_id for row in execute(crm.tables.effect.select()) if row.state == DONE)
    assert done == {1: 2, 2: 2, 3: 2}


RULES = """
[rules.a]
run = "daily at 00:00"
write = "A"
purpose = "offers"
[rules.b]
run = "daily at 00:00"
write = "B"
purpose = "news"
not_again_for = "3 days"
[rules.c]
run = "daily at 00:00"
write = "{{ customer.name }}"
purpose = "orders"
max_acts = 2
[rules.d]
run = "daily at 00:00"
write = "rude"
purpose = "offers"
priority = 1
[rules.e]
run = "daily at 00:00"
tag = "x"
"""


@settings(WHOLE, max_examples=soaking(4, 30))
@given(
    limits=LIMITS, hours=st.lists(st.integers(1, 60), min_size=1, max_size=3), gone=st.sets(st.integers(1, 3))
)
def test_every_proposal_ends_in_one_state(
    shop: Open, clock: FakeClock, limits: LimitSettings, hours: Sequence[int], gone: set[int]
) -> None:
    """Each is an act, held, or dropped by one gate, and the counts add up; applied, each has one end."""
    crm = opened(shop, clock, RULES)
    limited(crm, limits)
    clock.set(at(crm, "2026-06-01 00:30"))
    for id_ in (1, 2, 3):
        (crm.customers.archive if id_ in gone else crm.customers.restore)(id_)
    for wait in hours:
        clock.advance(hours=wait)
        with crm.transaction() as tx:
            for name in ("plan_act", "plan", "decision"):
                tx.execute(getattr(crm.tables, name).delete())
        entered = ledger(crm)
        made = crm.strategy.plan()
        acts = crm.strategy.acts(made.number)
        keys = Counter((act.rule, act.step, act.occasion, act.customer_id) for act in acts)
        assert set(keys.values()) == {1}
        assert all((act.state == ACT) == (act.gate is None) == (act.reason is None) for act in acts)
        assert all(act.until is None or act.state == HELD for act in acts)
        assert made.acts + made.held + made.dropped == len(acts)
        report = crm.strategy.apply(made.number) if made.state == "waiting" else None
        if report is not None:
            ended = report.done + report.pending + sum(report.skipped.values()) + sum(report.failed.values())
            assert ended == made.acts + made.timed
            assert len(ledger(crm)) - len(entered) == report.done + report.pending + sum(
                report.failed.values()
            )


def ledger(crm: Crm) -> Sequence[object]:
    """All rows of the ledger."""
    with crm.reading() as execute:
        return list(execute(crm.tables.effect.select()).all())
