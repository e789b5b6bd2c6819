"""Rules, settings, commands and imports of loyalty."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from crmkit import Crm, CrmError, CustomerDraft, Invalid, NotFound
from crmkit.core.clock import FakeClock
from crmkit.plugins.operational.api import Coupons, Loyalty, PointsImport
from crmkit.testing import open_crm, run_crm

SECTION = "[plugins.operational.loyalty]\n"


def add(crm: Crm, name: str = "Anna Nowak") -> int:
    """A new customer's id."""
    return crm.customers.save(CustomerDraft(name=name)).id


def test_rules_give_points_and_coupons_and_an_undo_takes_them_back(tmp_path: Path) -> None:
    """Once for each occasion; what is spent or redeemed by then stays, and is named."""
    toml = SECTION + 'stamps.bread = { on = "purchase", needs = 10, reward = "free-bread" }\n'
    toml += '[rules.gift]\nrun = "daily"\npoints = 50\nreason = "Hello {{ customer.name }}"\n'
    toml += '[rules.bread]\nrun = "daily"\ncoupon = "free-bread"\ndays = 3\n'
    with open_crm(tmp_path, toml, plugins=["operational"], clock=FakeClock()) as crm:
        anna, bea = add(crm), add(crm, "Bea Lis")
        loyalty, coupons = crm.service(Loyalty), crm.service(Coupons)
        number = crm.strategy.plan().number
        assert crm.strategy.apply(number).done == 4
        assert loyalty.statement(anna).lines[0].what == "Awarded: Hello Anna Nowak"
        assert loyalty.balance(bea) == 50
        loyalty.spend(bea, 1)
        coupons.redeem(loyalty.statement(bea).coupons[0].code)
        receipt = crm.undo.undo(f"plan:{number}")
        reasons = {each.reason for each in receipt.left}
        assert reasons == {"the points are spent, at least in part", "the coupon is redeemed"}
        assert (loyalty.balance(anna), loyalty.balance(bea)) == (0, 49)
        assert [each.state for each in coupons.list(customer_ids=[anna])] == ["void"]


def test_a_rule_follows_a_tier(tmp_path: Path) -> None:
    """`on = "loyalty.tier"` acts when somebody comes into another tier."""
    toml = SECTION + 'tiers = [{ name = "silver", points = 100 }]\nrewards.cake = {}\n'
    toml += '[rules.welcome]\non = "loyalty.tier"\nwho = "loyalty_tier = \'silver\'"\ncoupon = "cake"\n'
    with open_crm(tmp_path, toml, plugins=["operational"], clock=FakeClock()) as crm:
        crm.strategy.plan()
        anna = add(crm)
        crm.service(Loyalty).award(anna, 100)
        crm.strategy.apply(crm.strategy.plan().number)
        assert [each.label for each in crm.service(Coupons).list()] == ["Cake"]


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ('earn.x = { on = "purchase" }', "points"),
        ('earn.x = { on = "purchase", points = "1", round = "sideways" }', "sideways"),
        ('expire = "soon"', "soon"),
        ('stamps.x = { on = "purchase", needs = 0, reward = "bread" }', "0 is not a number from 1"),
        ('stamps."Big Card" = { on = "purchase", needs = 5, reward = "bread" }', "Big Card"),
        ('tiers = [{ name = "a", points = 9 }, { name = "b", points = 5 }]', "more points"),
        ('tiers = [{ name = "a", points = 5 }, { name = "a", points = 9 }]', "same name"),
        ("rewards.cake = { points = -5 }", "-5 is not a number"),
    ],
)
def test_a_wrong_setting_is_named_with_its_place(tmp_path: Path, toml: str, said: str) -> None:
    """What cannot be meant is refused when the business is opened, with the file and line."""
    with (
        pytest.raises(CrmError, match=said),
        open_crm(tmp_path, SECTION + toml, plugins=["operational"]),
    ):
        pass


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ('earn.x = { on = "purchase", points = "amuont / 10" }', "amuont"),
        ('earn.x = { on = "purchase", points = "1", where = "outlet = 5" }', "outlet = 5"),
        ('earn.x = { on = "purchas", points = "1" }', "purchas"),
        ('earn.x = { on = "points.awarded", points = "1" }', "earn for ever"),
    ],
)
def test_check_names_a_wrong_formula(tmp_path: Path, rule: str, said: str) -> None:
    """`crm check` shows the place in the formula; meanwhile nobody's other points are held up."""
    toml = SECTION + rule + '\nearn.good = { on = "purchase", points = "amount" }\n'
    with open_crm(tmp_path, toml, plugins=["operational"]) as crm:
        answer = run_crm("--config", crm.config.path, "check")
        assert answer.status == 6
        assert said in answer.stdout + answer.stderr
        assert "loyalty.earn.x" in answer.stdout + answer.stderr
        anna = add(crm)
        crm.interactions.record(anna, "purchase", amount=500)
        assert crm.service(Loyalty).balance(anna) == 5


