"""Whether somebody may be written to: agreed, not objected, with an address, one copy for each address."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crmkit import Crm
from crmkit.core.clock import FakeClock
from crmkit.core.model.strategy import FAILED, UNCONFIRMED
from tests.core.strategy.gates.reaching import add, at, contact, entered, judged, pair

Open = Callable[..., Crm]
FINE = ("act", None)


def test_marketing_needs_consent(shop: Open, clock: FakeClock) -> None:
    """It is the last word that counts, on this purpose and this channel."""
    crm = shop()
    anna, bea = add(crm, "Anna"), add(crm, "Bea", agrees=["news"])
    assert judged(crm, contact(anna), contact(bea), contact(bea, "news")) == [
        FINE, ("dropped", "never agreed to offers by email"), FINE,
    ]  # fmt: skip
    clock.advance(days=1)
    crm.consent.withdraw(anna, "offers", "email")
    assert judged(crm, contact(anna)) == [("dropped", "withdrew offers by email on 2026-05-05")]
    clock.advance(days=1)
    crm.consent.grant(anna, "offers", "email")
    assert judged(crm, contact(anna)) == [FINE]


def test_what_serves_a_contract_is_allowed_until_it_is_withdrawn(shop: Open) -> None:
    """Nobody has to agree to hear of their own order; a purpose that nobody declared is none."""
    crm = shop()
    anna = add(crm, "Anna", agrees=())
    assert judged(crm, contact(anna, "orders"), contact(anna, "gossip")) == [
        FINE, ("dropped", 'there is no purpose "gossip" that anybody could agree to'),
    ]  # fmt: skip
    crm.consent.withdraw(anna, "orders", "email")
    assert judged(crm, contact(anna, "orders")) == [("dropped", "withdrew orders by email on 2026-05-04")]


def test_archived_and_restricted_are_not_written_to(shop: Open) -> None:
    """Not for a contract either."""
    crm = shop()
    anna, bea = add(crm, "Anna"), add(crm, "Bea")
    crm.customers.archive(anna)
    crm.privacy.restrict(bea)
    found = judged(crm, contact(anna, "orders"), contact(bea, "orders"))
    assert found == [
        ("dropped", "archived"),
        ("dropped", "restricted: what is kept of them must not be used"),
    ]


def test_an_address_of_which_somebody_objected(shop: Open, clock: FakeClock) -> None:
    """It is not written to for marketing, whoever else has it, until they agree after that."""
    crm = shop()
    anna, bea = pair(crm)
    clock.advance(days=1)
    crm.privacy.request(anna, "objection")
    said = "somebody asked that this address not be written to"
    assert judged(crm, contact(bea), contact(bea, "orders")) == [("dropped", said), FINE]
    clock.advance(days=1)
    crm.consent.grant(bea, "offers", "email")
    assert judged(crm, contact(bea)) == [FINE]


def test_an_erased_address_that_comes_back(shop: Open, clock: FakeClock) -> None:
    """Also with a consent from before."""
    crm = shop()
    anna = add(crm, "Anna")
    crm.privacy.erase(anna)
    clock.advance(days=1)
    again = add(crm, "Anna", agrees=())
    with crm.transaction() as tx:
        tx.execute(crm.tables.consent.delete())
    crm.consent.grant(again, "offers", "email", at=at(crm, "2026-05-01"))
    said = "this address was erased on request, and is not written to again"
    assert judged(crm, contact(again)) == [("dropped", said)]


def test_without_an_address_there_is_no_way(shop: Open) -> None:
    """Of the channel's kind; and only channels that have any."""
    crm = shop()
    anna = add(crm, "Anna", email=None)
    found = judged(
        crm, contact(anna, "orders"), contact(anna, "orders", channel="door"),
        contact(anna, "orders", channel="pigeon"),
    )  # fmt: skip
    assert [reason for _, reason in found] == [
        "no address for email",
        'nobody has an address for the channel "reaching.door"',
        'no plugin brings the channel "pigeon"',
    ]


def test_the_primary_address_is_used(shop: Open) -> None:
    """Else the one that was there first."""
    from crmkit import ContactPoint, CustomerDraft

    crm = shop()
    points = (
        ContactPoint(kind="email", value="first@example.org", is_primary=False),
        ContactPoint(kind="email", value="Main@example.org", is_primary=True),
    )
    anna = crm.customers.save(CustomerDraft(name="Anna", contact_points=points)).id
    wanted = contact(anna, "orders")
    assert judged(crm, wanted) == [FINE]
    assert wanted.address == "main@example.org"


def test_what_is_judged_is_where_it_goes(shop: Open) -> None:
    """Where none is primary, the gates look at the address that a message is sent to."""
    from crmkit import ContactPoint, CustomerDraft
    from crmkit.core.customers.record import load_records
    from crmkit.core.messages.addressing import address_of

    crm = shop()
    points = tuple(ContactPoint(kind="email", value=f"{name}@example.org") for name in ("old", "sure"))
    anna = crm.customers.save(CustomerDraft(name="Anna", contact_points=points)).id
    point = crm.tables.contact_point
    with crm.transaction() as tx:
        tx.execute(point.update().values(is_primary=0))
        tx.execute(point.update().where(point.c.normalised == "sure@example.org").values(verified_at=1))
    wanted = contact(anna, "orders")
    assert judged(crm, wanted) == [FINE]
    with crm.kernel.reading() as connection:
        to = address_of(load_records(connection, crm.kernel, {anna})[anna], "email")
    assert to is not None
    assert wanted.address == to.normalised == "sure@example.org"


def test_one_copy_for_an_address(shop: Open) -> None:
    """Two customers share one: the second is told who gets it. Another rule, or occasion, another letter."""
    crm = shop()
    anna, bea = pair(crm)
    found = judged(
        crm, contact(anna), contact(bea), contact(bea, origin="rule:b"), contact(bea, occasion="2")
    )
    assert found == [FINE, ("dropped", f"the same address gets it as customer {anna}"), FINE, FINE]


def test_who_is_left_out_takes_nobody_s_copy(shop: Open) -> None:
    """The address gets it as the other one."""
    crm = shop('[limits]\nmarketing = "1 per 7 days"\n')
    anna, bea = pair(crm)
    entered(crm, anna, "2026-05-03")
    found = judged(crm, contact(anna), contact(bea))
    assert found == [("dropped", "1 in 7 days is enough, the last on 2026-05-03"), FINE]


@pytest.mark.parametrize(("state", "is_taken"), [("done", True), (UNCONFIRMED, True), (FAILED, False)])
def test_what_an_address_got_before(shop: Open, state: str, is_taken: bool) -> None:
    """The ledger knows; what failed did not arrive."""
    crm = shop()
    anna, bea = pair(crm)
    entered(crm, anna, "2026-05-04", state=state, origin="send:a", recipient="both@example.org")
    said = ("dropped", f"the same address gets it as customer {anna}")
    assert judged(crm, contact(bea)) == [said if is_taken else FINE]


def test_nothing_is_asked_about_nobody(shop: Open) -> None:
    """No contacts, no complaint."""
    assert judged(shop()) == []
