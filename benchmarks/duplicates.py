"""Duplicates: how well they are found in data whose truth is known, and how long 100,000 customers take.

`python -m benchmarks.duplicates --febrl FOLDER` measures precision, recall and F1 over `febrl1.csv`,
`febrl2.csv` and `febrl3.csv` of that folder. The records are saved as customers and scanned as any are; the
truth is in `rec_id` and never given to the program. Without it only the time is measured, on generated
people.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from random import Random

from attrs import frozen

from benchmarks.harness import Bench, Result, Scale, peak_megabytes, seconds
from crmkit import Crm
from crmkit.plugin import ContactPoint, CustomerDraft

# One configuration for all three sets. Both fields are text: the sets hold dates that do not exist.
FEBRL = """
[identities]
record = "Number of the record"

[fields.date_of_birth]
type = "text"

[fields.soc_sec_id]
type = "text"

[matching.duplicates.rules.date_of_birth]
compare = "date"
same = 9
similar = 6
different = -6

[matching.duplicates.rules.soc_sec_id]
compare = "number"
same = 14
similar = 8
different = -6
"""
PEOPLE = """
[fields.birthday]
type = "date"
"""
_SYLLABLES = ("ba", "ko", "le", "mi", "nu", "ra", "si", "to", "wa", "ze", "dri", "stan", "pol", "gar", "win")
_ENDINGS = ("ski", "son", "er", "ez", "ov", "ak", "ini", "berg", "ley", "as")
_GIVEN = 400
_FAMILY = 4_000


@frozen
class Score:
    """Pairs found against pairs that are true."""

    name: str
    records: int
    true: int
    found: int
    right: int

    @property
    def precision(self) -> float:
        """The share of found pairs that are true."""
        return self.right / max(1, self.found)

    @property
    def recall(self) -> float:
        """The share of true pairs that were found."""
        return self.right / max(1, self.true)

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        return 2 * self.right / max(1, self.found + self.true)


def opened(folder: Path, settings: str) -> Crm:
    """A new CRM in `folder` with more of `crm.toml`."""
    from crmkit.core.opening import upgrade_database

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "crm.toml"
    path.write_text(f'[crs]\nname = "Bench"\n{settings}', encoding="utf-8")
    upgrade_database(path)
    return Crm.open(path)


def febrl(file: Path, folder: Path, settings: str = FEBRL) -> Score:
    """Save the records of a set as customers, scan them, and compare the list with the truth."""
    with file.open(encoding="utf-8", newline="") as opened_file:
        rows = list(csv.DictReader(opened_file, skipinitialspace=True))
    with opened(folder, settings) as crm:
        report = crm.customers.save_all(map(_person, rows))
        crm.duplicates.scan()
        pairs, _ = crm.duplicates.list(limit=1_000_000)
    truth = defaultdict(list)
    for id_, row in zip(report.ids, rows, strict=True):
        truth[row["rec_id"].split("-")[1]].append(id_)
    true = {(a, b) for ids in truth.values() for a in ids for b in ids if a < b}
    found = {(pair.customer_id, pair.other_id) for pair in pairs}
    return Score(file.stem, len(rows), len(true), len(found), len(found & true))


def _person(row: dict[str, str]) -> CustomerDraft:
    street = " ".join(filter(None, (row["street_number"], row["address_1"], row["address_2"])))
    parts = {"street": street, "city": row["suburb"], "postcode": row["postcode"], "region": row["state"]}
    given = {key: value for key, value in parts.items() if value}
    fields = {key: row[key] for key in ("date_of_birth", "soc_sec_id") if row[key]}
    return CustomerDraft(
        name=None if row["given_name"] or row["surname"] else "(unnamed)",
        given_name=row["given_name"],
        family_name=row["surname"],
        contact_points=(ContactPoint(kind="address", value="", **given),) if given else (),
        fields=fields,
    )


def people(count: int, seed: int = 1) -> Iterator[CustomerDraft]:
    """Generated people of names as frequent as names are, one in twenty of them twice with a slip."""
    random = Random(seed)
    given = _names(random, _GIVEN, ("a", "ek", "o", "in"))
    family = _names(random, _FAMILY, _ENDINGS)
    weights = [1 / (rank + 3) for rank in range(_FAMILY)]
    made = 0
    while made < count:
        first, last = random.choice(given), random.choices(family, weights)[0]
        number = random.randrange(10**9)
        person = (first, last, number, random.randrange(20_000), random.randrange(1, 150))
        yield _draft(random, *person)
        made += 1
        if random.random() < 0.05 and made < count:
            yield _draft(random, _slip(random, first), last, *person[2:])
            made += 1


def _names(random: Random, count: int, endings: tuple[str, ...]) -> list[str]:
    made: dict[str, None] = {}
    while len(made) < count:
        stem = "".join(random.choices(_SYLLABLES, k=random.randint(1, 3)))
        made[(stem + random.choice(endings)).title()] = None
    return list(made)


def _draft(random: Random, first: str, last: str, number: int, day: int, house: int) -> CustomerDraft:
    street = f"{_SYLLABLES[number % 15].title()}{_SYLLABLES[number // 15 % 15]}wa {house}"
    year, month = 1930 + day // 260, 1 + day % 12
    return CustomerDraft(
        given_name=first,
        family_name=last,
        contact_points=(
            ContactPoint(kind="email", value=f"{first}.{last}{number % 1000}@example.org"),
            ContactPoint(kind="phone", value=f"+48 512 {number // 1000 % 1000:03d} {number % 1000:03d}"),
            ContactPoint(
                kind="address", value="", street=street, city=f"City{number % 300}",
                postcode=f"{number % 90 + 10}-{number // 90 % 300:03d}", country="PL",
            ),
        ),
        fields={"birthday": f"{year}-{month:02d}-{1 + number % 28:02d}"} if random.random() < 0.6 else {},
    )  # fmt: skip


def _slip(random: Random, word: str) -> str:
    at = random.randrange(1, max(2, len(word) - 1))
    return word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :]


def scanning(work: Path, scale: Scale) -> Iterator[Result]:
    """A scan of 100,000 customers, and the next one, which finds all on the list."""
    count = scale.of(100_000)
    with opened(work, PEOPLE) as crm:
        crm.customers.save_all(people(count))
        before = peak_megabytes()
        for name in ("first", "second"):
            reports = []
            took = seconds(lambda: reports.append(crm.duplicates.scan()))  # noqa: B023 - called at once
            report = reports[0]
            yield Result(
                name=f"duplicates.scan, {count:,} customers, {name} time", ours=took, raw=None, unit="s",
                goal="≤ 60 s",
                note=f"{report.compared:,} comparisons, {report.found:,} pairs; "
                f"memory {before:.0f} MB before, {peak_megabytes():.0f} MB after",
            )  # fmt: skip


BENCHES = (Bench(name="duplicates", run=scanning),)


def main() -> None:
    """Print the quality over FEBRL, and the time over generated people."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.duplicates", description=__doc__)
    parser.add_argument("--febrl", type=Path, metavar="FOLDER", help="where febrl1.csv to febrl3.csv are")
    parser.add_argument("--time", action="store_true", help="also time the scan of 100,000 generated people")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="crmkit-bench-") as work:
        if arguments.febrl:
            print("| set | records | true pairs | found | precision | recall | F1 |")
            print("|---|---:|---:|---:|---:|---:|---:|")
            for number in (1, 2, 3):
                score = febrl(arguments.febrl / f"febrl{number}.csv", Path(work, f"febrl{number}"))
                print(
                    f"| {score.name} | {score.records:,} | {score.true:,} | {score.found:,} "
                    f"| {score.precision:.4f} | {score.recall:.4f} | {score.f1:.4f} |"
                )
        if arguments.time or not arguments.febrl:
            for result in scanning(Path(work, "time"), Scale(full=True)):
                print(f"{result.name}: {result.ours:.1f} {result.unit} ({result.note})", flush=True)


if __name__ == "__main__":
    main()
