"""The suppression list: entered, looked up, lifted, without keeping an address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import ContactPoint, CustomerDraft, Invalid, NotFound
from crmkit.core.store.suppression import keyed_hash, keyed_hasher
from tests.core.suppressions.conftest import DAY, NOW, Club

TEXT = st.text(max_size=200)


def everything(club: Club) -> str:
    """All that the database holds of the list and of the change log, as text."""
    with club.crm.kernel.reading() as connection:
        found = [
            row
            for name in ("suppression", "address_strike", "change")
            for row in connection.exec_driver_sql(f"SELECT * FROM {name}").all()
        ]
    return repr(found)


def test_no_address_can_be_read_from_it(club: Club) -> None:
    """Neither from the rows nor from notes, reasons for lifting and the change log."""
    listed = club.crm.suppressions
    listed.add(
        "email", "Nobody@Gone.example.org", reason="bounce", note="550 <nobody@gone.example.org>: no user"
    )
    listed.strike("phone", "+48 512 345 678")
    listed.lift("email", "nobody@gone.example.org", because="Nobody@gone.example.org wrote")
    assert "nobody@gone" not in everything(club).lower()
    assert "512345678" not in everything(club)
    (entry,) = listed.history("email", "nobody@gone.example.org")
    assert (entry.note, entry.because) == ("550 <(address)>: no user", "(address) wrote")


def test_who_when_and_why_stays(club: Club) -> None:
    """A lifted entry is history, and another can be made; the change log has each step."""
    listed = club.crm.suppressions
    listed.add("email", "x@example.org", reason="manual", scope="all", note="asked by letter")
    club.later()
    (lifted,) = listed.lift("email", "x@example.org", because="Another letter")
    assert (lifted.because, lifted.lifted_by, lifted.lifted_at) == ("Another letter", "crmkit", NOW + DAY)
    assert listed.state("email", "x@example.org") == ()
    assert len(listed.state("email", "x@example.org", at=NOW)) == 1
    listed.add("email", "x@example.org", reason="manual")
    assert [each.scope for each in listed.history("email", "x@example.org")] == ["all", "marketing"]
    with club.crm.reading() as ask:
        change = club.crm.tables.change
        rows = ask(change.select().where(change.c.entity == "suppression")).all()
    assert [row.action for row in rows] == ["created", "removed", "created"]


def test_the_same_twice_is_one_entry(club: Club) -> None:
    """What says no more than what stands adds nothing; a longer or wider one takes its place."""
    listed = club.crm.suppressions
    first = listed.add("email", "x@example.org", reason="soft-bounces", until=NOW + DAY)
    assert listed.add("email", "X@example.org", reason="soft-bounces", until=NOW + DAY) == first
    assert listed.add("email", "x@example.org", reason="soft-bounces", until=NOW + 2 * DAY) != first
    (standing,) = listed.state("email", "x@example.org")
    assert standing.until == NOW + 2 * DAY


def test_what_is_over_does_not_stand(club: Club) -> None:
    """A suppression with an end is gone after it, and can be entered anew."""
    listed = club.crm.suppressions
    listed.add("email", "x@example.org", reason="manual", until=NOW + DAY)
    club.later(1)
    assert listed.state("email", "x@example.org") == ()
    assert listed.list() == ()
    listed.add("email", "x@example.org", reason="manual", until=NOW + 3 * DAY)
    assert len(listed.state("email", "x@example.org")) == 1
    assert len(listed.history("email", "x@example.org")) == 2


def test_only_customers_addresses_are_told(club: Club) -> None:
    """The list names an address where a customer on record has it, and the customer."""
    listed = club.crm.suppressions
    listed.add("email", "celina@example.org", reason="complaint")
    listed.add("email", "stranger@example.org", reason="bounce")
    assert {(each.reason, each.address, each.customer_id) for each in listed.list()} == {
        ("complaint", "celina@example.org", 3), ("bounce", None, None),
    }  # fmt: skip
    assert {(each.reason, each.addresses) for each in listed.counts()} == {("complaint", 1), ("bounce", 1)}
    assert [each.reason for each in listed.list(reason="bounce")] == ["bounce"]


def test_strikes_add_up_and_fade(club: Club) -> None:
    """Three failures at once are too many; a week halves what has gathered, a success forgets it."""
    listed = club.crm.suppressions
    assert listed.strike("email", "x@example.org").score == 1
    club.later(7)
    assert listed.strike("email", "x@example.org").score == pytest.approx(1.5)
    assert listed.clear_strikes("email", "x@example.org")
    assert not listed.clear_strikes("email", "x@example.org")
    for _ in range(2):
        assert listed.strike("email", "x@example.org").suppression is None
    found = listed.strike("email", "x@example.org").suppression
    assert found is not None
    assert (found.reason, found.scope, found.until) == ("soft-bounces", "all", club.clock.now() + 14 * DAY)
    club.later(14)
    assert listed.state("email", "x@example.org") == ()


def test_a_strike_that_is_told_late_counts_less(club: Club) -> None:
    """The order in which failures are read does not matter."""
    listed = club.crm.suppressions
    now = club.later(14)
    early = listed.strike("email", "a@example.org", at=now - 7 * DAY), listed.strike("email", "a@example.org")
    late = listed.strike("email", "b@example.org"), listed.strike("email", "b@example.org", at=now - 7 * DAY)
    assert early[1].score == pytest.approx(late[1].score) == pytest.approx(1.5)


def test_erasing_keeps_why_and_forgets_notes(club: Club) -> None:
    """A bounce of an erased person's address still holds; what was noted of it is gone."""
    listed = club.crm.suppressions
    listed.add("email", "celina@example.org", reason="complaint", note="Celina was very angry")
    club.crm.privacy.erase(3)
    assert {each.reason: each.note for each in listed.state("email", "celina@example.org")} == {
        "complaint": "", "erased": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": "weather"}, {"reason": "bounce", "purpose": "news", "scope": "all"},
        {"reason": "manual", "scope": "half"}, {"reason": "manual", "until": NOW - 1},
        {"reason": "manual", "at": NOW + 1}, {"reason": "manual", "purpose": "newz"},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(club: Club, wrong: dict[str, object]) -> None:
    """With what is wrong about it; nothing is entered."""
    with pytest.raises((Invalid, NotFound)):
        club.crm.suppressions.add("email", "x@example.org", **wrong)  # type: ignore[arg-type]
    assert club.crm.suppressions.history("email", "x@example.org") == ()


def test_lifting_needs_an_entry_and_a_reason(club: Club) -> None:
    """Why is asked for, and what is not there cannot be lifted."""
    with pytest.raises(NotFound, match="not on the list"):
        club.crm.suppressions.lift("email", "x@example.org", because="I want")
    with pytest.raises(Invalid, match="Why"):
        club.crm.suppressions.lift("email", "x@example.org", because=" ")


def test_it_follows_the_address(club: Club) -> None:
    """Whoever gets a listed address, by hand or by a merge, has it listed, and after an un-merge again."""
    crm = club.crm
    crm.suppressions.add("email", "old@example.org", reason="bounce")
    new = crm.customers.save(
        CustomerDraft(name="Cel", contact_points=(ContactPoint(kind="email", value="old@example.org"),))
    )
    assert set(crm.suppressions.of_customers([3, new.id])) == {new.id}
    merged = crm.merging.merge(3, new.id)
    assert [each.address for each in crm.suppressions.of_customers([3])[3]] == ["old@example.org"]
    crm.merging.unmerge(merged.number)
    assert set(crm.suppressions.of_customers([3, new.id])) == {new.id}


@given(st.binary(min_size=1, max_size=200), TEXT, TEXT)
def test_the_quick_hash_is_the_same(key: bytes, kind: str, value: str) -> None:
    """Whichever way it is made, for any key and address."""
    assert keyed_hasher(key)(kind, value) == keyed_hash(key, kind, value)