def test_the_commands(crm_both: Crm) -> None:
    """What people type at the counter, as a person and as a program read it."""
    config = ("--config", crm_both.config.path)
    add(crm_both)
    given = run_crm(*config, "loyalty", "award", "Anna Nowak", "600", "--reason", "Birthday")
    assert (given.status, given.stdout) == (0, "")
    assert "600 points for Anna Nowak; 600 points now" in given.stderr
    assert "crm loyalty cancel" in given.stderr
    tour = run_crm(*config, "loyalty", "redeem", "Anna Nowak", "tour", "--json").json
    assert (tour["points"], tour["balance"], tour["coupon"]["label"]) == (-200, 400, "A tour")
    code = tour["coupon"]["code"]
    shown = run_crm(*config, "loyalty", "statement", "Anna Nowak").stdout
    assert "Anna Nowak: 400 points, tier silver" in shown
    assert f"Coupon {code}" in shown
    assert "Awarded: Birthday" in shown
    assert "silver" in run_crm(*config, "loyalty", "tiers").stdout
    assert code in run_crm(*config, "loyalty", "coupons", "list", "--state", "open").stdout
    assert "Redeemed by Anna Nowak" in run_crm(*config, "loyalty", "coupons", "redeem", code).stderr
    again = run_crm(*config, "loyalty", "coupons", "redeem", code)
    assert again.status != 0
    assert "redeemed already" in again.stderr
    issued = run_crm(*config, "loyalty", "coupons", "issue", "1", "free-bread", "--until", "2099-01-31", "-q")
    assert "is void" in run_crm(*config, "loyalty", "coupons", "void", issued.stdout.strip()).stderr
    too_many = run_crm(*config, "loyalty", "spend", "1", "401")
    assert "has 400 points, and 401 are needed" in too_many.stderr
    spent = run_crm(*config, "loyalty", "spend", "1", "50", "-q").stdout.strip()
    cancelled = run_crm(*config, "loyalty", "cancel", spent).stderr
    assert f"Cancelled movement {spent} of Anna Nowak; 400 points are left" in cancelled
    assert run_crm(*config, "loyalty", "cancel", spent).status != 0
    assert run_crm(*config, "loyalty", "expire").status == 0
    (section,) = crm_both.customers.profile(1).sections
    assert (section.title, section.lines[:2]) == ("Loyalty", (("Points", "400"), ("Tier", "silver")))


