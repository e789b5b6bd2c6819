"""Nothing of a customer is lost on the way out and in: attributes of the model, and texts of any kind."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from crmkit import ContactPoint, Crm, CustomerDraft, Identity, Preference
from crmkit.core.exchange import import_customers
from crmkit.core.model.customer import Consent, Customer, Relationship
from crmkit.testing.opening import open_crm
from tests.core.exporting.conftest import TOML, set_aside, told

# What an import cannot and should not bring back, by class: numbers and instants of this installation's own.
STAYS = {
    Customer: {"id", "version", "created_at", "source"},
    ContactPoint: {"id"},
    Identity: {"id"},
    Relationship: {"id", "customer_id", "other_id"},
    Preference: {"source", "at"},
    Consent: {"id", "customer_id"},
}
# Attributes that hang together with others, which are compared by themselves.
PARTS = {"owner_id", "contact_points", "identities", "preferences"}
FORMATS = ("all.csv", "all.ndjson", "all.vcf", "all.xlsx")
TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co", "Cf")), min_size=1, max_size=9
)
MARKED = st.sampled_from(
    [
        "=1+1",
        "'=1",
        "a;b",
        "a, b",
        '"',
        'x "y"',
        "·",
        " · ",
        "a | b",
        "+1",
        "@x",
        "x since 2020-01-01",
        "%",
        "\\",
        "\\n",
    ]
)
WORD = st.one_of(TEXT, MARKED).map(str.strip).filter(bool)
PERSON = st.fixed_dictionaries(
    {
        "name": WORD,
        "given_name": st.one_of(st.just(""), WORD),
        "tags": st.lists(WORD, max_size=3),
        "note": st.one_of(st.just(""), WORD, st.just("two\nlines;\n\n=1")),
        "label": st.one_of(st.just(""), st.sampled_from(["work", "2", "a b"])),
        "evidence": WORD,
        "bread": st.lists(WORD, max_size=2),
    }
)


def carried(cls: type) -> set[str]:
    """The attributes of a class that travel."""
    return {each.name for each in attrs.fields(cls)} - STAYS[cls]


def test_every_attribute_is_known_to_travel_or_to_stay(shop: Crm) -> None:
    """A new attribute of the model is compared after a round trip, or listed as one that stays."""
    set_aside(shop)
    one = told(shop)["=HYPERLINK(1)"]
    assert carried(Customer) - PARTS <= one.keys()
    assert all(len(point) == len(carried(ContactPoint)) for point in one["points"])
    assert all(len(tie) == len(carried(Relationship)) + 1 for tie in one["ties"])
    assert all(len(consent) == len(carried(Consent)) for consent in one["consents"])
    assert all(len(preference) == len(carried(Preference)) for preference in one["preferences"])


def test_the_example_has_every_attribute(shop: Crm) -> None:
    """Somebody in the shop has a value of each attribute, so a lost one would be missed."""
    set_aside(shop)
    everybody = told(shop).values()
    for name in carried(Customer) - PARTS - {"is_organization"}:
        assert any(each[name] for each in everybody), name
    points = [point for each in everybody for point in each["points"]]
    assert all(any(values) for values in zip(*points, strict=True))
    ties = [tie for each in everybody for tie in each["ties"]]
    assert all(any(values) for values in zip(*ties, strict=True))
    consents = [consent for each in everybody for consent in each["consents"]]
    assert all(any(values) for values in zip(*consents, strict=True))


@pytest.mark.parametrize("name", FORMATS)
def test_a_second_export_is_the_same_file(
    shop: Crm, another: Callable[[], Crm], tmp_path: Path, name: str
) -> None:
    """What was imported elsewhere is exported from there as the same lines."""
    set_aside(shop)
    first, second = tmp_path / f"first-{name}", tmp_path / f"second-{name}"
    shop.exporting.customers(first, archived=True, restricted=True)
    other = another()
    import_customers(other, first)
    other.exporting.customers(second, archived=True, restricted=True)
    assert lines(first) == lines(second)


@pytest.mark.parametrize("name", FORMATS)
def test_ties_reach_further_than_a_batch(
    shop: Crm, another: Callable[[], Crm], tmp_path: Path, name: str
) -> None:
    """A customer may be tied to one whom a much later row brings; another import finds nothing to do."""
    set_aside(shop)
    shop.exporting.customers(tmp_path / name, archived=True, restricted=True, order="name")
    other = another()
    assert import_customers(other, tmp_path / name, batch_size=3).rejected == 0
    assert told(other) == told(shop)
    again = import_customers(other, tmp_path / name, batch_size=4)
    assert (again.created, again.updated, again.rejected) == (0, 0, 0)


@pytest.mark.parametrize("name", FORMATS)
# Two shops are opened for each example: few examples, of many people, and no search for the smallest.
@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(people=st.lists(PERSON, min_size=12, max_size=40))
def test_texts_of_any_kind_come_back(people: list[dict[str, Any]], name: str) -> None:
    """Whatever the texts, customers are equal after a round trip; the second time nothing happens."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        with (
            open_crm(Path(folder) / "one", TOML) as one,
            open_crm(Path(folder) / "other", TOML) as other,
        ):
            _fill(one, people)
            rows = one.exporting.customers(path).rows
            report = import_customers(other, path)
            assert (report.created, report.rejected) == (rows, 0), report.examples
            assert told(other) == told(one)
            again = import_customers(other, path, batch_size=2)
            assert (again.created, again.updated, again.rejected) == (0, 0, 0), again.examples


def _fill(crm: Crm, people: list[dict[str, Any]]) -> None:
    before = None
    for number, said in enumerate(people):
        customer = crm.customers.save(
            CustomerDraft(
                name=f"{said['name']} {number}",
                given_name=said["given_name"] or None,
                tags=tuple(said["tags"]),
                fields={"note": said["note"]} if said["note"] else {},
                preferences=tuple(Preference(topic="bread", value=each) for each in said["bread"]),
                contact_points=(
                    ContactPoint(kind="email", value=f"a{number}@example.org", label=said["label"]),
                    ContactPoint(kind="email", value=f"b{number}@example.org", label=said["label"]),
                    ContactPoint(kind="address", value=f"House {said['evidence']}", label=said["label"]),
                ),
            )
        )
        crm.consent.grant(customer.id, "offers", "phone", evidence=said["evidence"], source=said["name"])
        crm.consent.withdraw(customer.id, "offers", "phone", evidence=said["evidence"])
        if before is not None:
            crm.customers.relate(before, "knows", customer.id)
        before = customer.id


def lines(path: Path) -> object:
    """The content of a file without what two writings of one table may differ in."""
    if path.suffix == ".xlsx":
        openpyxl = pytest.importorskip("openpyxl")
        return [[cell.value for cell in row] for row in openpyxl.load_workbook(path).active]
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))
    return path.read_text(encoding="utf-8").splitlines()
