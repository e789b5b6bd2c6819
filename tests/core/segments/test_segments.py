"""Segments: who is in them, why, since when."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmkit import Crm
from crmkit.core.clock import FakeClock
from crmkit.core.errors import Invalid, NotFound
from crmkit.core.model.customer import CustomerDraft
from crmkit.core.predicates import PredicateError, parse
from crmkit.core.predicates.tree import Condition

DAY = 86_400_000_000
TOML = """
[roles.seller]
permissions = ["customers.read"]
sees = "own"

[fields.town]
type = "text"

[segments]
regulars = "count(purchase, last 90 days) >= 2"
big = "sum(purchase) > 100"
slipping = "was_in(regulars, 60 days ago) and days_since(purchase) > 30"
either = "in(big) or in(slipping)"
somewhere = "town is not null"
circle = "in(round)"
round = "in(circle) or in(big)"

[segments.guests]
kind = "static"
doc = "Whom we invite to the tasting"

[segments.loyal-guests]
who = "in(guests) and in(regulars)"
"""
SOUND = ("regulars", "big", "slipping", "either", "somewhere", "guests", "loyal-guests")


@pytest.fixture
def crm_toml() -> str:
    """The shop of these tests."""
    return TOML


@pytest.fixture
def shop(crm_both: Crm, clock: FakeClock) -> Crm:
    """Anna, who still comes; Bogdan, who has stopped coming; Cecylia, who never bought anything."""
    for name in ("Anna", "Bogdan", "Cecylia"):
        crm_both.customers.save(CustomerDraft(name=name))
    for _ in range(3):
        crm_both.interactions.record("Anna", "purchase", amount=5_000)
        crm_both.interactions.record("Bogdan", "purchase", amount=1_000)
        clock.advance(10 * 86_400)
    clock.advance(50 * 86_400)
    crm_both.interactions.record("Anna", "purchase", amount=5_000)
    return crm_both


def ids(crm: Crm, *names: str) -> list[int]:
    """The ids of customers."""
    return [crm.customers.resolve(name) for name in names]


def test_members_are_those_who_meet_the_condition(shop: Crm) -> None:
    """A segment finds exactly its customers, also through other segments and as it was back then."""
    assert shop.segments.members("big") == ids(shop, "Anna")
    assert shop.segments.members("slipping") == ids(shop, "Bogdan")
    assert shop.segments.members("either") == ids(shop, "Anna", "Bogdan")
    assert shop.segments.count("either") == 2
    assert shop.segments.contains("big", "Anna")
    assert not shop.segments.contains("big", "Cecylia")


def test_all_counts_in_one_pass_are_the_single_counts(shop: Crm) -> None:
    """Counting many segments together gives what counting each gives."""
    assert shop.segments.counts(SOUND) == {name: shop.segments.count(name) for name in SOUND}


@pytest.mark.parametrize("counted", [True, False])
def test_no_count_asks_anew_for_each_customer_or_segment(crm: Crm, counted: bool) -> None:
    """Nothing runs customer by customer, and many segments read the rows as often as few do."""
    few = [crm.segments.predicate(name).tree for name in SOUND]
    more = [parse(f"count(purchase, last {n} days) > {n}", crm.kernel.context).tree for n in range(1, 30)]
    steps = _plan(crm, few, counted=counted)
    assert not [step for step in steps if "CORRELATED" in step]
    assert _plan(crm, [*few, *more], counted=counted) == steps


def _plan(crm: Crm, trees: list[Condition], *, counted: bool) -> list[str]:
    """The steps in which SQLite answers."""
    kernel, now = crm.kernel, crm.clock.now()
    valued = kernel.valuing.prepare(trees, kernel.context, now=now, counted=counted)
    with kernel.reading() as connection:
        options = {"render_postcompile": True}
        statement = valued.select.compile(dialect=connection.dialect, compile_kwargs=options)
        values = {**statement.params, **valued.values(now)}
        ordered = tuple(values[name] for name in statement.positiontup or ())
        return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", ordered)]


def test_members_come_in_pages(shop: Crm) -> None:
    """A long segment is read page by page, in the order of ids."""
    first, second = ids(shop, "Anna", "Bogdan")
    assert shop.segments.members("either", limit=1) == [first]
    assert shop.segments.members("either", limit=5, after=first) == [second]


def test_a_segment_as_of_a_past_instant_is_what_was_known_then(shop: Crm, clock: FakeClock) -> None:
    """Asked as of before, the answer is the one that would have been given then."""
    now = clock.now()
    assert shop.segments.members("regulars", as_of=now - 55 * DAY) == ids(shop, "Anna", "Bogdan")
    assert shop.segments.count("big", as_of=now - 81 * DAY) == 0
    assert shop.segments.counts(["big", "regulars"], as_of=now - 55 * DAY) == {"big": 1, "regulars": 2}
    assert shop.segments.recomputed("regulars", "Bogdan", [now - 55 * DAY, now - 81 * DAY]) == {
        now - 55 * DAY: True,
        now - 81 * DAY: False,
    }
    with pytest.raises(Invalid, match="Nobody knows yet"):
        shop.segments.count("big", as_of=now + DAY)


def test_a_static_list_is_kept_by_hand(shop: Crm, clock: FakeClock) -> None:
    """People are put on a list and taken off; both are in their history, and the past is not forgotten."""
    anna, bogdan = ids(shop, "Anna", "Bogdan")
    assert shop.segments.add("guests", "Anna", bogdan, "Anna") == [anna, bogdan]
    assert shop.segments.add("guests", "Anna") == []
    clock.advance(86_400)
    assert shop.segments.remove("guests", "Bogdan", "Cecylia") == [bogdan]
    assert shop.segments.members("guests") == [anna]
    assert shop.segments.members("guests", as_of=clock.now() - DAY // 2) == [anna, bogdan]
    assert shop.segments.members("loyal-guests") == [anna]
    assert shop.predicates.members("listed('guests')") == [anna]
    changes = [(each.action, each.entity, each.new, each.old) for each in shop.customers.history(bogdan)][:2]
    assert changes == [("removed", "segment", None, "guests"), ("created", "segment", "guests", None)]
    assert [stay.left_at is None for stay in shop.segments.history("guests", "Bogdan")] == [False]


def test_only_a_list_can_be_changed_by_hand(shop: Crm) -> None:
    """Nobody is put into a segment that a condition decides, nor is an unknown one taken for a list."""
    with pytest.raises(Invalid, match="follow from its condition"):
        shop.segments.add("big", "Cecylia")
    with pytest.raises(NotFound, match="guest"):
        shop.segments.add("guest", "Cecylia")


def test_segments_that_go_round_in_a_circle_are_refused_by_their_path(shop: Crm) -> None:
    """The error names the way from a segment back to itself; the other segments go on."""
    with pytest.raises(PredicateError, match="circle → segment round → segment circle"):
        shop.segments.count("circle")
    assert shop.segments.needs("either") == ["big", "regulars", "slipping"]


def test_explain_shows_each_clause_with_its_value(shop: Crm) -> None:
    """For members and others it is plain which part of the condition holds, and what was found."""
    inside = shop.segments.explain("slipping", "Bogdan")
    outside = shop.segments.explain("slipping", "Anna")
    assert inside.is_member
    assert not outside.is_member
    was_in, since = outside.clause.clauses
    assert was_in.truth is True
    assert (since.truth, since.values) == (False, (("days_since(purchase)", 0),))


def test_snapshots_note_who_entered_and_left(shop: Crm, clock: FakeClock) -> None:
    """History is made of what changed between snapshots; a second look at the same moment notes nothing."""
    moved = shop.segments.snapshot(["slipping", "big"])
    assert {name: (each.entered, each.left) for name, each in moved.items()} == {
        "slipping": (1, 0),
        "big": (1, 0),
    }
    assert all(
        not each.entered and not each.left for each in shop.segments.snapshot(["slipping", "big"]).values()
    )
    clock.advance(86_400)
    shop.interactions.record("Bogdan", "purchase", amount=1)
    assert shop.segments.snapshot(["slipping"])["slipping"].left == 1
    (stay,) = shop.segments.history("slipping")
    assert (stay.customer_id, stay.left_at) == (*ids(shop, "Bogdan"), clock.now())


def test_the_worker_takes_the_snapshot(crm: Crm, clock: FakeClock) -> None:
    """Membership history needs nobody to think of it: the worker looks once a day."""
    from crmkit.core.worker import Worker

    crm.customers.save(CustomerDraft(name="Anna", fields={"town": "Łódź"}))
    # Two of the segments go round in a circle; that must not cost the others their history.
    Worker(crm.kernel).drain()
    assert len(crm.segments.history("somewhere")) == 1
    crm.customers.update("Anna", CustomerDraft(fields={"town": None}))
    clock.advance(86_401)
    Worker(crm.kernel).drain()
    assert [stay.left_at for stay in crm.segments.history("somewhere")] == [clock.now()]


def test_only_visible_members_are_counted_and_listed(shop: Crm) -> None:
    """Who sees only their own customers sees only those in a segment."""
    ewa_id = shop.people.add("Ewa", email="ewa@example.org", role="seller").id
    shop.customers.update("Anna", CustomerDraft(owner_id=ewa_id))
    ewa = shop.acting_as("Ewa")
    assert ewa.segments.counts(["either"]) == {"either": 1}
    assert ewa.segments.count("either") == 1
    assert ewa.segments.members("either") == ids(shop, "Anna")
    with pytest.raises(NotFound):
        ewa.segments.explain("either", ids(shop, "Bogdan")[0])


STEPS = st.lists(
    st.tuples(
        st.sampled_from(("buy", "move", "leave", "wait")),
        st.integers(0, 4),
        st.integers(1, 150),
    ),
    min_size=1,
    max_size=8,
)


@given(rounds=st.lists(STEPS, min_size=1, max_size=3))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_refreshing_the_customers_concerned_equals_a_full_snapshot(
    crm_both: Crm, clock: FakeClock, rounds: list[list[tuple[str, int, int]]]
) -> None:
    """Looking only at whom something happened to leaves the same members noted as looking at everybody."""
    crm, names = crm_both, ["big", "somewhere"]
    customers = [crm.customers.save(CustomerDraft(name=f"C {n}")).id for n in range(5)]
    for steps in rounds:
        for what, who, number in steps:
            _step(crm, clock, what, customers[who], number)
        crm.segments.refresh({customers[who] for _, who, _ in steps}, names)
        noted = {name: _noted(crm, name) for name in names}
        assert all(not each.entered and not each.left for each in crm.segments.snapshot(names).values())
        assert noted == {name: set(crm.segments.members(name)) for name in names}


def _step(crm: Crm, clock: FakeClock, what: str, customer: int, number: int) -> None:
    if what == "buy":
        crm.interactions.record(customer, "purchase", amount=number * 100)
    elif what == "wait":
        clock.advance(number * 3_600)
    else:
        town = f"town {number}" if what == "move" else None
        crm.customers.update(customer, CustomerDraft(fields={"town": town}))


def _noted(crm: Crm, name: str) -> set[int]:
    return {stay.customer_id for stay in crm.segments.history(name, limit=100_000) if stay.left_at is None}
