"""`crm customers import`: what a person sees, and how they go on."""

from __future__ import annotations

from openpyxl import Workbook

from tests.cli.conftest import Shell

HUBSPOT = (
    "Record ID,First Name,Last Name,Email,Contact owner,Lifecycle Stage,Company name,Shoe size\n"
    "51,Anna,Nowak,anna@example.org,,Customer,Acme,37\n52,Jan,Kot,broken,,Lead,Acme,42\n"
)


def test_a_file_of_another_crm_from_look_to_undo(shop: Shell) -> None:
    """Look, declare, import, keep the mapping, go again, take it back: each step names the next."""
    (shop.folder / "hub.csv").write_text(HUBSPOT, encoding="utf-8")
    refused = shop.run("customers", "import", "hub.csv", status=5).stderr
    assert "--declare" in refused
    assert "first declare it" in refused
    words = ("customers", "import", "hub.csv", "--declare")
    looked = shop.run(*words, "--dry-run")
    assert "Would be declared" in looked.stderr
    assert "Anna Nowak" in looked.stdout
    assert "shoe_size" not in (shop.folder / "crm.toml").read_text(encoding="utf-8")
    said = shop.run(*words, "--save-map", "hub", "-v").stderr
    for part in (
        "export of HubSpot",
        "[identities] hubspot",
        "[fields.shoe_size] number",
        "1 created, 1 rejected",
    ):
        assert part in said
    assert "Undo: crm undo import:1" in said
    assert " s  understand" in said
    report = shop.json("customers", "import", "hub.csv", "--mapping", "hub")
    assert (report["created"], report["unchanged"], report["rejected"]) == (0, 1, 1)
    assert report["undo"] is None
    assert report["columns"]["Record ID"] == "identity:hubspot"
    shop.run("undo", "import:1", "--yes")
    assert shop.json("customers", "list") == []


def test_a_dry_run_for_programs(shop: Shell) -> None:
    """Samples with old and new values are in the JSON too, and what was left out is named."""
    shop.run("customers", "add", "--name", "Anna", "--email", "anna@example.org")
    (shop.folder / "in.csv").write_text("name,email,Memo\nAnna N.,anna@example.org,x\n", encoding="utf-8")
    report = shop.json("customers", "import", "in.csv", "--dry-run", "--ignore-unknown")
    assert report["unmapped"] == ["Memo"]
    (sample,) = report["samples"]["updated"]
    assert sample["changes"] == {"name": {"old": "Anna", "new": "Anna N."}}
    assert report["import"] is None


def test_what_a_file_is_written_in_and_which_sheet_is_meant(shop: Shell) -> None:
    """Letters of which nobody can tell how they are encoded are read as somebody says; of a workbook the
    sheet is read that is meant."""
    (shop.folder / "old.csv").write_bytes("name,city\nŚwiątek,Łódź\n".encode("cp852"))
    assert "--encoding" in shop.error("customers", "import", "old.csv", status=5)["hint"]
    shop.run("customers", "import", "old.csv", "--encoding", "cp852")
    book = Workbook()
    book.create_sheet("Of May").append(["name"])
    book["Of May"].append(["Anna Nowak"])
    book.save(shop.folder / "book.xlsx")
    assert "Of May" in shop.run("customers", "import", "book.xlsx", "--sheet", "may", status=5).stderr
    shop.run("customers", "import", "book.xlsx", "--sheet", "Of May")
    assert {each["name"] for each in shop.json("customers", "list")} == {"Świątek", "Anna Nowak"}
