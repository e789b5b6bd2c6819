"""What columns are taken for: by words of three languages, by values, by presets, by saved mappings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from crmkit import CustomerDraft
from crmkit.core.config import load
from crmkit.core.crm import Crm
from crmkit.core.errors import Conflict, Invalid, NotFound
from crmkit.core.exchange import import_customers, import_interactions
from crmkit.core.exchange.declaring import declare, new_fields
from crmkit.core.exchange.presets import PRESETS, recognised
from crmkit.core.exchange.saved import save_mapping
from crmkit.core.exchange.shapes import shape_of
from crmkit.core.exchange.targets import MEANINGS, parse_target, targets_of
from crmkit.core.model.customer import Identity
from crmkit.core.opening import upgrade_database
from crmkit.testing import open_crm

Write = Callable[..., Path]


@pytest.mark.parametrize(
    "header",
    [
        "shop,Imię i nazwisko,Adres e-mail,Numer telefonu,Miejscowość,Kod pocztowy",
        "shop,نام,ای میل,فون نمبر,شہر,پوسٹ کوڈ",
        "shop,Full Name,E-Mail Address,Telephone,Town,Zip",
    ],
)
def test_headers_in_three_languages(crm: Crm, csv_file: Write, header: str) -> None:
    """English, Polish and Urdu headers need no mapping."""
    report = import_customers(crm, csv_file(f"{header}\n1,Anna,a@example.org,600100200,Kraków,30-001\n"))
    targets = ["identity:shop", "name", "email", "phone", "address.city", "address.postcode"]
    assert [each.target for each in report.columns] == targets
    assert {each.how for each in report.columns} == {"header"}


def test_an_address_beside_a_city_is_a_street(crm: Crm, csv_file: Write) -> None:
    """The address is of all its parts; an export of ours, whose addresses are whole, is read as it was."""
    import_customers(crm, csv_file("shop,name,Address,City,Zip\n1,Anna,5 Oak Ave,Oakland,94601\n"))
    (address,) = crm.customers.get("shop:1").contact_points
    assert (address.street, address.value) == ("5 Oak Ave", "5 Oak Ave, Oakland, 94601")
    own = import_customers(crm, csv_file("shop,name,address,address.city\n2,Bea,Rynek 1 Łowicz,Łowicz\n"))
    assert [each.target for each in own.columns[2:]] == ["address", "address.city"]


def test_a_birthday_is_known_by_its_header(tmp_path: Path, csv_file: Write) -> None:
    """Where the business has that field; its days are read as the business's country writes them."""
    toml = 'locale = "en_US"\n[identities]\nshop = "Shop"\n[fields.birthday]\ntype = "date"\n'
    with open_crm(tmp_path, toml) as crm:
        import_customers(crm, csv_file("shop,name,Data urodzenia\n1,Anna,03/14/1980\n"))
        assert crm.customers.get("shop:1").fields["birthday"] == date(1980, 3, 14)


def test_values_tell_where_headers_do_not(crm: Crm, csv_file: Write) -> None:
    """Columns that are called nothing are judged by their values; those of somebody else never are."""
    rows = "".join(f"{i},A{i},a{i}@example.org,+48 600 100 20{i},30-00{i}\n" for i in range(5))
    report = import_customers(crm, csv_file(f"shop,name,,x,Column 5\n{rows}"))
    assert [each.target for each in report.columns[2:]] == ["email", "phone", "address.postcode"]
    assert {each.how for each in report.columns[2:]} == {"values"}
    with pytest.raises(Invalid, match="Assistant") as caught:
        import_customers(crm, csv_file(f"shop,name,Assistant's mail,x,y\n{rows}"))
    assert "--map 'Assistant'" in caught.value.hint.replace("\"'\"'", "'")


def test_values_of_interactions(crm: Crm, csv_file: Write) -> None:
    """Days and amounts are known by what they look like."""
    import_customers(crm, csv_file("shop,name\n1,Anna\n", "c.csv"))
    rows = "".join(f"1,2024-05-0{i},{i}.50\n" for i in range(1, 6))
    report = import_interactions(crm, csv_file(f"shop,a,b\n{rows}"), defaults={"type": "purchase"})
    assert [each.target for each in report.columns] == ["identity:shop", "at", "amount"]
    assert report.created == 5


