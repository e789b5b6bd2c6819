"""Products and their prices, through the API."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from crmkit import Crm, Invalid, Money, NotAllowed, NotFound
from crmkit.plugins.operational.api import Prices, Products
from crmkit.testing import run_crm


def test_a_product_is_saved_changed_and_left_as_it_is(crm_both: Crm) -> None:
    """It is known by its SKU in any case; what is not given stays, and every change is logged."""
    products = crm_both.service(Products)
    rye, outcome = products.save("RYE-1", "Rye bread", unit="loaf", tax_rate="5,0 %")
    assert (outcome, rye.name, rye.unit, str(rye.tax_rate)) == ("created", "Rye bread", "loaf", "5")
    assert products.save("rye-1", tax_rate="8")[1] == "updated"
    assert products.save("rye-1", "Rye bread")[1] == "unchanged"
    assert (products.get("Rye-1").unit, str(products.get("RYE-1").tax_rate)) == ("loaf", "8")


def test_what_cannot_be_a_product(crm: Crm) -> None:
    """A nameless one, one without a SKU, and a rate that is none are refused by name."""
    products = crm.service(Products)
    for sku, name, tax in (("RYE", None, "5"), (" ", "Rye", "5"), ("A B", "Rye", "5"), ("RYE", "Rye", "105")):
        with pytest.raises(Invalid):
            products.save(sku, name, tax_rate=tax)
    for tax in ("NaN", "-1", "five", "1e-9", "Infinity"):
        with pytest.raises(Invalid, match="tax"):
            products.save("RYE", "Rye", tax_rate=tax)
    assert products.list() == ()


def test_an_unknown_product_has_a_nearest(crm: Crm) -> None:
    """Whoever mistypes a SKU is told which there is."""
    crm.service(Products).save("RYE-1", "Rye bread")
    with pytest.raises(NotFound) as caught:
        crm.service(Products).get("RYE-2")
    assert caught.value.hint == 'Did you mean "RYE-1"?'


def test_an_archived_product_is_out_of_the_list(crm_both: Crm) -> None:
    """It is sold no more, and is still there; it can be sold again."""
    products = crm_both.service(Products)
    products.save("RYE-1", "Rye bread")
    assert products.archive("RYE-1").is_archived
    assert products.list() == ()
    assert [each.sku for each in products.list(archived=True)] == ["RYE-1"]
    assert not products.restore("RYE-1").is_archived
    assert [each.sku for each in products.list()] == ["RYE-1"]


def test_the_price_of_a_day_a_quantity_and_a_list(crm_both: Crm) -> None:
    """The newest price that holds counts, of the largest quantity reached; a list goes first."""
    products, prices = crm_both.service(Products), crm_both.service(Prices)
    products.save("RYE", "Rye bread")
    prices.set("RYE", "8.40", valid_from=date(2026, 1, 1))
    prices.set("RYE", "7.90", from_quantity=20, valid_from=date(2026, 1, 1))
    prices.set("RYE", "8.80", valid_from=date(2026, 6, 1))
    prices.set("RYE", "5", valid_from=date(2026, 7, 1), valid_until=date(2026, 7, 7))
    prices.set("RYE", "6.10", price_list="wholesale", from_quantity=10, valid_from=date(2026, 1, 1))
    prices.set("RYE", "9", "USD", valid_from=date(2026, 1, 1))

    def price(day: date, quantity: int = 1, *lists: str) -> str:
        return str(prices.on("RYE", quantity=quantity, day=day, lists=lists).amount)

    spring, summer = date(2026, 3, 1), date(2026, 6, 1)
    assert price(spring) == "8.40 EUR"
    assert price(spring, 19) == "8.40 EUR"
    assert price(spring, 20) == "7.90 EUR"
    assert price(date(2026, 5, 31)) == "8.40 EUR"
    assert price(summer) == "8.80 EUR"
    assert price(date(2026, 7, 7)) == "5.00 EUR"
    assert price(date(2026, 7, 8)) == "8.80 EUR"
    assert price(spring, 10, "wholesale") == "6.10 EUR"
    assert price(spring, 9, "wholesale") == "8.40 EUR"
    assert prices.on("RYE", currency="USD", day=spring).amount == Money.of("9", "USD")
    with pytest.raises(NotFound, match="no price in EUR for 1 on 2025-12-31"):
        price(date(2025, 12, 31))


def test_a_price_is_set_again(crm_both: Crm) -> None:
    """That of the same day is corrected; one that holds already is not said twice."""
    crm_both.service(Products).save("RYE", "Rye bread")
    prices = crm_both.service(Prices)
    assert prices.set("RYE", "8.40", valid_from=date(2025, 1, 1))[1] == "created"
    assert prices.set("RYE", "8.40")[1] == "unchanged"
    assert prices.set("RYE", "8.50", valid_from=date(2025, 1, 1))[1] == "updated"
    assert [str(each.amount) for each in prices.of("RYE")] == ["8.50 EUR"]


def test_what_cannot_be_a_price(crm: Crm) -> None:
    """An amount below nothing, one that ends before it begins, a nameless list, an unknown currency."""
    crm.service(Products).save("RYE", "Rye bread")
    prices = crm.service(Prices)
    with pytest.raises(Invalid, match="less than nothing"):
        prices.set("RYE", "-1")
    with pytest.raises(Invalid, match="before it begins"):
        prices.set("RYE", "1", valid_from=date(2026, 2, 1), valid_until=date(2026, 1, 31))
    with pytest.raises(Invalid, match="name of a price list"):
        prices.set("RYE", "1", price_list=" ")
    with pytest.raises(Invalid, match="not a currency"):
        prices.set("RYE", "1", "XXQ")
    assert prices.of("RYE") == ()


def test_products_take_the_permissions_of_records(crm: Crm) -> None:
    """Whoever may only look cannot set prices."""
    crm.people.add("Boss")
    crm.people.add("Vera", role="viewer")
    crm.acting_as("Boss").service(Products).save("RYE", "Rye bread")
    vera = crm.acting_as("Vera")
    assert len(vera.service(Products).list()) == 1
    with pytest.raises(NotAllowed):
        vera.service(Prices).set("RYE", "1")
    with pytest.raises(NotAllowed):
        vera.service(Products).archive("RYE")


def test_what_is_sold_no_more_and_what_a_price_is_for_a_while(crm: Crm) -> None:
    """Both are said where they are asked for: in the list, and in the receipt."""

    def products(*words: str) -> str:
        answer = run_crm("--config", crm.config.path, "products", *words)
        return answer.stdout + answer.stderr

    products("add", "RYE", "Rye bread", "--price", "8.40")
    products("add", "OAT", "Oat bread")
    products("archive", "OAT")
    assert "OAT" not in products("list")
    (line,) = [line for line in products("list", "--archived").splitlines() if "OAT" in line]
    assert "sold no more" in line
    year = datetime.now(UTC).year + 1
    easter = ("price", "RYE", "6", "--since", f"{year}-03-25", "--until", f"{year}-03-28")
    assert f"RYE costs 6.00 EUR (standard) since {year}-03-25 until {year}-03-28" in products(*easter)
    assert "RYE already costs 6.00 EUR" in products(*easter)
    for day, amount in ((f"{year}-03-28", "6.00"), (f"{year}-03-29", "8.40")):
        assert f"On {day}: {amount} EUR" in products("show", "RYE", "--on", day)
