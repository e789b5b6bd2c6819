"""Recommendations are counted once, and only while they stand."""

from __future__ import annotations

from crmkit import Crm, CustomerDraft, InteractionDraft
from crmkit_referrals.api import Recommended, Referrals, Standing

RECOMMENDED = "referrals.recommended"


def add(crm: Crm, name: str) -> int:
    """A new customer's id."""
    return crm.customers.save(CustomerDraft(name=name)).id


def test_every_recommendation_counts_once(crm_both: Crm) -> None:
    """Each brings its points, in one batch or in many."""
    anna, jan = add(crm_both, "Anna Nowak"), add(crm_both, "Jan Wilk")
    crm_both.interactions.record(anna, RECOMMENDED, payload=Recommended(friend="Ola"))
    crm_both.interactions.record_all(
        [InteractionDraft(customer=who, type=RECOMMENDED) for who in (anna, jan, anna)]
    )
    assert crm_both.service(Referrals).top() == (Standing(anna, 3, 30), Standing(jan, 1, 10))


def test_recording_again_counts_nothing(crm: Crm) -> None:
    """A repeated source reference is one recommendation."""
    anna = add(crm, "Anna Nowak")
    draft = InteractionDraft(customer=anna, type=RECOMMENDED, source="web", source_ref="77")
    crm.interactions.record_all([draft])
    crm.interactions.record_all([draft])
    assert crm.service(Referrals).of([anna]) == (Standing(anna, 1, 10),)


def test_what_is_voided_no_longer_counts(crm_both: Crm) -> None:
    """A voided recommendation takes its points along."""
    anna = add(crm_both, "Anna Nowak")
    recorded = crm_both.interactions.record(anna, RECOMMENDED)
    crm_both.interactions.void(recorded.seq, "a mistake")
    assert crm_both.service(Referrals).top() == ()


def test_a_correction_does_not_count_again(crm: Crm) -> None:
    """Put right, a recommendation is still one; put on somebody else, it is theirs."""
    anna, jan = add(crm, "Anna Nowak"), add(crm, "Jan Wilk")
    recorded = crm.interactions.record(anna, RECOMMENDED)
    corrected = crm.interactions.correct(recorded.seq, payload=Recommended(friend="Ola"))
    assert crm.service(Referrals).top() == (Standing(anna, 1, 10),)
    crm.interactions.reassign(corrected.seq, jan)
    assert crm.service(Referrals).top() == (Standing(jan, 1, 10),)


def test_the_page_shows_points(crm: Crm) -> None:
    """A customer's page has a section with recommendations and points."""
    anna = add(crm, "Anna Nowak")
    crm.interactions.record(anna, RECOMMENDED)
    sections = crm.customers.profile(anna).sections
    assert [(each.title, each.lines) for each in sections] == [
        ("Referrals", (("Recommended us", "1 ×"), ("Points", "10")))
    ]
