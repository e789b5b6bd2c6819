"""What a third plugin keeps off the log is told of: whoever acts by hand hears why, and a pass names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmkit import Crm, CustomerDraft, InteractionDraft, Invalid
from crmkit.core.clock import FakeClock
from crmkit.core.worker import Worker
from crmkit.plugins.campaign.api import Journeys
from crmkit.plugins.operational.api import Cases, Loyalty

_DECIDER = '''
"""Keeps customers who are under a lawyer's hold off the log."""
from crmkit.plugin import Refusal, hookimpl

KEPT_OFF = ("points.", "coupon.", "reward.", "loyalty.", "case.overdue", "feedback.bad", "journey.")


@hookimpl
def crmkit_before_interactions_recorded(drafts):
    for index, draft in enumerate(drafts):
        if draft.type.startswith(KEPT_OFF):
            yield Refusal(index, f"a lawyer holds customer {draft.customer}")
'''
_JOURNEY = 'who = "has_tag(\'friend\')"\n[[steps]]\nid = "call"\ntag = "to-call"\n'


@pytest.fixture
def crm_plugins(tmp_path: Path) -> list[str]:
    """Plugins that tell what happened, and one that refuses it."""
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "lawyer.py").write_text(_DECIDER)
    (tmp_path / "plugins" / "lawyer.toml").write_text('name = "lawyer"\ntitle = "Lawyer"\ndoc = "Holds."\n')
    (tmp_path / "journeys").mkdir()
    (tmp_path / "journeys" / "spring.toml").write_text(_JOURNEY)
    return ["operational", "collaborative", "campaign", "lawyer"]


@pytest.fixture
def crm_toml() -> str:
    """A promise that can be broken, and points that expire."""
    return """
timezone = "Europe/Warsaw"
currency = "PLN"
[plugins.operational.cases]
sla.usual = { first_response = "4 hours" }
[plugins.operational.loyalty]
expire = "1 month"
[plugins.operational.loyalty.rewards]
tour = { label = "A tour", points = 20, coupon = true }
"""


def test_a_report_raises_its_first_refusal(crm: Crm) -> None:
    """Whoever keeps all or nothing is told why with one call; a report without refusals raises nothing."""
    anna = crm.customers.save(CustomerDraft(name="Anna Nowak", tags=("friend",))).id
    drafts = [
        InteractionDraft(customer=anna, type="visit"),
        InteractionDraft(customer=anna, type="points.spent", payload={"points": 1}),
    ]
    with pytest.raises(Invalid, match=f"a lawyer holds customer {anna}"):
        crm.interactions.record_all(drafts).raise_refused()
    crm.interactions.record_all(drafts[:1]).raise_refused()
    with pytest.raises(Invalid, match="name"):
        crm.customers.save_all([CustomerDraft(name="Ola"), CustomerDraft()]).raise_refused()


def test_points_by_hand_are_given_and_told_or_neither(crm: Crm) -> None:
    """Points that cannot be told on the timeline are not given either, and the reason is heard."""
    anna = crm.customers.save(CustomerDraft(name="Anna Nowak")).id
    loyalty = crm.service(Loyalty)
    with pytest.raises(Invalid, match="a lawyer holds"):
        loyalty.award(anna, 50, "Birthday")
    assert loyalty.balance(anna) == 0


def test_a_pass_names_what_it_could_not_tell(
    crm: Crm, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Points of many, journeys, overdue cases and bad reviews go on for everybody; the log has how many
    were not told of, and why."""
    anna = crm.customers.save(CustomerDraft(name="Anna Nowak", tags=("friend",))).id
    why = f"a lawyer holds customer {anna}"
    crm.service(Loyalty).award_all([(anna, 50, "Birthday", "birthday:1")])
    crm.service(Journeys).start("spring")
    crm.service(Cases).open(anna, "Oven does not heat")
    crm.interactions.record(anna, "review.posted", payload={"rating": 1})
    clock.advance(days=3)
    Worker(crm.kernel).drain()
    said = [record.getMessage() for record in caplog.records]
    for told in (
        f"Movements of points and coupons that are not on timelines: 1 ({why})",
        f"Steps of journeys that are not on timelines: 1 ({why})",
        f"Overdue cases that are not told of: 1 ({why})",
        f"Bad reviews that are not told of: 1 ({why})",
    ):
        assert told in said
    assert crm.service(Loyalty).balance(anna) == 50
    assert "to-call" in crm.customers.get(anna).tags