@pytest.mark.parametrize(
    ("values", "shape"),
    [
        (["a@example.org", "b@example.com", "", "c@x.pl"], "email"),
        (["https://a.org", "www.b.org", "http://c.org"], "url"),
        (["2024-05-01", "1.5.2024", "2024-05-01 10:00"], "date"),
        (["00-950", "30-001", "31-999"], "postcode"),
        (["12.50", "€ 1 200,00", "3,99 PLN"], "money"),
        (["+48 600 100 200", "(12) 345 67 89", "600-100-200"], "phone"),
        (["1", "2", "3"], None),
        (["a@example.org", "no", "none", "never"], None),
        (["a@example.org"], None),
    ],
)
def test_shapes(values: list[str], shape: str | None) -> None:
    """Nearly all values must look alike, and there must be a few."""
    assert shape_of(values) == shape


EXPORTS = {
    "hubspot": "Record ID,First Name,Last Name,Email,Contact owner,Lifecycle Stage,Company name,Create Date\n"
    "51,Anna,Nowak,anna@example.org,,Marketing Qualified Lead,Acme,2024-01-02 10:00\n",
    "odoo": "External ID,Name,Is a Company,Related Company,Email,Language,Tags,Country,Display Name\n"
    'partner_7,Anna Nowak,False,Acme,anna@example.org,English (US),"vip,new",PL,"Acme, Anna"\n',
    "espocrm": "ID,First Name,Last Name,Account Name,Email,Assigned User Name,Modified By,Address City\n"
    "64aa,Anna,Nowak,Acme,anna@example.org,,admin,Kraków\n",
    "mailchimp": "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,CONFIRM_TIME,LEID,EUID,TAGS\n"
    'anna@example.org,Anna,Nowak,2,2023-05-01 10:00:00,2023-05-01 10:01:00,77,abc,"""vip"",""new"""\n',
}


@pytest.mark.parametrize("name", EXPORTS)
def test_exports_of_other_products(crm: Crm, csv_file: Write, name: str) -> None:
    """A product's export is recognised, whole, and in the product's own words; naming it does the same."""
    file = csv_file(EXPORTS[name])
    with pytest.raises(NotFound, match="hubspt"):
        import_customers(crm, file, preset="hubspt")
    report = import_customers(crm, file, dry_run=True, preset=name)
    recognised_ = import_customers(crm, file)
    assert recognised_.preset == report.preset is not None
    assert (recognised_.created, recognised_.rejected) == (1, 0)
    anna = crm.customers.get("anna@example.org")
    assert (anna.name, len(anna.identities)) == ("Anna Nowak", 1)
    if name == "hubspot":
        assert anna.lifecycle == "lead"
    if name == "odoo":
        assert (anna.tags, anna.locale, anna.is_organization) == (("new", "vip"), "en", False)
    if name == "mailchimp":
        assert anna.tags == ("new", "vip")
        assert crm.consent.state(anna.id, "newsletter", "email") == "granted"
    else:
        (tie,) = crm.customers.relationships(anna.id)
        assert crm.customers.get(tie.other_id).name == "Acme"
    assert import_customers(crm, file).unchanged == 1


def test_a_company_and_a_contact_may_have_one_number(crm: Crm, csv_file: Write) -> None:
    """HubSpot counts them apart: company 12 is not contact 12. One that was imported when nobody told them
    apart is found, and its number moves; the number of a person stays."""
    for name, is_firm, number in (("Old bakery", True, "11"), ("Jan", False, "13")):
        identity = (Identity("hubspot", number),)
        crm.customers.save(CustomerDraft(name=name, is_organization=is_firm, identities=identity))
    firms = "Record ID,Company name,Company owner\n11,Bakery,\n12,Mill,\n13,Farm,\n"
    assert import_customers(crm, csv_file(firms, "firms.csv")).created == 2
    people = "Record ID,First Name,Last Name,Contact owner,Company ID\n"
    people += "11,Ola,Lis,,12\n12,Anna,Nowak,,12\n13,Jan,,,\n"
    assert import_customers(crm, csv_file(people)).created == 2
    known_as = {
        "hubspot_company:11": "Bakery", "hubspot_company:12": "Mill", "hubspot_company:13": "Farm",
        "hubspot:11": "Ola Lis", "hubspot:12": "Anna Nowak", "hubspot:13": "Jan",
    }  # fmt: skip
    for reference, name in known_as.items():
        customer = crm.customers.get(reference)
        assert (customer.name, len(customer.identities)) == (name, 1)


