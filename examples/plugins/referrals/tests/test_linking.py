"""Who brought whom."""

from __future__ import annotations

import pytest

from crmkit import Conflict, Crm, CustomerDraft, Invalid
from crmkit.testing import Public, run_crm
from crmkit_referrals.api import Referrals, Standing
from crmkit_referrals.pages import link_of

TOML = '[web]\nurl = "https://post.rye.example"'


@pytest.fixture
def crm_toml() -> str:
    """The public address, which stands in links."""
    return TOML


@pytest.fixture
def people(crm_both: Crm) -> list[int]:
    """Three customers."""
    drafts = [CustomerDraft(name=name, locale="pl") for name in ("Anna Nowak", "Jan Wilk", "Ola Lis")]
    return [crm_both.customers.save(draft).id for draft in drafts]


def test_whoever_brings_somebody_has_a_friend(crm_both: Crm, people: list[int]) -> None:
    """Friends are counted, once each, for conditions too; nobody is brought by two, or by themselves."""
    anna, jan, ola = people
    referrals = crm_both.service(Referrals)
    referrals.record(anna, jan)
    referrals.record(anna, ola)
    assert referrals.record(anna, ola) == referrals.record(anna, ola)
    assert referrals.top() == (Standing(anna, 0, 0, friends=2),)
    assert crm_both.predicates.members("friends >= 2") == [anna]
    assert list(crm_both.predicates.members("was_brought")) == [jan, ola]
    with pytest.raises(Conflict, match="Anna Nowak brought them"):
        referrals.record(jan, ola)
    with pytest.raises(Invalid):
        referrals.record(jan, jan)
    referrals.forget(ola)
    assert crm_both.predicates.members("friends = 1") == [anna]


def test_merging_and_erasing_keep_to_the_contract(crm_both: Crm, people: list[int]) -> None:
    """Whoever turns out to have brought themselves did not; an erased friend still counts, without a name."""
    anna, jan, ola = people
    referrals = crm_both.service(Referrals)
    referrals.record(anna, jan)
    referrals.record(anna, ola)
    crm_both.merging.merge(anna, jan)
    assert referrals.top() == (Standing(anna, 0, 0, friends=1),)
    crm_both.privacy.erase(ola, reason="request")
    assert referrals.top() == (Standing(anna, 0, 0, friends=1),)
    assert crm_both.predicates.members("was_brought") == []


def test_a_customer_sees_what_came_of_it(crm: Crm) -> None:
    """The page speaks the customer's language; a guessed address leads nowhere."""
    anna = crm.customers.save(CustomerDraft(name="Anna", locale="pl", fields={"referrals.code": "ANNA7"})).id
    crm.service(Referrals).record(anna, crm.customers.save(CustomerDraft(name="Jan Wilk")).id)
    page = Public(crm).get(link_of(crm, anna)).text
    assert "Twój kod, który możesz przekazać dalej: ANNA7" in page
    assert "Klienci, którzy przyszli dzięki Tobie: 1" in page
    assert "Jan" not in page
    assert "ANNA7" not in Public(crm).get("/referrals/guessed").text
    crm.customers.archive(anna)
    assert "ANNA7" not in Public(crm).get(link_of(crm, anna)).text


def test_on_the_command_line(crm: Crm) -> None:
    """Recorded and forgotten by commands, each of which says how to take it back."""
    for name in ("Anna Nowak", "Jan Wilk"):
        crm.customers.save(CustomerDraft(name=name))
    config = ("--config", crm.config.path, "referrals")
    recorded = run_crm(*config, "record", "Anna", "Jan")
    assert "Anna Nowak brought Jan Wilk" in recorded.stderr
    undo = recorded.stderr.rpartition("crm referrals ")[2].split()
    assert run_crm(*config, "top", "--json").json[0]["friends"] == 1
    assert "Anna Nowak did not bring Jan Wilk" in run_crm(*config, *undo).stderr
    assert run_crm(*config, "forget", "Jan").status == 3
    assert run_crm(*config, "page", "Anna").stdout.startswith("https://post.rye.example/referrals/")
