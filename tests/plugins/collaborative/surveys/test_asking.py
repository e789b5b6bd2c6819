"""Asking: whom, how often, about what, and what is kept of it."""

from __future__ import annotations

import json
import threading

import pytest

from crmkit import Conflict
from crmkit.plugins.collaborative.surveys.beginning import begin
from crmkit.plugins.operational.api import Cases
from crmkit.testing import run_crm
from tests.plugins.collaborative.surveys.conftest import Bakery

DAY = 86_400


def test_a_resolved_case_is_asked_about(bakery_both: Bakery) -> None:
    """A rule upon `case.resolved` asks; the answer is about the case, stands in it, and a bad one is an event
    that other rules hear."""
    crm = bakery_both.crm
    cases = crm.service(Cases)
    case = cases.open(1, "Dry bread")
    cases.resolve(case.id)
    bakery_both.ruled()
    ((customer, link),) = bakery_both.links
    (asked,) = crm.records.list("survey").records
    assert (customer, asked.state, asked.fields["about"]) == (1, "sent", f"case:{case.id}")
    bakery_both.answer(link, {"score": "2"})
    assert crm.records.get("case", case.id).fields["satisfaction"] == 2
    assert crm.records.get("survey", asked.id).state == "answered"
    assert [(each.score, each.about) for each in bakery_both.told()] == [(2, f"case:{case.id}")]
    assert [each.where for each in bakery_both.told("feedback.bad")] == ["survey:csat"]
    bakery_both.ruled()
    assert [each.title for each in crm.records.list("task", 1).records] == ["Call back"]


def test_one_cooldown_over_all_surveys(bakery_both: Bakery) -> None:
    """Whoever was asked by one survey is asked by no other within it, by hand or by rules, and why tells."""
    crm = bakery_both.crm
    bakery_both.ask("nps", 1)
    sent = bakery_both.surveys.send("csat", 1)
    assert (sent.state, "2026-05-04" in sent.reason, "90 days" in sent.reason) == ("dropped", True, True)
    cases = crm.service(Cases)
    for customer in (1, 2):
        cases.resolve(cases.open(customer, "Dry bread").id)
    bakery_both.ruled()
    assert [customer for customer, _ in bakery_both.links] == [1, 2]
    why = str(run_crm("--config", crm.config.path, "why", "1"))
    assert "90 days are to lie between any two surveys" in why
    assert crm.trait("surveyed_last", 1) == 0
    bakery_both.clock.advance(91 * DAY)
    assert crm.trait("surveyed_last", 1) == 91
    bakery_both.ask("csat", 1)


def test_the_cooldown_holds_while_two_ask_at_once(bakery_both: Bakery) -> None:
    """Of several that ask the same customer in the same moment, one does."""
    crm, became = bakery_both.crm, []

    def ask(survey: str) -> None:
        became.append(bakery_both.surveys.send(survey, 1).state)

    threads = [threading.Thread(target=ask, args=(name,)) for name in ("nps", "csat", "nps")]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(became) == ["done", "dropped", "dropped"]
    assert crm.records.count("survey") == 1


def test_a_plan_gives_way(bakery: Bakery) -> None:
    """What was planned before somebody else asked gives way when it is handed over."""
    crm = bakery.crm
    cases = crm.service(Cases)
    for subject in ("Dry", "Burnt"):
        cases.resolve(cases.open(1, subject).id)
    plan = crm.strategy.plan()
    assert plan.acts == 1
    bakery.ask("nps", 1)
    crm.strategy.apply(plan.number)
    assert len(bakery.links) == 1


def test_consent_comes_first(bakery: Bakery) -> None:
    """Whoever has withdrawn the purpose is not asked; whoever withdraws it later may still answer."""
    crm, link = bakery.crm, bakery.ask("nps", 1)
    for customer in (1, 2):
        crm.consents.withdraw(customer, "feedback", "post.pigeon")
    assert "withdrew" in bakery.surveys.send("csat", 2).reason
    bakery.answer(link, {"score": "9"})
    assert [each.score for each in bakery.told()] == [9]


