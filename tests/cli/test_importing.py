"""`crm customers import`: what a person sees, and how they go on."""

from __future__ import annotations

import re
from collections.abc import Callable

from openpyxl import Workbook

from crmkit.core.exchange.targets import MEANINGS
from crmkit.testing import run_crm
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
    assert "Shoe size → field:shoe_size" in looked.stderr
    assert "Not imported: Shoe size" not in looked.stderr
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


def test_what_is_left_out_on_purpose_is_named_and_asks_for_nothing(shop: Shell) -> None:
    """Whoever said `ignore` is not told how to say what the column is; a row that changes what an earlier one
    of the file made is shown with that change alone."""
    rows = "Anna,anna@example.org,x\nAnna N.,anna@example.org,y\n"
    (shop.folder / "in.csv").write_text(f"name,email,Memo\n{rows}", encoding="utf-8")
    said = shop.run("customers", "import", "in.csv", "--dry-run", "--map", "Memo=ignore")
    assert "Not imported, as you wished: Memo" in said.stderr
    assert "HEADER=TARGET" not in said.stderr
    assert "name: Anna → Anna N." in said.stdout
    assert "customer →" not in said.stdout


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


AGAIN = """
[identities]
card = "Number of the card"
hubspot = "Number in HubSpot"

[imports.till]
what = "interactions"
unknown = "ignore"

[imports.till.map]
Karta = "identity:card"
Kiedy = "at"
Suma = "amount"

[imports.till.defaults]
type = "purchase"
channel = "in_person"

[imports.sales]
preset = "hubspot"
"""


def test_a_file_that_comes_again_is_read_as_crm_toml_says(started: Callable[..., Shell]) -> None:
    """Its columns mean what the mapping says, what no column has is the same for all rows, and a column that
    nobody told of is left out; a mapping is of one kind of file."""
    shop = started(toml=AGAIN)
    (shop.folder / "people.csv").write_text("name,No\nAnna,7\n", encoding="utf-8")
    shop.run("customers", "import", "people.csv", "--map", "No=identity:card")
    (shop.folder / "day.csv").write_text(
        "Karta,Kiedy,Suma,Kasa\n7,2026-05-04 10:00,12.50,3\n", encoding="utf-8"
    )
    assert "Kasa" in shop.run("interactions", "import", "day.csv", status=5).stderr
    report = shop.json("interactions", "import", "day.csv", "--mapping", "till")
    assert (report["created"], report["unmapped"]) == (1, ["Kasa"])
    (bought,) = shop.json("interactions", "list", "1")
    assert (bought["type"], bought["amount"], bought["channel"]) == ("purchase", "12.50", "in_person")
    assert (
        "interactions"
        in shop.error("customers", "import", "day.csv", "--mapping", "till", status=5)["message"]
    )


def test_the_product_whose_export_it_is_can_be_said_once(started: Callable[..., Shell]) -> None:
    """A file with too few columns to be known by them is read as that product's all the same."""
    shop = started(toml=AGAIN)
    (shop.folder / "few.csv").write_text("Record ID,Email\n51,anna@example.org\n", encoding="utf-8")
    assert "Record ID" in shop.run("customers", "import", "few.csv", status=5).stderr
    report = shop.json("customers", "import", "few.csv", "--mapping", "sales")
    assert report["columns"]["Record ID"] == "identity:hubspot"


def test_numbers_are_those_of_the_business_country_and_reasons_in_the_language(shop: Shell) -> None:
    """A number as people in Warsaw write it is taken; empty lines at the end of a table are none; a row that
    cannot be taken says why in Polish, and in English to programs."""
    rows = "name,phone,email\nAnna,512 345 678,\nJan,,broken\n,,\n,,\n"
    (shop.folder / "in.csv").write_text(rows, encoding="utf-8")
    config = {"CRMKIT_CONFIG": str(shop.folder / "crm.toml"), "CRMKIT_LANGUAGE": "pl"}
    said = run_crm("customers", "import", str(shop.folder / "in.csv"), env=config).stderr
    assert "2 wiersze (nowe: 1, odrzucone: 1)" in said
    assert 'wiersz 3: "broken" nie jest użytecznym adresem e-mail.' in said
    assert shop.json("find", "+48512345678")[0]["name"] == "Anna"
    sample = shop.json("customers", "import", "in.csv", "--dry-run")["samples"]["rejected"][0]
    assert sample["reason"].startswith('"broken" is not a usable e-mail address. ')


def test_a_column_that_nobody_can_tell_gets_a_few_suggestions(shop: Shell) -> None:
    """Targets spelled like its header are suggested, not all that there are: where these are listed is said,
    and there they are, each one."""
    (shop.folder / "in.csv").write_text("Nmae,Telephon,Memo\nAnna,,x\n", encoding="utf-8")
    said = shop.run("customers", "import", "in.csv", status=5).stderr
    assert said.splitlines()[2:] == [
        "  --map Nmae=name", "  --map Telephon=phone   (or phone:mobile)", "  --map Memo=ignore",
    ]  # fmt: skip
    meant = shop.error("customers", "import", "in.csv", "--map", "Memo=adres.city", status=5)
    assert meant["hint"].startswith("Did you mean address.city")
    for what in MEANINGS:
        assert f"crm {what} import --help" in shop.run(what, "import", "in.csv", status=5).stderr
        listed = " ".join(shop.run(what, "import", "--help").stdout.split())
        names = [each.split(":")[0].replace("address.PART", "address.city") for each in MEANINGS[what]]
        assert [each for each in names if each not in listed] == []


