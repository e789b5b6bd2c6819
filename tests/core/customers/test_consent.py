"""Who may be written to."""

from __future__ import annotations

import pytest

from crmkit.core.clock import FakeClock
from crmkit.core.crm import Crm
from crmkit.core.errors import Invalid, NotFound
from crmkit.core.model.customer import ContactPoint, CustomerDraft


def anna(crm: Crm) -> int:
    """A customer who can be phoned."""
    phone = ContactPoint(kind="phone", value="+48 22 123 45 67")
    return crm.customers.save(CustomerDraft(name="Anna", contact_points=(phone,))).id


def test_history_is_only_appended_to(crm: Crm, clock: FakeClock) -> None:
    """Grant and withdrawal follow each other; the last word counts, and who said so stays."""
    id_ = anna(crm)
    assert crm.consent.state(id_, "offers", "phone") is None
    crm.consent.grant(id_, "offers", "phone", source="form", evidence="line 1\nline 2")
    clock.advance(days=1)
    crm.consent.withdraw(id_, "offers", "phone", source="call")
    states = [(each.state, each.source, each.actor) for each in crm.consent.show(id_)]
    assert states == [("granted", "form", "crmkit"), ("withdrawn", "call", "crmkit")]
    assert crm.consent.state("Anna", "offers", "phone") == "withdrawn"
    assert crm.consent.show(id_)[0].wording_version == 1
    assert [(c.entity, c.new["state"]) for c in crm.customers.history(id_)[:2]] == [
        ("consent", "withdrawn"), ("consent", "granted"),
    ]  # fmt: skip


def test_what_was_given_earlier_does_not_overrule(crm: Crm, clock: FakeClock) -> None:
    """A consent that is recorded late counts from when it was given, not from when it was typed."""
    id_ = anna(crm)
    now = clock.now()
    crm.consent.withdraw(id_, "offers", "phone", at=now - 10)
    crm.consent.grant(id_, "offers", "phone", at=now - 20)
    assert crm.consent.state(id_, "offers", "phone") == "withdrawn"
    with pytest.raises(Invalid, match="future"):
        crm.consent.grant(id_, "offers", "phone", at=now + 1)


def test_unknown_words_come_with_the_nearest(crm: Crm) -> None:
    """A purpose or channel that is not declared is refused, with a suggestion."""
    id_ = anna(crm)
    with pytest.raises(NotFound, match='"offer"') as caught:
        crm.consent.grant(id_, "offer", "phone")
    assert "offers" in caught.value.hint
    with pytest.raises(NotFound, match='"fone"'):
        crm.consent.grant(id_, "offers", "fone")


def test_may_write_says_it_in_words(crm: Crm) -> None:
    """For each purpose and each way to reach the customer the page says yes or no, and why."""
    id_ = anna(crm)
    assert crm.customers.profile(id_).may_write == (
        ("bookings by phone", "yes, service needs no consent"),
        ("offers by phone", "no, never asked"),
    )
    crm.consent.grant(id_, "offers", "phone")
    crm.consent.withdraw(id_, "bookings", "phone")
    assert crm.customers.profile(id_).may_write == (
        ("bookings by phone", "no, withdrawn on 2026-01-01"),
        ("offers by phone", "yes, since 2026-01-01"),
    )


@pytest.mark.parametrize("version", [0, 2])
def test_a_wording_that_never_was_is_refused(crm: Crm, version: int) -> None:
    """Nobody can have agreed, or objected, to a version of the text that there is not; the hint says which
    there are."""
    id_ = anna(crm)
    for say in (crm.consent.grant, crm.consent.withdraw):
        with pytest.raises(Invalid, match=f'"offers" has no version {version}') as caught:
            say(id_, "offers", "phone", wording_version=version)
        assert "Its versions: 1." in caught.value.hint
    assert crm.consent.show(id_) == ()
