"""The register of requests: what is due when, what settles it, and what an objection does at once."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from crmkit import Conflict, ContactPoint, CustomerDraft, Invalid, NotAllowed, NotFound
from crmkit.core.clock import FakeClock
from crmkit.core.crm import Crm
from crmkit.core.privacy.register import a_month_after
from tests.core.privacy.conftest import MARK, PHONE, TOML


@pytest.fixture
def crm_toml() -> str:
    """Erasures are due sooner than a month."""
    return TOML + "\n[privacy.days]\nerasure = 7\n"


def anna(crm: Crm) -> int:
    """A customer who agreed to offers."""
    points = (
        ContactPoint(kind="email", value=f"{MARK}@example.com"),
        ContactPoint(kind="phone", value=f"+48{PHONE}"),
    )
    id_ = crm.customers.save(CustomerDraft(name="Anna", contact_points=points)).id
    crm.consent.grant(id_, "offers", "email")
    return id_


def test_a_request_is_due_a_month_after_it_came(crm_both: Crm, clock: FakeClock) -> None:
    """The month is the calendar's; [privacy] days says otherwise for a kind; due first comes first."""
    id_ = anna(crm_both)
    access = crm_both.privacy.request(id_, "access")
    erasure = crm_both.privacy.request(id_, "erasure", note="soon, please")
    assert (access.due_on, erasure.due_on) == (date(2026, 2, 1), date(2026, 1, 8))
    assert [each.id for each in crm_both.privacy.requests()] == [erasure.id, access.id]
    assert [a_month_after(date(2026, 1, 31)), a_month_after(date(2026, 12, 31))] == [
        date(2026, 2, 28),
        date(2027, 1, 31),
    ]
    clock.advance(9 * 86_400)
    assert [each.id for each in crm_both.privacy.requests(overdue=True)] == [erasure.id]
    late = [each for check in crm_both.kernel.loaded.checks for each in check.run(crm_both)]
    assert [each.level for each in late if f"Request {erasure.id}" in each.message] == ["warning"]


def test_a_request_is_settled_once(crm: Crm) -> None:
    """Done or refused with a reason; a second answer is a conflict, an unknown kind names the nearest."""
    id_ = anna(crm)
    request = crm.privacy.request(id_, "access")
    with pytest.raises(Invalid, match="reason"):
        crm.privacy.settle(request.id, refused=True)
    settled = crm.privacy.settle(request.id, refused=True, outcome="not who they say they are")
    assert (settled.state, settled.outcome) == ("refused", "not who they say they are")
    with pytest.raises(Conflict, match="already"):
        crm.privacy.settle(request.id)
    with pytest.raises(NotFound):
        crm.privacy.settle(99)
    with pytest.raises(Invalid, match="acess") as error:
        crm.privacy.request(id_, "acess")
    assert "access" in error.value.hint
    assert crm.privacy.requests() == []
    assert [each.id for each in crm.privacy.requests(all_=True)] == [request.id]


def test_an_objection_stops_marketing_at_once(crm_both: Crm) -> None:
    """Every marketing consent is withdrawn, what serves a booking goes on, and the address stays out of
    marketing when it comes back under another record (G2)."""
    id_ = anna(crm_both)
    crm_both.privacy.request(id_, "objection", channel="letter")
    answers = dict(crm_both.customers.profile(id_).may_write)
    assert answers["offers by email"].startswith("no, withdrawn")
    assert answers["offers by phone"].startswith("no, withdrawn")
    assert answers["bookings by email"].startswith("yes")
    point = ContactPoint(kind="email", value=f"{MARK}@example.com".upper())
    again = crm_both.customers.save(CustomerDraft(name="Somebody", contact_points=(point,), lifecycle="lead"))
    assert again.id == id_
    twin = crm_both.customers.save(CustomerDraft(name="Twin"))
    crm_both.customers.update(twin.id, CustomerDraft(contact_points=(point,)))
    assert crm_both.consent.state(twin.id, "offers", "email") == "withdrawn"
    crm_both.consent.grant(twin.id, "offers", "email")
    assert crm_both.consent.state(twin.id, "offers", "email") == "granted"


def test_restriction_keeps_and_does_not_use(crm_both: Crm) -> None:
    """Nobody writes to them whatever they agreed to, the trait reachable is false, and it is in the log."""
    id_ = anna(crm_both)
    assert crm_both.segments.count("mailable") == 1
    request = crm_both.privacy.request(id_, "restriction")
    crm_both.privacy.restrict(id_, request=request.id)
    assert crm_both.customers.get(id_).restricted_at is not None
    assert set(dict(crm_both.customers.profile(id_).may_write).values()) == {
        "no, restricted since 2026-01-01"
    }
    assert crm_both.segments.count("mailable") == 0
    assert [each.field for each in crm_both.customers.history(id_)][:2] == ["done", "restricted_at"]
    with pytest.raises(Conflict, match="already"):
        crm_both.privacy.restrict(id_)
    crm_both.customers.update(id_, CustomerDraft(given_name="Anna"))
    crm_both.privacy.restrict(id_, lift=True)
    assert crm_both.segments.count("mailable") == 1
    assert crm_both.customers.get(id_).restricted_at is None


def test_only_who_may_manages_privacy(crm: Crm) -> None:
    """Everything needs the permission, and looking into the register is in the access log."""
    id_ = anna(crm)
    crm.people.add("Sam Seller", role="clerk")
    seller = crm.acting_as("Sam Seller").privacy
    for attempt in (
        seller.requests, seller.holds, seller.retention, seller.scrub,
        lambda: seller.request(id_, "access"), lambda: seller.export(id_), lambda: seller.erase(id_),
        lambda: seller.preview(id_), lambda: seller.restrict(id_), lambda: seller.hold(id_, "x"),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            attempt()
    crm.privacy.requests()
    crm.privacy.export(id_)
    crm.privacy.preview(id_)
    with crm.reading() as run:
        table = crm.tables.access
        rows = run(sa.select(table.c.action, table.c.what, table.c.customers).order_by(table.c.id)).all()
    assert [tuple(row) for row in rows] == [
        ("read", "privacy requests", 0),
        ("export", "privacy export", 1),
        ("read", "erasure preview", 1),
    ]