def test_a_file_without_a_line_of_names_leaves_nobody_in_the_settings(shop: Shell) -> None:
    """Its first customer is not taken for the columns' names, and none of it becomes a field."""
    before = (shop.folder / "crm.toml").read_text(encoding="utf-8")
    (shop.folder / "bare.csv").write_text("Jan,jan@example.org\nEwa,ewa@example.org\n", encoding="utf-8")
    (shop.folder / "who.csv").write_text("Shoe,Hat\n37,52\n", encoding="utf-8")
    said = shop.error("customers", "import", "bare.csv", "--declare", status=5)
    assert '"jan@example.org" is somebody\'s' in said["message"]
    assert "name,email,phone" in said["hint"]
    said = shop.error("customers", "import", "who.csv", "--declare", status=5)
    assert "No column says who" in said["message"]
    assert (shop.folder / "crm.toml").read_text(encoding="utf-8") == before


def test_columns_may_be_named_after_an_address(shop: Shell) -> None:
    """Exports of mailing lists have a column for each list; beside names, its address is a name too."""
    (shop.folder / "in.csv").write_text("name,news@example.org\nAnna,1\n", encoding="utf-8")
    assert "1 created" in shop.run("customers", "import", "in.csv", "--ignore-unknown").stderr


def test_codes_are_not_declared_as_numbers(shop: Shell) -> None:
    """Phone numbers, and several numbers in a cell, would be lost in one; groups of thousands are one."""
    (shop.folder / "in.csv").write_text(
        "name,Boss,Sizes,Worth\nAnna,601 234 567,36 37,12 500\nEwa,602.234.567,38,1 200\n", encoding="utf-8"
    )
    said = shop.run("customers", "import", "in.csv", "--declare", "--dry-run").stderr
    assert "[fields.boss] text" in said
    assert "[fields.sizes] text" in said
    assert "[fields.worth] number" in said


def test_a_short_header_is_not_taken_for_another(shop: Shell) -> None:
    """A copied suggestion would put notes among the phone numbers."""
    (shop.folder / "in.csv").write_text("name,VIP,Notice\nAnna,yes,late\n", encoding="utf-8")
    refused = shop.run("customers", "import", "in.csv", status=5).stderr
    assert "--map VIP=ignore" in refused
    assert "--map Notice=ignore" in refused


def test_what_was_refused_is_not_taken_for_known_in_silence(started: Callable[..., Shell]) -> None:
    """Rows with nothing but a name are not made twice; where some of them were refused, the way on is said,
    and it leads there."""
    shop = started(toml="[fields.hat]\ntype = 'choice'\nchoices = ['red']\n")
    (shop.folder / "in.csv").write_text("name;hat\nAnna;blue\nBea;red\n", encoding="utf-8")
    assert "1 created, 1 rejected" in shop.run("customers", "import", "in.csv").stderr
    file = shop.folder / "crm.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("['red']", "['red', 'blue']"), "utf-8")
    said = shop.run("customers", "import", "in.csv").stderr
    assert "if it was refused then, import in.rejects.csv" in said
    assert "1 created" in shop.run("customers", "import", "in.rejects.csv").stderr


def test_a_german_sheet_is_understood_as_it_is(started: Callable[..., Shell]) -> None:
    """Headers, days, phone numbers without a country, amounts with groups; what is left becomes fields."""
    shop = started(toml="[fields.birthday]\ntype = 'date'\n")
    file = shop.folder / "crm.toml"
    file.write_text(re.sub(r"locale = .*", 'locale = "de_DE"', file.read_text(encoding="utf-8")), "utf-8")
    (shop.folder / "kunden.csv").write_text(
        "Vorname;Nachname;E-Mail-Adresse;Telefon;Geburtstag;Straße;PLZ;Ort;Bestellwert\n"
        "Jürgen;Müller;jm@example.org;0171 2345678;03.04.1965;Hauptstr. 5;10115;Berlin;1.234,50\n"
        "Eva;Groß;eva@example.org;;31.12.1980;Am Weg 7;80331;München;99,90\n",
        encoding="utf-8-sig",
    )
    assert "2 created" in shop.run("customers", "import", "kunden.csv", "--declare").stderr
    columns = "name,birthday,phone,address.city,address.postcode,bestellwert"
    sheet = shop.run("customers", "export", "--fields", columns).stdout.splitlines()
    assert sheet[1] == "Jürgen Müller,1965-04-03,0171 2345678,Berlin,10115,1234.50"
