"""`crm cases`, and the action that opens them, as people and programs meet them."""

from __future__ import annotations

from typing import Any

import pytest

from crmkit import Crm, NotFound
from crmkit.plugins.operational.api import Cases
from crmkit.testing import open_crm, run_crm
from tests.plugins.operational.cases.conftest import TOML, staffed


@pytest.fixture
def crm_toml() -> str:
    """With a rule that opens cases."""
    opening = 'case = "Complaint of {{ customer.name }}"\ncategory = "oven"\ncase_priority = "high"\n'
    return TOML + '[rules.sorry]\non = "complaint"\n' + opening


def _run(crm: Crm, *arguments: object) -> Any:
    answer = run_crm("--config", crm.config.path, *arguments)
    assert answer.status == 0, answer.stderr
    return answer


def test_a_case_by_commands(shop_both: Crm) -> None:
    """From opening to rating, each receipt with the way back where there is one."""
    opened = _run(shop_both, "cases", "open", "Anna Nowak", "Oven does not heat", "--priority", "high")
    assert 'Case 1 for Anna Nowak: "Oven does not heat"' in opened.stderr
    (row,) = _run(shop_both, "cases", "list", "--json").json
    assert (row["case"], row["customer"], row["state"], row["is_overdue"]) == (1, "Anna Nowak", "new", False)
    assert "Oven does not heat" in _run(shop_both, "cases", "list").stdout
    _run(shop_both, "cases", "assign", 1, "Piotr", "--queue", "service")
    (row,) = _run(shop_both, "cases", "list", "--queue", "service", "--json").json
    assert row["owner"] == "Piotr"
    waits = _run(shop_both, "cases", "answer", 1, "Check the fuse", "--channel", "phone", "--wait")
    assert "crm cases reopen 1" in waits.stderr
    assert _run(shop_both, "cases", "reopen", 1, "--json").json["state"] == "open"
    assert _run(shop_both, "cases", "resolve", 1, "--json").json["state"] == "resolved"
    assert "satisfaction=" in _run(shop_both, "cases", "rate", 1, 5).stderr
    assert _run(shop_both, "cases", "close", 1, "--json").json["satisfaction"] == 5
    assert _run(shop_both, "cases", "list", "--json").json == []
    assert [row["state"] for row in _run(shop_both, "cases", "list", "--all", "--json").json] == ["closed"]


def test_it_is_the_customers_turn(shop: Crm) -> None:
    """The clock of a case that waits stands still, and goes on when it is open again."""
    _run(shop, "cases", "open", "Anna Nowak", "Oven")
    assert "waits for Anna Nowak" in _run(shop, "cases", "wait", 1).stderr
    assert "waits for the customer" in _run(shop, "cases", "show", 1).stdout
    _run(shop, "cases", "reopen", 1)
    assert "resolve within" in _run(shop, "cases", "show", 1).stdout


def test_a_case_has_parts(shop: Crm) -> None:
    """Each is a case of its own, and the whole names them."""
    _run(shop, "cases", "open", "Anna Nowak", "Kitchen")
    _run(shop, "cases", "open", "Anna Nowak", "Oven", "--part-of", 1)
    assert _run(shop, "cases", "show", 1, "--json").json["parts"] == [2]


def test_the_way_back_leads_back(shop: Crm) -> None:
    """Of giving a case to somebody, of rating it, and of merging it."""
    _run(shop, "cases", "open", "Anna Nowak", "Oven", "--for", "Ola")
    _run(shop, "cases", "open", "Anna Nowak", "Oven again")
    for command in (("assign", 1, "Piotr"), ("assign", 1, "--nobody"), ("rate", 1, 2), ("merge", 1, 2)):
        before = _kept(shop)
        undo = _run(shop, "cases", *command, "--json").json["undo"]
        assert _kept(shop) != before
        _run(shop, *undo.split()[1:])
        after = _kept(shop)
        assert after == before or command[0] == "merge"
    assert shop.service(Cases).get(2).merged_into is None


@pytest.mark.parametrize(
    ("step", "state"), [("wait", "waiting"), ("resolve", "resolved"), ("close", "closed")]
)
def test_a_step_that_changes_nothing_has_no_way_back(shop: Crm, step: str, state: str) -> None:
    """A case that stands there already is said to, and nothing is offered to take back."""
    _run(shop, "cases", "open", "Anna Nowak", "Oven")
    assert "take it back: crm cases reopen 1" in _run(shop, "cases", step, 1).stderr
    again = _run(shop, "cases", step, 1).stderr
    assert f"Case 1 of Anna Nowak is {state} already" in again
    assert "take it back" not in again


def test_what_a_case_ends_with(shop: Crm) -> None:
    """An answer may resolve it; a duplicate of another customer is merged, and that is said."""
    for customer in ("Anna Nowak", "Rye Ltd"):
        _run(shop, "cases", "open", customer, "Oven")
    assert "another customer: Anna Nowak" in _run(shop, "cases", "merge", 1, 2).stderr
    _run(shop, "cases", "resolve", 1, "--answer", "New coil")
    found = shop.service(Cases).get(1)
    assert found.state == "resolved"
    assert found.clock.responded_at == found.clock.resolved_at


