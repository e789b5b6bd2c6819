"""Double opt-in: asked, confirmed, and nothing in between counts."""

from __future__ import annotations

import pytest

from crmkit import ContactPoint, CustomerDraft, Invalid
from crmkit.testing import open_crm
from tests.core.suppressions.conftest import CHANNEL, NOW, TOML, Club
from tests.core.suppressions.test_gate import judged


def asked(club: Club, customer: int = 3) -> int:
    """Ask a customer for news; the number of the message."""
    found = club.crm.consents.ask(customer, "news", CHANNEL, source="web form", evidence="form 7")
    assert (found.state, found.reason) == ("asked", None)
    assert found.effect is not None
    return found.effect


def test_asked_is_not_agreed(club: Club) -> None:
    """The message goes out at once and by night; nobody counts as agreed, and marketing stays away."""
    club.later(0.5)
    number = asked(club)
    assert club.delivered == ["celina@example.org Confirm"]
    crm = club.crm
    assert crm.consents.state(3, "news", CHANNEL) == "asked"
    assert crm.effects.get(number).state == "done"
    (consent,) = crm.consents.show(3)
    assert (consent.wording_version, consent.source, consent.evidence) == (
        2, "web form", f"effect:{number}, form 7"
    )  # fmt: skip
    for condition in (f"consent(news, {CHANNEL})", f"reachable({CHANNEL}, news)"):
        assert crm.predicates.count(condition) == 0
    sent = crm.messages.send(3, "hello", purpose="news", channel=CHANNEL)
    assert (sent.state, sent.reason) == (
        "dropped", f"asked about news by {CHANNEL} on 2026-05-04, not confirmed"
    )  # fmt: skip
    assert (f"news by {CHANNEL}", "no, asked on 2026-05-04, not confirmed") in crm.customers.profile(
        3
    ).may_write


def test_confirming_grants_what_was_asked(club: Club) -> None:
    """With the wording of that day and the message as evidence; the address is verified. Again is once."""
    number = asked(club)
    club.later()
    found = club.crm.consents.confirm(number, evidence="page, 192.0.2.7")
    assert (found.state, found.is_granted, found.customer_id) == ("granted", True, 3)
    assert found.consent is not None
    assert (found.consent.source, found.consent.wording_version) == ("double opt-in", 2)
    assert found.consent.evidence == f"effect:{number}, page, 192.0.2.7"
    assert club.crm.consents.confirm(number).state == "again"
    assert [each.state for each in club.crm.consents.show(3)] == ["asked", "granted"]
    (point,) = club.crm.customers.get(3).contact_points
    assert point.verified_at == club.clock.now()
    # Neither the question nor the answer used up the one message of the week.
    assert club.crm.messages.send(3, "hello", purpose="news", channel=CHANNEL).state == "done"


def test_who_agrees_already_is_not_asked(club: Club) -> None:
    """Nothing is sent, and their consent stays as it is."""
    club.crm.consents.grant(3, "news", CHANNEL)
    found = club.crm.consents.ask(3, "news", CHANNEL)
    assert (found.state, found.effect) == ("granted", None)
    assert club.delivered == []


def test_the_later_word_counts(club: Club) -> None:
    """Whoever withdrew after they were asked does not agree by an old link; a new question has a new one."""
    number = asked(club)
    club.later()
    club.crm.consents.withdraw(3, "news", CHANNEL)
    assert club.crm.consents.confirm(number).state == "withdrawn"
    assert club.crm.consents.state(3, "news", CHANNEL) == "withdrawn"
    club.later()
    again = asked(club)
    assert club.crm.consents.confirm(number).state == "withdrawn"
    assert club.crm.consents.confirm(again).state == "granted"


def test_a_question_expires(club: Club) -> None:
    """After 30 days the link does nothing."""
    number = asked(club)
    club.later(30.1)
    assert club.crm.consents.confirm(number).state == "expired"


def test_an_address_is_asked_three_times_at_most(club: Club) -> None:
    """Within 30 days, whoever's it is; then again."""
    for customer in (1, 2, 1):
        asked(club, customer)
        club.later()
    refused = club.crm.consents.ask(2, "news", CHANNEL)
    assert (refused.state, refused.effect) == ("refused", None)
    assert "asked 3 times within 30 days" in (refused.reason or "")
    asked(club, 3)
    club.later(28)
    asked(club, 1)
    assert len(club.delivered) == 5


@pytest.mark.parametrize("reason", ["objection", "erased", "complaint", "bounce", "manual"])
def test_nothing_is_asked_of_a_suppressed_address(club: Club, reason: str) -> None:
    """Anybody can write an address into a form: whoever does not want messages gets none."""
    club.crm.suppressions.add("email", "celina@example.org", reason=reason)
    club.later()
    assert club.crm.consents.ask(3, "news", CHANNEL).state == "refused"
    assert club.crm.consents.show(3) == ()
    assert club.delivered == []