def test_presets_are_told_apart() -> None:
    """No export is taken for two products', and an ordinary file for none's."""
    for name, text in EXPORTS.items():
        found = recognised(text.splitlines()[0].split(","))
        assert found is not None
        assert found.name == name
    assert recognised(["id", "name", "email", "country"]) is None
    assert len({preset.name for preset in PRESETS}) == len(PRESETS)


def test_every_target_is_explained(crm: Crm) -> None:
    """The reference lists each target, and each that it lists can be written."""
    for what, meanings in MEANINGS.items():
        explained = {text.partition(":")[0].split(".")[0] for text in meanings}
        assert {text.partition(":")[0].split(".")[0] for text in targets_of(what)} <= explained
    assert str(parse_target("email 2:work", "customers", crm.words)) == "email:work"


def test_unknown_columns_are_left_out_when_wished(crm: Crm, csv_file: Write) -> None:
    """They are listed, and nothing else changes."""
    report = import_customers(crm, csv_file("shop,name,Star sign\n1,Anna,leo\n"), unknown="ignore")
    assert (report.created, report.unmapped) == (1, ("Star sign",))


def test_a_saved_mapping(crm: Crm, csv_file: Write, tmp_path: Path) -> None:
    """A mapping is kept with its defaults, beside the comments; a column that is missing next time is not."""
    toml = tmp_path / "crm.toml"
    toml.write_text(toml.read_text(encoding="utf-8") + "# keep me\n", encoding="utf-8")
    file = csv_file("Nr,Kto,Znak\n1,Anna,leo\n")
    mapping = {"Nr": "identity:shop", "Kto": "name", "Znak": "ignore"}
    report = import_customers(crm, file, mapping=mapping, defaults={"tag": "old"}, dry_run=True)
    save_mapping(crm.config, "monthly", "customers", report, {"tag": "old"})
    assert "# keep me" in toml.read_text(encoding="utf-8")
    with Crm.open(toml) as again:
        short = csv_file("Nr,Kto\n1,Anna\n")
        done = import_customers(again, short, saved="monthly")
        assert {each.how for each in done.columns} == {"mapping"}
        assert again.customers.get("shop:1").tags == ("old",)
        with pytest.raises(NotFound, match="montly"):
            import_customers(again, short, saved="montly")
        with pytest.raises(Invalid, match="for customers"):
            import_interactions(again, short, saved="monthly")
        with pytest.raises(Conflict, match="monthly"):
            save_mapping(again.config, "monthly", "customers", done, {})


def test_declared_fields_are_typed_from_the_data(crm: Crm, csv_file: Write, tmp_path: Path) -> None:
    """Columns that nobody can tell become fields of the type that all their values have."""
    rows = "".join(
        f"{i},A{i},{i}.25,2024-05-0{i},{'yes' if i % 2 else 'no'},0{i},{'ab'[i % 2]},\n" for i in range(1, 10)
    )
    rows += "".join(f"{i},B{i},,,,,{'ab'[i % 2]},\n" for i in range(10, 20))
    file = csv_file(f"shop,name,Score,Joined on,Active?,Code,Group,Empty\n{rows}")
    fields = new_fields(crm, file)
    types = {each.name: each.declaration["type"] for each in fields}
    assert types == {
        "score": "number",
        "joined_on": "date",
        "active": "bool",
        "code": "text",
        "group": "choice",
    }
    assert fields[0].declaration["decimals"] == 2
    declare(crm.config, fields)
    upgrade_database(tmp_path / "crm.toml")
    assert load(tmp_path / "crm.toml").fields["score"].label == "Score"
    with Crm.open(tmp_path / "crm.toml") as again:
        report = import_customers(again, file, unknown="ignore")
        assert (report.created, report.unmapped) == (19, ("Empty",))
        assert again.customers.get("shop:1").fields["active"] is True