def test_by_hand(bakery: Bakery) -> None:
    """`crm surveys send` counts and asks before it writes to many, and says what became of each."""
    crm = ("--config", bakery.crm.config.path, "surveys")
    dry = run_crm(*crm, "send", "nps", "--where", "true", "--dry-run", "--json").json
    assert (dry["asked"], dry["reached"], bakery.links) == (2, 2, [])
    assert run_crm(*crm, "send", "nps", "--where", "true", "--no-input").status != 0
    assert bakery.links == []
    assert run_crm(*crm, "send", "nps", "--where", "true", "--yes", "--json").json["reached"] == 2
    refused = run_crm(*crm, "send", "nps", "1")
    assert (refused.status != 0, "90 days" in refused.stderr) == (True, True)
    listed = run_crm(*crm, "list", "--json").json
    assert [(each["name"], each["sent"]) for each in listed] == [("csat", 0), ("nps", 2)]


def test_answers_go_with_the_customer(bakery_both: Bakery) -> None:
    """A merge takes surveys and answers along, an un-merge brings them back; an export has them, and an
    erasure leaves nothing, neither of the words nor of the page."""
    crm, link = bakery_both.crm, bakery_both.ask("nps", 2)
    bakery_both.answer(link, {"score": "3", "why": "Zażółć gęślą"})
    merge = crm.merging.merge(1, 2)
    assert [each.customer_id for each in bakery_both.surveys.answers(search="gesla")] == [1]
    assert "już" in bakery_both.public.get(link).text  # Anna's language, who is asked now
    crm.undo.undo(merge.ref)
    assert [each.customer_id for each in bakery_both.surveys.answers()] == [2]
    assert "Zażółć gęślą" in json.dumps(json.loads(crm.privacy.export(2).to_json()), ensure_ascii=False)
    crm.privacy.erase(2)
    assert bakery_both.surveys.answers() == []
    assert bakery_both.public.get(link).text == bakery_both.public.get("/survey/nonsense").text


def test_files_are_checked(bakery: Bakery) -> None:
    """What is wrong with a survey is told with its line, and such a survey asks nobody."""
    file = bakery.folder / "surveys" / "nps.toml"
    text = file.read_text(encoding="utf-8")
    for old, new, said in (
        ('kind = "nps"', 'kind = "nsp"', "surveys/nps.toml:2"),
        ('purpose = "feedback"', 'purpose = "fedback"', 'surveys/nps.toml:3: there is no purpose "fedback"'),
        ('score = "..6" }', 'scroe = "..6" }', 'there is no question "scroe" before it'),
        ('what = "price"', 'what = "cost"', '"cost" is none of price, taste'),
        ('pl = "Dlaczego?", ', "", "its text is not in pl"),
    ):
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
        found = run_crm("--config", bakery.crm.config.path, "check")
        assert said in found.stdout, found.stdout
        assert run_crm("--config", bakery.crm.config.path, "surveys", "check").status != 0
    with pytest.raises(Exception, match="its text is not in pl"):
        bakery.surveys.send("nps", 1)


def test_a_survey_to_begin_with(bakery: Bakery) -> None:
    """`crm surveys new` writes files that can be sent at once, in three languages; never over others."""
    crm = ("--config", bakery.crm.config.path, "surveys")
    for kind in ("nps", "csat", "ces"):
        run_crm(*crm, "new", f"my-{kind}", "--kind", kind)
        assert "[only if" not in run_crm(*crm, "preview", f"my-{kind}").stdout
        assert run_crm(*crm, "show", f"my-{kind}", "--json").json["kind"] == kind
    run_crm(*crm, "check")
    page = bakery.crm.config.directory / "page.html"
    assert f"Wrote {page}" in run_crm(*crm, "preview", "nps", "--language", "pl", "-o", page).stderr
    assert "Czy polecisz nas znajomym?" in page.read_text(encoding="utf-8")
    nowhere = run_crm(*crm, "preview", "nps", "-o", page / "page.html")
    assert (nowhere.status, "cannot be read or written" in nowhere.stderr) == (1, True)
    with pytest.raises(Conflict):
        begin(bakery.crm, "nps", "nps")
