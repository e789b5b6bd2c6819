"""The core's traits, those of crm.toml, and those whose values are kept."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crmkit import Crm
from crmkit.core.clock import FakeClock
from crmkit.core.model.customer import ContactPoint, CustomerDraft
from crmkit.core.model.money import Money
from crmkit.core.predicates import PredicateError
from crmkit.core.predicates.duration import parse_duration
from crmkit.core.worker import Worker
from crmkit.testing import open_crm

DAY = 86_400
TOML = """
timezone = "Europe/Warsaw"

[fields.birthday]
type = "date"

[fields.credit]
type = "number"

[purposes.offers]
type = "marketing"

[purposes.orders]
type = "contract"

[customer_types.wholesale]
who = "is_organization"
level = "high-touch"
cadence = "30 days"

[customer_types.good]
who = "sum(purchase) > 100"
level = "mid-touch"
cadence = "3 months"

[customer_types.private]
who = "not is_organization"

[traits.basket]
formula = "sum(purchase) / count(purchase)"
type = "money"
doc = "What a purchase amounts to"

[segments]
grown = "age >= 18"
late = "overdue_contact > 10"
"""


@pytest.fixture
def crm_toml() -> str:
    """The shop of these tests."""
    return TOML


def found(crm: Crm, condition: str) -> list[int]:
    """The customers whom a condition finds."""
    return [row.customer_id for row in crm.views.page(where=condition).rows]


def at_noon(clock: FakeClock, text: str) -> None:
    """Put the clock on to noon of a day in Warsaw."""
    wanted = datetime.fromisoformat(f"{text}T12:00").replace(tzinfo=ZoneInfo("Europe/Warsaw"))
    clock.advance(wanted.timestamp() - clock.now() / 1_000_000)


@pytest.mark.parametrize(
    ("day", "age"),
    [("2026-02-27", 25), ("2026-02-28", 26), ("2026-03-01", 26), ("2028-02-28", 27), ("2028-02-29", 28)],
)
def test_age_counts_birthdays(crm_both: Crm, clock: FakeClock, day: str, age: int) -> None:
    """One is a year older on the birthday; who was born on 29 February, on the 28th in other years."""
    anna = crm_both.customers.save(CustomerDraft(name="Anna", fields={"birthday": "2000-02-29"}))
    crm_both.customers.save(CustomerDraft(name="Nobody knows"))
    at_noon(clock, day)
    assert crm_both.trait("age", anna.id) == age
    assert found(crm_both, f"age = {age}") == [anna.id]
    assert crm_both.segments.members("grown") == [anna.id]


def test_age_was_less_before(crm: Crm, clock: FakeClock) -> None:
    """As of a past instant the age is that of then."""
    crm.customers.save(CustomerDraft(name="Anna", fields={"birthday": "2008-06-01"}))
    at_noon(clock, "2026-06-02")
    assert crm.segments.count("grown") == 1
    assert crm.segments.count("grown", as_of=clock.now() - 3 * DAY * 1_000_000) == 0


def test_age_without_a_birthday_field_says_what_to_declare(tmp_path: Path) -> None:
    """Where no birthday is kept, the error tells how to keep it."""
    with open_crm(tmp_path) as crm, pytest.raises(PredicateError, match="birthday"):
        found(crm, "age > 3")


def test_lifecycle_since_is_the_last_change_of_stage(crm_both: Crm, clock: FakeClock) -> None:
    """The stage began when it was set, or when the customer came."""
    anna = crm_both.customers.save(CustomerDraft(name="Anna"))
    came = clock.now()
    clock.advance(5 * DAY)
    crm_both.customers.update(anna.id, CustomerDraft(lifecycle="customer"))
    assert crm_both.trait("lifecycle_since", anna.id) == clock.now()
    assert crm_both.trait("lifecycle_since", anna.id, as_of=clock.now() - 1) == came
    clock.advance(3 * DAY)
    assert found(crm_both, "lifecycle_since < 2 days ago") == [anna.id]
    assert found(crm_both, "lifecycle_since < 4 days ago") == []


def test_the_first_type_that_matches_decides_unless_one_was_given(crm_both: Crm) -> None:
    """Types are tried in the order of the file; a type that somebody gave to a customer wins."""
    crm_both.customers.save(CustomerDraft(name="Piekarnia", is_organization=True))
    crm_both.customers.save(CustomerDraft(name="Anna"))
    crm_both.customers.save(CustomerDraft(name="Bogdan", customer_type="wholesale"))
    for name in ("Piekarnia", "Anna"):
        crm_both.interactions.record(name, "purchase", amount=20_000)
    crm_both.customers.save(CustomerDraft(name="Cecylia"))
    types = {
        name: crm_both.trait("customer_type", name) for name in ("Piekarnia", "Anna", "Bogdan", "Cecylia")
    }
    assert types == {"Piekarnia": "wholesale", "Anna": "good", "Bogdan": "wholesale", "Cecylia": "private"}
    assert crm_both.trait("level", "Anna") == "mid-touch"
    assert len(found(crm_both, "customer_type = 'wholesale'")) == 2
    assert len(found(crm_both, "level = 'low-touch'")) == 1
    counted = [(each.type.name, each.customers, each.overdue) for each in crm_both.segments.types()]
    assert counted == [("wholesale", 2, 0), ("good", 1, 0), ("private", 1, 0)]


def test_a_type_as_of_the_past_is_that_of_then(crm_both: Crm, clock: FakeClock) -> None:
    """A given type and one that follows from purchases are both as they were."""
    crm_both.customers.save(CustomerDraft(name="Anna"))
    clock.advance(DAY)
    before = clock.now()
    clock.advance(DAY)
    crm_both.interactions.record("Anna", "purchase", amount=20_000)
    clock.advance(DAY)
    between = clock.now()
    clock.advance(DAY)
    crm_both.customers.update("Anna", CustomerDraft(customer_type="wholesale"))
    seen = [crm_both.trait("customer_type", "Anna", as_of=at) for at in (before, between, clock.now())]
    assert seen == ["private", "good", "wholesale"]


def test_overdue_contacts_are_counted_in_days_past_the_cadence(crm_both: Crm, clock: FakeClock) -> None:
    """Whoever should have heard from us is overdue by so many days; notes are no contact, calls are."""
    crm_both.customers.save(CustomerDraft(name="Piekarnia", is_organization=True))
    crm_both.customers.save(CustomerDraft(name="Anna"))
    clock.advance(41 * DAY)
    crm_both.interactions.record("Piekarnia", "note", payload={"text": "They have moved"})
    assert crm_both.trait("overdue_contact", "Piekarnia") == 11
    assert crm_both.trait("overdue_contact", "Anna") is None
    assert len(crm_both.segments.members("late")) == 1
    crm_both.interactions.record("Piekarnia", "call")
    assert crm_both.trait("overdue_contact", "Piekarnia") is None
    assert crm_both.segments.members("late", as_of=clock.now() - 1) == crm_both.segments.members("late") == []


def test_a_type_cannot_depend_on_itself(tmp_path: Path) -> None:
    """A condition of a type that asks for the level is refused with the reason."""
    toml = "[customer_types.a]\nwho = \"level = 'high-touch'\""
    with (
        open_crm(tmp_path, toml) as crm,
        pytest.raises(PredicateError, match="cannot ask for customer types"),
    ):
        found(crm, "level = 'low-touch'")


def test_reachable_needs_an_address_and_leave_to_write(crm_both: Crm) -> None:
    """Marketing needs consent, a contract only that nobody objected; no address, or the archive, is a no."""
    phone = ContactPoint(kind="phone", value="+48 601 100 200")
    anna = crm_both.customers.save(CustomerDraft(name="Anna", contact_points=(phone,)))
    other = ContactPoint(kind="phone", value="+48 601 100 300")
    bogdan = crm_both.customers.save(CustomerDraft(name="Bogdan", contact_points=(other,)))
    crm_both.customers.save(CustomerDraft(name="Cecylia"))
    crm_both.consent.grant(anna.id, "offers", "phone")
    crm_both.consent.withdraw(bogdan.id, "orders", "phone")
    assert found(crm_both, "reachable(phone, offers)") == [anna.id]
    assert found(crm_both, "reachable('phone', 'orders')") == [anna.id]
    assert found(crm_both, "reachable(phone)") == [anna.id, bogdan.id]
    assert len(found(crm_both, "not reachable(phone)")) == 1
    assert crm_both.trait("reachable", anna.id, channel="phone", purpose="offers") is True
    crm_both.consent.withdraw(anna.id, "offers", "phone")
    crm_both.customers.archive(bogdan.id)
    assert found(crm_both, "reachable(phone, offers) or reachable(phone, orders)") == [anna.id]


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("reachable(web)", "Nobody has an address"),
        ("reachable(phon)", "channel"),
        ("reachable(phone, offer)", "purpose"),
    ],
)
def test_reachable_names_what_it_does_not_know(crm: Crm, condition: str, said: str) -> None:
    """A channel without addresses, and words that nobody declared, are refused by name."""
    with pytest.raises(PredicateError, match=said):
        found(crm, condition)


def test_what_has_no_past_is_refused_by_name(crm: Crm, clock: FakeClock) -> None:
    """Addresses of the past are not on record: nobody is told who was reachable then."""
    clock.advance(DAY)
    with pytest.raises(PredicateError, match="reachable"):
        crm.views.page(where="reachable(phone)", as_of=clock.now() - 5)
    with pytest.raises(PredicateError, match="reachable"):
        crm.trait("reachable", crm.customers.save(CustomerDraft(name="Anna")).id, as_of=5, channel="phone")


def test_a_formula_is_a_trait_like_any_other(crm_both: Crm) -> None:
    """What crm.toml declares as a trait has a value for each customer, stands in conditions and in words."""
    crm_both.customers.save(CustomerDraft(name="Anna"))
    for amount in (1_000, 2_000):
        crm_both.interactions.record("Anna", "purchase", amount=amount)
    assert crm_both.trait("basket", "Anna") == Money(minor=1_500, currency=crm_both.config.crs.currency)
    assert len(found(crm_both, "basket between 14 and 16")) == 1
    assert crm_both.words.traits["basket"].doc == "What a purchase amounts to"


def test_a_field_keeps_its_name_beside_a_trait_of_the_core(tmp_path: Path) -> None:
    """A business that has long kept an `age` of its own means that one."""
    with open_crm(tmp_path, '[fields.age]\ntype = "number"') as crm:
        crm.customers.save(CustomerDraft(name="Anna", fields={"age": 7}))
        assert len(found(crm, "age = 7")) == 1


PLUGIN = """
from crmkit.plugin import Segment, Trait, hookimpl

