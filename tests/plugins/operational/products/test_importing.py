"""Products and prices out of a shop's file."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmkit import Crm, Invalid, NotFound
from crmkit.plugins.operational.api import Prices, Products
from crmkit.plugins.operational.products.importing import import_products
from crmkit.testing import run_crm

_SHOP = """sku,name,unit,tax,price,currency,list,from_quantity
RYE,"Rye bread, large",loaf,5,8.40,,,
RYE,,,,7.90,,,20
RYE,,,,6.10,,wholesale,10
CAKE,Żurek cake,,8,"1 250,00",PLN,,
BAD,,,,1,,,
CAKE,,,,dear,,,
"""


def test_a_file_is_taken_in_once(crm_both: Crm, tmp_path: Path) -> None:
    """Products and prices come in; wrong lines are named; the same file again changes nothing."""
    path = tmp_path / "shop.csv"
    path.write_text(_SHOP, encoding="utf-8")
    found = import_products(crm_both, path)
    assert (found.created, found.unchanged, found.prices) == (2, 2, 4)
    assert [line for line, _ in found.problems] == [6, 7]
    assert "has no name" in found.problems[0][1]
    again = import_products(crm_both, path)
    assert (again.created, again.updated, again.unchanged, again.prices) == (0, 0, 4, 0)
    assert crm_both.service(Products).get("RYE").name == "Rye bread, large"
    assert str(crm_both.service(Prices).on("CAKE", currency="PLN").amount) == "1250.00 PLN"


def test_a_dry_run_keeps_nothing(crm: Crm, tmp_path: Path) -> None:
    """It counts what there would be."""
    path = tmp_path / "shop.csv"
    path.write_text(_SHOP, encoding="utf-8")
    assert import_products(crm, path, dry_run=True).created == 2
    assert crm.service(Products).list() == ()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_files_as_spreadsheets_write_them(crm: Crm, tmp_path: Path, delimiter: str) -> None:
    """Parted by commas, semicolons or tabs, with a mark at the beginning and headings in any case."""
    path = tmp_path / "shop.csv"
    lines = [("SKU", "Name", "Price"), ("RYE", "Rye", "8.40"), ("", "", "")]
    path.write_text("\r\n".join(map(delimiter.join, lines)), encoding="utf-8-sig")
    assert import_products(crm, path).created == 1


def test_a_share_is_no_tax(crm: Crm, tmp_path: Path) -> None:
    """What a workbook shows as 8% it hands over as 0.08: that is told, and not kept as 0.08 %."""
    path = tmp_path / "shop.csv"
    path.write_text("sku,name,tax\nRYE,Rye,0.08\nTEA,Tea,0\nCAKE,Cake,8\n", encoding="utf-8")
    [(line, said)] = import_products(crm, path).problems
    assert (line, "write 8 for 8 %" in said) == (2, True)
    assert str(crm.service(Products).get("TEA").tax_rate) == "0"


def test_a_file_that_is_none(crm: Crm, tmp_path: Path) -> None:
    """One that is missing, no table, without SKUs or with a stranger's column is refused as a whole."""
    path = tmp_path / "shop.csv"
    with pytest.raises(NotFound):
        import_products(crm, path)
    for content, why in (
        (b"%PDF-1.7\n", "PDF"),
        (b"name\nRye\n", 'no column "sku"'),
        (b"sku,ean\n", '"ean"'),
    ):
        path.write_bytes(content)
        with pytest.raises(Invalid, match=why):
            import_products(crm, path)


def test_days_as_a_sheet_writes_them(crm: Crm, tmp_path: Path) -> None:
    """A price begins on a day with dots; what is no day is named."""
    path = tmp_path / "shop.csv"
    path.write_text(
        "sku;name;price;valid_from\nRYE;Rye;8,40;1.2.2027\nTEA;Tea;3;2/1/2027\n", encoding="utf-8"
    )
    assert [line for line, _ in import_products(crm, path).problems] == [3]
    [price] = crm.service(Prices).of("RYE")
    assert str(price.valid_from) == "2027-02-01"


def test_an_older_encoding_and_a_damaged_row(crm: Crm, tmp_path: Path) -> None:
    """An encoding that the letters tell is taken and said; a damaged row is named by its line."""
    path = tmp_path / "shop.csv"
    sold = 'sku,name,price\nRYE,"Chleb żytni,\nduży",8.40\nBAD,a,b,c\nCAKE,Ciasto źdźbło\nTEA,Gżegżółka,3\n'
    path.write_bytes(sold.encode("cp1250"))
    ask = ("--config", crm.config.path, "products")
    imported = run_crm(*ask, "import", str(path))
    assert "its letters say Windows-1250" in imported.stderr
    assert "line 4 was left out: The row has 4 columns, the header 3" in imported.stderr
    names = {row["sku"]: row["name"] for row in run_crm(*ask, "list", "--json").json}
    assert (names["CAKE"], names["TEA"]) == ("Ciasto źdźbło", "Gżegżółka")
    told = run_crm(*ask, "import", str(path), "--encoding", "cp1250", "--json").json
    assert (told["notes"], told["unchanged"]) == ([], 3)


def test_the_commands(crm: Crm, tmp_path: Path) -> None:
    """`crm products`, as a person and as a program read it."""
    path = tmp_path / "shop.csv"
    path.write_text(_SHOP, encoding="utf-8")
    ask = ("--config", crm.config.path, "products")
    imported = run_crm(*ask, "import", str(path))
    assert "2 new products" in imported.stderr
    assert "line 6 was left out" in imported.stderr
    assert "Nothing was written" in run_crm(*ask, "import", str(path), "--dry-run").stderr
    rows = run_crm(*ask, "list", "--json").json
    assert [(row["sku"], row["price"]) for row in rows] == [("CAKE", None), ("RYE", "8.40 EUR")]
    shown = run_crm(*ask, "show", "RYE", "--quantity", "12", "--list", "wholesale")
    assert "6.10 EUR / loaf (wholesale)" in shown.stdout
    assert run_crm(*ask, "show", "RYE", "--json").json["price"]["price"] == "8.40 EUR"
    assert "costs 9.00 EUR (standard) for 50 or more" in run_crm(
        *ask, "price", "RYE", "9", "--from-quantity", "50", "--since", "1.2.2026"
    ).stderr  # fmt: skip
    assert "crm products archive TEA" in run_crm(*ask, "add", "TEA", "Tea", "--price", "3").stderr
    assert "crm products restore TEA" in run_crm(*ask, "archive", "tea").stderr
    assert "TEA" not in run_crm(*ask, "list").stdout
    assert "sold again" in run_crm(*ask, "restore", "tea").stderr