def _kept(crm: Crm) -> list[tuple[object, ...]]:
    cases = crm.service(Cases).list(all=True)
    return [(each.employee_id, each.satisfaction, each.state, each.merged_into) for each in cases]


def test_a_case_is_shown_with_what_may_help(shop: Crm) -> None:
    """With its clock, and the nearest articles."""
    folder = shop.config.path.parent / "knowledge"
    folder.mkdir()
    (folder / "cold.md").write_text("Title: The oven stays cold\n\nCheck the fuse.")
    _run(shop, "cases", "open", "Anna Nowak", "My oven is cold", "--text", "Since Sunday")
    shown = _run(shop, "cases", "show", 1).stdout
    for part in ("answer within", "Since Sunday", "The oven stays cold: knowledge/cold.md"):
        assert part in shown
    assert _run(shop, "cases", "show", 1, "--json").json["articles"] == ["cold"]
    (found,) = _run(shop, "cases", "articles", "fuse", "--json").json
    assert (found["article"], found["title"]) == ("cold", "The oven stays cold")
    assert len(_run(shop, "cases", "articles", "--json").json) == 1
    (folder / "zimno.md").write_text("Title: Zimny piec (cold oven)\nLanguage: pl\n\nSprawdź bezpiecznik.")
    (folder / "wet.md").write_text("Title: A wet oven\nLanguage: en\n\nDry it.")
    assert _run(shop, "cases", "show", 1, "--language", "pl", "--json").json["articles"] == ["cold", "zimno"]
    in_english = _run(shop, "cases", "articles", "--language", "en", "--json").json
    assert [each["article"] for each in in_english] == ["cold", "wet"]


def test_solving_routing_and_why(shop: Crm) -> None:
    """In one command, and with a look before."""
    solved = _run(shop, "cases", "solve", "Anna Nowak", "No invoice", "--answer", "It is sent")
    assert 'is solved: "No invoice"' in solved.stderr
    _run(shop, "cases", "open", "Anna Nowak", "Bill")
    _run(shop, "records", "case", "update", 2, "--set", "category=invoice")
    (row,) = _run(shop, "cases", "route", "--dry-run", "--json").json
    assert (row["case"], row["rule"]) == (2, "rest")
    assert "Nothing was written" in _run(shop, "cases", "route", "--dry-run").stderr
    assert "Routed 1." in _run(shop, "cases", "route").stderr
    rows = _run(shop, "cases", "why", 2, "--json").json
    assert [each["rule"] for each in rows] == ["ovens", "shops", "rest"]
    _run(shop, "cases", "merge", 1, 2)
    assert "goes on in case:1" in _run(shop, "interactions", "list", "Anna Nowak").stdout


def test_what_goes_wrong_is_said(shop: Crm) -> None:
    """Nobody to give it to, two ends at once, and whose own cases."""
    _run(shop, "cases", "open", "Anna Nowak", "Bill")
    wrong = (("assign", 1), ("answer", 1, "Yes", "--wait", "--resolve"), ("list", "--mine"), ("rate", 1, 9))
    for arguments in wrong:
        assert run_crm("--config", shop.config.path, "cases", *arguments).status == 2
    assert run_crm("--config", shop.config.path, "cases", "show", 7).status != 0
    assert (
        len(run_crm("--config", shop.config.path, "--as", "Ola", "cases", "list", "--mine", "--json").json)
        == 0
    )


def test_a_rule_opens_cases_and_takes_them_back(shop_both: Crm) -> None:
    """Those that nobody has begun to work on."""
    shop_both.strategy.plan()
    for name in ("Anna Nowak", "Rye Ltd"):
        shop_both.interactions.record(name, "complaint", payload={"text": "Cold"})
    plan = shop_both.strategy.plan()
    assert shop_both.strategy.apply(plan.number).done == 2
    cases = shop_both.service(Cases)
    found = {each.subject: each for each in cases.list()}
    assert sorted(found) == ["Complaint of Anna Nowak", "Complaint of Rye Ltd"]
    assert {(each.category, each.priority) for each in found.values()} == {("oven", "high")}
    cases.answer(found["Complaint of Rye Ltd"].id, "We are sorry")
    shop_both.undo.undo(plan.ref)
    assert [each.subject for each in cases.list()] == ["Complaint of Rye Ltd"]


def test_cases_come_in_as_a_file(shop: Crm) -> None:
    """With the times that they had."""
    file = shop.config.path.parent / "cases.csv"
    file.write_text(
        "customer,subject,state,opened_at,resolved_at\n"
        "Anna Nowak,Old oven,closed,2026-03-02 09:00,2026-03-02 12:00\n"
        "Rye Ltd,New oven,new,,\n"
    )
    _run(shop, "records", "case", "import", file)
    old, new = sorted(shop.service(Cases).list(all=True), key=lambda each: each.subject)[::-1]
    assert (old.state, old.clock.resolution_minutes) == ("closed", 180)
    assert new.clock.respond_by is not None


def test_a_business_can_do_without(tmp_path: Any) -> None:
    """Left out of `use`, there is nothing of it."""
    with open_crm(tmp_path, '[plugins.operational]\nuse = ["tasks"]', plugins=["operational"]) as crm:
        staffed(crm)
        assert "case" not in crm.words.record_types.names
        with pytest.raises(NotFound):
            crm.service(Cases)