def scores(crm):
    return [(each.id, 0.25 * each.id) for each in crm.customers.list()[0] if each.id != 2]

def visits(crm):
    for each in crm.customers.list()[0]:
        yield each.id, "1 year", 12
        yield each.id, "90 days", each.id

@hookimpl
def crmkit_register_strategy_words():
    yield Trait(name="score", doc="How promising", type="number", compute=scores, every=3600.0)
    lengths = ("1 year", "90 days")
    yield Trait(name="visits", doc="Visits to come", type="number", compute=visits, lengths=lengths)
    yield Segment(name="promising", doc="The promising ones", who="foresight.score > 0.3")
"""


@pytest.fixture
def foreseeing(tmp_path: Path, clock: FakeClock) -> Iterator[Crm]:
    """A business with a local plugin whose trait is computed now and then."""
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "foresight.py").write_text(textwrap.dedent(PLUGIN))
    (tmp_path / "plugins" / "foresight.toml").write_text(
        'name = "foresight"\ntitle = "F"\ndoc = "Foresees"\n'
    )
    with open_crm(tmp_path, plugins=["foresight"], clock=clock) as crm:
        for name in ("Anna", "Bogdan", "Cecylia"):
            crm.customers.save(CustomerDraft(name=name))
        yield crm


def test_kept_values_are_computed_by_the_worker_and_known_as_of_now(
    foreseeing: Crm, clock: FakeClock
) -> None:
    """A plugin's model writes its values when they are due; they are found like any trait's, but not in the
    past."""
    assert foreseeing.trait("score", 3) is None
    Worker(foreseeing.kernel).drain()
    assert foreseeing.trait("score", 3) == 0.75
    assert foreseeing.trait("score", 2) is None
    assert foreseeing.trait("visits", 2) == 12
    assert foreseeing.trait("visits", 2, length=parse_duration("90 days")) == 2
    assert found(
        foreseeing, "foresight.visits(90 days) >= 2 and foresight.visits(1 year) = foresight.visits"
    ) == [2, 3]
    with pytest.raises(PredicateError, match=r"not kept[^!]*") as refused:
        found(foreseeing, "foresight.visits(2 years) > 1")
    assert "1 year, 90 days" in refused.value.hint
    assert foreseeing.segments.members("promising") == [3]
    foreseeing.customers.save(CustomerDraft(name="Danuta"))
    clock.advance(1_800)
    Worker(foreseeing.kernel).drain()
    assert foreseeing.segments.members("promising") == [3]
    clock.advance(3_600)
    Worker(foreseeing.kernel).drain()
    assert foreseeing.segments.members("promising") == [3, 4]
    with pytest.raises(PredicateError, match="score"):
        foreseeing.segments.count("promising", as_of=clock.now() - 5)