def test_balances_are_brought_along_once(crm_both: Crm, tmp_path: Path) -> None:
    """A rehearsal writes nothing; wrong lines are named; a second run enters nothing; an undo takes back
    what is not spent, and after it the file can be imported again."""
    anna, bea = add(crm_both), add(crm_both, "Bea Lis")
    file = tmp_path / "points.csv"
    file.write_text(
        "customer;points;expires;ref\n"
        f"{anna};120;31.12.2026;a1\n{bea};40;;b1\n999;5;;c1\n{anna};-3;;d1\n{anna};7;2020-01-01;e1\n{bea};1;;b1\n",
        encoding="utf-8",
    )
    imports, loyalty = crm_both.service(PointsImport), crm_both.service(Loyalty)
    rehearsed = imports.run(file, "till", dry_run=True)
    assert (rehearsed.entered, rehearsed.points, rehearsed.number) == (2, 160, None)
    assert [each.line for each in rehearsed.rejects] == [4, 5, 6, 7]
    assert loyalty.balance(anna) == 0
    assert imports.run(file, "till").number == 1
    again = imports.run(file, "till")
    assert (again.entered, again.repeated, again.number) == (0, 3, None)
    assert (loyalty.balance(anna), loyalty.balance(bea)) == (120, 40)
    loyalty.spend(bea, 1)
    assert crm_both.undo.preview("points:1").will == ("take 120 points of 1 line back",)
    undone = imports.undo(1)
    assert (undone.points, undone.left) == (120, (bea,))
    (listed,) = crm_both.undo.recent()
    assert (listed.ref, listed.undone_at) == ("points:1", None)  # one line of it stands
    third = imports.run(file, "till")
    assert (third.entered, third.points) == (1, 120)
    with pytest.raises(NotFound):
        imports.undo(7)
    assert crm_both.trait("points_expiring", anna, window=_days(400)) == 120


def test_a_file_of_another_shape_is_refused(crm: Crm, tmp_path: Path) -> None:
    """A missing or unknown column is named, before anything is read."""
    file = tmp_path / "points.csv"
    for head, said in (("name,points", 'no column "customer"'), ("customer,points,tel", 'column "tel"')):
        file.write_text(head + "\n1,2,3\n", encoding="utf-8")
        with pytest.raises(Invalid, match=said):
            crm.service(PointsImport).run(file, "till")
    with pytest.raises(Invalid, match="which system"):
        crm.service(PointsImport).run(file, " ")


def test_balances_on_a_sheet(crm: Crm, tmp_path: Path) -> None:
    """A workbook's sheet that is named is taken in as a CSV file is, numbers and dates with it."""
    book = Workbook()
    sheet = book.create_sheet("Balances")
    for row in (("Customer", "Points", "Expires"), (add(crm), 30, date(2099, 12, 31)), (999, 5)):
        sheet.append(row)
    book.save(tmp_path / "points.xlsx")
    ask = ("--config", crm.config.path, "loyalty", "import", tmp_path / "points.xlsx", "--source", "till")
    done = run_crm(*ask, "--sheet", "Balances", "--json").json
    assert (done["points"], [each["line"] for each in done["rejects"]]) == (30, [3])


def test_the_import_command(crm: Crm, tmp_path: Path) -> None:
    """As people type it: a preview, a receipt with its undo, and the undo."""
    add(crm)
    config, file = ("--config", crm.config.path, "loyalty", "import"), tmp_path / "points.csv"
    file.write_text("customer,points\n1,50\nnobody,5\n", encoding="utf-8")
    preview = run_crm(*config, str(file), "--source", "till", "--dry-run")
    assert "It would enter 50 points on 1 line, 1 left out" in preview.stderr
    assert "Line 3:" in preview.stderr
    receipt = run_crm(*config, str(file), "--source", "till")
    assert "crm undo points:1" in receipt.stderr
    undo = ("--config", crm.config.path, "undo")
    assert "take 50 points of 1 line back" in run_crm(*undo, "--yes").stderr
    assert "was undone before" in run_crm(*undo, "points:1", "--yes").stderr
    assert '"undone_at": "20' in run_crm(*undo, "--list", "--json").stdout


def _days(number: int) -> object:
    from crmkit.plugin import Duration

    return Duration(number, "day")
