"""Unsubscribing by the link in a message: at once, for the person and the address, and no more than asked."""

from __future__ import annotations

import pytest

from crmkit import Invalid
from tests.core.suppressions.conftest import CHANNEL, Club
from tests.core.suppressions.test_gate import judged


def test_it_ends_one_purpose_at_once(club: Club) -> None:
    """For the customer and for whoever has the same address; other purposes and orders go on."""
    for customer in (1, 2):
        for purpose in ("news", "offers"):
            club.crm.consents.grant(customer, purpose, CHANNEL)
    number = club.sent(1, "news")
    found = club.crm.consents.withdraw_by_effect(number, evidence="one-click")
    assert (found.state, found.customer_id, found.withdrawn) == ("withdrawn", 1, (("news", CHANNEL),))
    assert "withdrew news" in (judged(club.crm, 1, "news") or "")
    assert judged(club.crm, 2, "news") == "somebody asked that this address not be written to"
    assert club.crm.consents.state(2, "news", CHANNEL) == "granted"
    club.later(8)
    for purpose in ("offers", "orders"):
        assert judged(club.crm, 2, purpose) is None
    last = club.crm.consents.show(1)[-1]
    assert (last.source, last.evidence, last.actor) == (
        "unsubscribed",
        f"effect:{number}, one-click",
        "crmkit",
    )


def test_it_ends_all_marketing(club: Club) -> None:
    """By every channel, where they ask for that; orders go on."""
    club.crm.consents.grant(1, "offers", "phone")
    found = club.crm.consents.withdraw_by_effect(club.sent(1, "news"), scope="marketing")
    assert {("news", CHANNEL), ("offers", CHANNEL), ("offers", "phone")} <= set(found.withdrawn)
    assert judged(club.crm, 1, "offers")
    assert judged(club.crm, 1, "orders") is None
    assert [each.purpose for each in club.crm.suppressions.state("email", "ab@example.org")] == [""]


def test_twice_is_once(club: Club) -> None:
    """However often a link is followed, nothing is added."""
    number = club.sent(1, "news")
    club.crm.consents.withdraw_by_effect(number)
    club.later()
    assert club.crm.consents.withdraw_by_effect(number).state == "again"
    assert len(club.crm.suppressions.history("email", "ab@example.org")) == 1
    assert [each.state for each in club.crm.consents.show(1)] == ["granted", "withdrawn"]


def test_who_agreed_again_can_leave_by_an_old_message(club: Club) -> None:
    """The last click is the last word."""
    number = club.sent(1, "news")
    club.crm.consents.withdraw_by_effect(number)
    club.later()
    club.crm.consents.grant(1, "news", CHANNEL)
    club.later()
    assert club.crm.consents.withdraw_by_effect(number).state == "withdrawn"
    assert judged(club.crm, 1, "news")


def test_what_serves_a_contract_goes_on(club: Club) -> None:
    """A message about an order ends nothing, unless they ask to end all marketing."""
    number = club.sent(1, "orders")
    assert club.crm.consents.withdraw_by_effect(number).state == "not marketing"
    assert club.crm.consents.show(1) == ()
    assert club.crm.consents.withdraw_by_effect(number, scope="marketing").state == "withdrawn"


def test_it_follows_a_merge(club: Club) -> None:
    """The link of whoever was merged is the survivor's."""
    number = club.sent(1, "news")
    club.crm.merging.merge(3, 1)
    assert club.crm.consents.withdraw_by_effect(number).customer_id == 3
    assert club.crm.consents.state(3, "news", CHANNEL) == "withdrawn"


def test_after_an_erasure_nothing_is_left_to_end(club: Club) -> None:
    """The address is on the list as erased, and the message no longer says whose it was."""
    number = club.sent(3, "news")
    club.crm.privacy.erase(3)
    assert club.crm.consents.withdraw_by_effect(number).customer_id is None
    assert "erased" in {each.reason for each in club.crm.suppressions.state("email", "celina@example.org")}


def test_a_question_nobody_meant(club: Club) -> None:
    """Whoever unsubscribes by the message that asks them cannot be entered by its link."""
    number = club.crm.consents.ask(3, "news", CHANNEL).effect
    assert number is not None
    club.later()
    assert club.crm.consents.withdraw_by_effect(number).state == "withdrawn"
    assert club.crm.consents.confirm(number).state == "withdrawn"


def test_a_mistake_is_taken_back_within_the_hour(club: Club) -> None:
    """What they had agreed to is as it was, also for others at the address; the history has all of it."""
    club.crm.consents.grant(2, "news", CHANNEL)
    number = club.sent(1, "news")
    club.later(8)
    club.crm.consents.withdraw_by_effect(number, evidence="page")
    club.later(0.01)
    assert club.crm.consents.restore_by_effect(number).withdrawn == (("news", CHANNEL),)
    assert judged(club.crm, 1, "news") is None
    assert [each.state for each in club.crm.consents.show(1)] == ["granted", "withdrawn", "granted"]
    club.crm.suppressions.add("email", "ab@example.org", reason="complaint", note=f"effect:{number}")
    club.crm.consents.restore_by_effect(number)
    club.crm.suppressions.lift("email", "ab@example.org", because="to see what else", reason="complaint")
    assert club.crm.suppressions.state("email", "ab@example.org") == ()


def test_a_mistake_is_not_taken_back_later(club: Club) -> None:
    """Nor what they had not agreed to, nor what they said since."""
    number = club.sent(1, "news")
    club.crm.consents.withdraw_by_effect(number)
    club.later(0.1)
    assert club.crm.consents.restore_by_effect(number).withdrawn == ()
    assert judged(club.crm, 1, "news")
    asked = club.crm.consents.ask(3, "news", CHANNEL).effect
    assert asked is not None
    club.crm.consents.withdraw_by_effect(asked)
    assert club.crm.consents.restore_by_effect(asked).withdrawn == ()
    assert club.crm.consents.state(3, "news", CHANNEL) == "withdrawn"


def test_links_that_lead_nowhere(club: Club) -> None:
    """A number that is not in the ledger, and a scope that is none."""
    assert club.crm.consents.withdraw_by_effect(999).state == "unknown"
    with pytest.raises(Invalid, match="no scope"):
        club.crm.consents.withdraw_by_effect(club.sent(3, "news"), scope="everything")


def test_taking_back_leaves_what_stood_before(club: Club) -> None:
    """An older objection of the address still holds for others who have it, and agreed before it."""
    club.crm.consents.grant(2, "news", CHANNEL)
    club.later()
    before = club.crm.suppressions.add("email", "ab@example.org", reason="objection", purpose="news")
    club.later()
    number = club.sent(1, "news")
    for _ in range(2):
        club.crm.consents.withdraw_by_effect(number)
        club.later(0.01)
        club.crm.consents.restore_by_effect(number)
        assert judged(club.crm, 2, "news") == "somebody asked that this address not be written to"
        (stands,) = club.crm.suppressions.state("email", "ab@example.org")
        assert (stands.at, stands.note) == (before.at, before.note)
    club.later(8)
    assert judged(club.crm, 1, "news") is None
