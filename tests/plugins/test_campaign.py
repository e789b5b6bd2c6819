"""The campaign plugin: who answered which campaign."""

from __future__ import annotations

import pytest

from crmkit import Crm, CustomerDraft, InteractionDraft, Invalid, Rejected
from crmkit.testing import run_crm

RESPONSE = "campaign.response"


@pytest.fixture
def crm_plugins() -> list[str]:
    """The plugins in use."""
    return ["campaign"]


@pytest.fixture
def crm_toml() -> str:
    """Two campaigns."""
    return '[plugins.campaign.campaigns]\nspring = "Flyer in May"\nautumn = "Letter in October"'


def add(crm: Crm, name: str) -> int:
    """A new customer's id."""
    return crm.customers.save(CustomerDraft(name=name)).id


def test_answers_are_counted_by_campaign(crm_both: Crm) -> None:
    """Answers and answering customers of each campaign, those without answers included."""
    anna, jan = add(crm_both, "Anna Nowak"), add(crm_both, "Jan Wilk")
    for who in (anna, anna, jan):
        crm_both.interactions.record(who, RESPONSE, payload={"campaign": "spring", "text": "coupon"})
    rows = run_crm("--config", crm_both.config.path, "campaigns", "results", "--json").json
    assert [(row["name"], row["responses"], row["customers"]) for row in rows] == [
        ("spring", 3, 2),
        ("autumn", 0, 0),
    ]
    assert "Letter in October" in run_crm("--config", crm_both.config.path, "campaigns", "results").stdout


def test_voided_answers_do_not_count(crm_both: Crm) -> None:
    """An answer that never happened is counted no more."""
    anna = add(crm_both, "Anna Nowak")
    answer = crm_both.interactions.record(anna, RESPONSE, payload={"campaign": "spring"})
    crm_both.interactions.void(answer.seq, "a mistake")  # type: ignore[arg-type]
    rows = run_crm("--config", crm_both.config.path, "campaigns", "results", "--json").json
    assert [row["responses"] for row in rows] == [0, 0]


def test_unknown_campaigns_are_refused(crm_both: Crm) -> None:
    """An answer to a campaign that nobody runs is refused, with the nearest name; the others go on."""
    anna = add(crm_both, "Anna Nowak")
    drafts = [
        InteractionDraft(customer=anna, type=RESPONSE, payload={"campaign": name})
        for name in ("spring", "sprnig", "")
    ]
    report = crm_both.interactions.record_all(drafts)
    assert report.recorded == 1
    assert [refusal.index for refusal in report.refused] == [1, 2]
    assert 'did you mean "spring"?' in report.refused[0].reason
    assert "--set campaign=NAME" in report.refused[1].reason


def test_a_single_refusal_says_why(crm: Crm) -> None:
    """Recording one such answer raises, and on the command line ends with the reason."""
    anna = add(crm, "Anna Nowak")
    with pytest.raises((Rejected, Invalid), match='campaign "sprnig"'):
        crm.interactions.record(anna, RESPONSE, payload={"campaign": "sprnig"})
    answer = run_crm("--config", crm.config.path, "log", "Anna", RESPONSE, "--set", "campaign=sprnig")
    assert answer.status == 5
    assert 'did you mean "spring"?' in answer.stderr


def test_the_timeline_names_the_campaign(crm: Crm) -> None:
    """An answer's line has the campaign and the words."""
    anna = add(crm, "Anna Nowak")
    crm.interactions.record(anna, RESPONSE, payload={"campaign": "spring", "text": "with coupon"})
    (answer,) = crm.interactions.timeline(anna).interactions
    assert crm.interactions.summary(answer) == "spring · with coupon"