def test_who_unsubscribed_can_subscribe_again(club: Club) -> None:
    """Whoever ended only this purpose is asked anew, and is written to once they confirm."""
    club.crm.consents.withdraw_by_effect(club.sent(3, "news"))
    club.later(8)
    number = asked(club)
    club.later()
    assert club.crm.consents.confirm(number).state == "granted"
    assert club.crm.messages.send(3, "hello", purpose="news", channel=CHANNEL).state == "done"


def test_a_question_that_waits_is_asked_of_nobody_who_withdrew(club: Club) -> None:
    """The gates are asked again when it leaves."""
    found = club.crm.consents.ask(3, "news", CHANNEL, hand_over=False)
    assert found.effect is not None
    assert club.delivered == []
    club.later()
    club.crm.consents.withdraw(3, "news", CHANNEL)
    club.crm.effects.hand_over()
    assert club.crm.effects.get(found.effect).state == "skipped"
    assert club.delivered == []


def test_inside_a_transaction_the_worker_sends_it(club: Club) -> None:
    """A form saves and asks in one unit of work."""
    with club.crm.transaction():
        point = ContactPoint(kind="email", value="dora@example.org")
        saved = club.crm.customers.save(CustomerDraft(name="Dora", contact_points=(point,)))
        assert club.crm.consents.ask(saved.id, "news", CHANNEL).state == "asked"
    assert club.delivered == []
    club.crm.effects.hand_over()
    assert club.delivered == ["dora@example.org Confirm"]


def test_a_rehearsed_question_grants_nothing(club: Club) -> None:
    """Nobody got it, so nobody can have answered."""
    club.crm.rehearsal.begin_again()
    number = asked(club)
    assert club.delivered == []
    assert club.crm.consents.confirm(number).state == "rehearsed"
    assert club.crm.consents.state(3, "news", CHANNEL) == "asked"


def test_it_follows_a_merge_and_ends_with_an_erasure(club: Club) -> None:
    """The link grants for whom the customer was merged into; of an erased person it knows nothing."""
    number = asked(club)
    club.crm.merging.merge(1, 3)
    club.later()
    found = club.crm.consents.confirm(number)
    assert (found.state, found.customer_id) == ("granted", 1)
    other = asked(club, 2)
    club.crm.privacy.erase(2)
    assert club.crm.consents.confirm(other).state == "unknown"


def test_a_merge_keeps_the_stricter_word(club: Club) -> None:
    """That one of the two was asked hides neither's withdrawal."""
    club.crm.consents.grant(1, "news", CHANNEL)
    club.crm.consents.withdraw(3, "news", CHANNEL)
    club.later()
    asked(club)
    assert club.crm.merging.merge(1, 3).withdrawn == 1
    assert club.crm.consents.state(1, "news", CHANNEL) == "withdrawn"


def test_a_bounce_is_over_when_the_address_answers(club: Club) -> None:
    """A link that was followed shows that messages arrive there; a complaint stays."""
    number = asked(club)
    club.crm.suppressions.add("email", "celina@example.org", reason="bounce")
    club.crm.suppressions.add("email", "celina@example.org", reason="complaint")
    club.later()
    assert club.crm.consents.confirm(number).state == "granted"
    assert [each.reason for each in club.crm.suppressions.state("email", "celina@example.org")] == [
        "complaint"
    ]


def test_links_that_lead_nowhere(club: Club) -> None:
    """A number that is no question, or is no number of the ledger."""
    assert club.crm.consents.confirm(club.sent(3, "orders")).state == "unknown"
    assert club.crm.consents.confirm(999).state == "unknown"


def test_a_purpose_without_a_message_cannot_be_confirmed(club: Club) -> None:
    """What to write is said."""
    with pytest.raises(Invalid, match="names no message"):
        club.crm.consents.ask(3, "offers", CHANNEL)
    assert club.clock.now() == NOW


def test_a_stranger_cannot_confirm_for_them(club: Club) -> None:
    """Where the address that was asked turned out to be somebody else's, its link is nobody's consent."""
    number = asked(club)
    (wrong,) = club.crm.customers.get(3).contact_points
    right = ContactPoint(kind="email", value="right@example.org")
    club.crm.customers.save(CustomerDraft(id=3, contact_points=(right,)))
    assert wrong.id is not None
    club.crm.customers.remove_contact_point(3, wrong.id)
    club.later()
    assert club.crm.consents.confirm(number).state == "expired"
    assert club.crm.consents.state(3, "news", CHANNEL) == "asked"
    assert judged(club.crm, 3, "news")


def test_a_channel_that_has_gone_holds_up_no_answer(club: Club) -> None:
    """Whoever follows the link after the channel's plugin was taken away has still said yes."""
    number = asked(club)
    club.crm.close()
    with open_crm(club.folder, TOML, database=club.address, clock=club.clock) as crm:
        assert crm.consents.confirm(number).state == "granted"
