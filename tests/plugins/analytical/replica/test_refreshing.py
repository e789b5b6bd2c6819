"""Refreshing the replica: whatever happened since, it ends as the database is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa

from crmkit import Crm, CustomerDraft, TryAgain
from crmkit.plugins.analytical.replica import refreshing
from crmkit.plugins.analytical.replica.folder import folder_of
from crmkit.plugins.analytical.replica.manifest import Manifest
from crmkit.plugins.analytical.replica.moves import moves_since
from crmkit.plugins.analytical.replica.refreshing import refresh
from crmkit.testing import FakeClock, run_crm
from tests.plugins.analytical.replica.replicas import copied, logged, numbered, where_read

_TYPES = ("purchase", "visit", "refund", "call")


class Life:
    """Things that happen to a business, by chance."""

    def __init__(self, crm: Crm, clock: FakeClock, random: Random, folder: Path) -> None:
        self.crm, self.clock, self.random, self.folder = crm, clock, random, folder
        self.people = [self.newcomer(f"Customer {n}") for n in range(6)]
        self.merges: list[int] = []
        self.imports = 0

    def newcomer(self, name: str) -> int:
        """A new customer's id."""
        return self.crm.customers.save(CustomerDraft(name=name)).id

    def everybody(self) -> list[int]:
        """All customers."""
        column = self.crm.tables.customer.c.id
        with self.crm.reading() as execute:
            return list(execute(sa.select(column).order_by(column)).scalars())

    def somebody(self) -> int:
        """A customer who is there."""
        return self.random.choice(self.people)

    def record(self) -> None:
        """Something new, perhaps long ago."""
        who = self.somebody()
        at = self.clock.now() - self.random.randrange(10**13)
        type_ = self.random.choice(_TYPES)
        amount = self.random.randrange(10_000) if type_ in ("purchase", "refund") else None
        self.crm.interactions.record(who, type_, amount=amount, at=at)

    def standing(self) -> int | None:
        """An interaction in force."""
        found = [row for row in logged(self.crm) if row[7] is None and row[8] != "voided"]
        return self.random.choice(found)[0] if found else None

    def correct(self) -> None:
        """A mistake put right."""
        if (seq := self.standing()) is not None:
            self.crm.interactions.correct(seq, outlet=self.random.choice(["Main", "Market"]))

    def void(self) -> None:
        """Something that never happened."""
        if (seq := self.standing()) is not None:
            self.crm.interactions.void(seq, "typed twice")

    def merge(self) -> None:
        """Two who are one."""
        if len(self.people) > 2:
            one, other = self.random.sample(self.people, 2)
            self.merges.append(self.crm.merging.merge(one, other).number)
            self.people.remove(other)

    def unmerge(self) -> None:
        """And two after all."""
        if self.merges:
            self.crm.merging.unmerge(self.merges.pop())
            self.people = self.everybody()

    def erase(self) -> None:
        """Somebody who wants to be forgotten, with all merges that they were in."""
        if len(self.people) > 3:
            gone = self.somebody()
            self.crm.privacy.erase(gone)
            self.people.remove(gone)
            self.merges = []

    def bring(self) -> None:
        """A file of customers, taken back."""
        self.imports += 1
        path = self.folder / f"in{self.imports}.csv"
        path.write_text(f"name\nImported {self.imports}\n")
        answer = run_crm("--config", self.crm.config.path, "customers", "import", path)
        assert answer.status == 0, answer.stderr
        new = self.everybody()[-1]
        seq = self.crm.interactions.record(new, "purchase", amount=1).seq
        refresh(self.crm)
        self.crm.interactions.void(seq, "of an import")  # type: ignore[arg-type]
        self.crm.undo.undo(str(self.crm.undo.last().ref))  # type: ignore[union-attr]

    def step(self) -> None:
        """One of them."""
        acts = (self.record, self.correct, self.void, self.merge, self.unmerge, self.erase)
        self.random.choices(acts, (10, 3, 2, 3, 2, 1))[0]()
        self.clock.advance(minutes=1)


@pytest.mark.parametrize("seed", [1, 2])
def test_carried_on_is_as_from_the_start(
    crm_both: Crm, clock: FakeClock, tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After recordings, corrections, voids, merges, separations, erasures and imports taken back, in any
    order, a refresh leaves what a rebuild would: what is on record."""
    monkeypatch.setattr("crmkit.plugins.analytical.replica.refreshing.PART_ROWS", 12)
    random = Random(seed)
    life = Life(crm_both, clock, random, tmp_path)
    refresh(crm_both)
    for _ in range(8):
        for _ in range(random.randrange(1, 7)):
            life.step()
        done = refresh(crm_both)
        assert not done.rebuilt, done.why
        assert copied(crm_both) == logged(crm_both)
        assert numbered(crm_both) == life.everybody()
    manifest = folder_of(crm_both).manifest()
    assert isinstance(manifest, Manifest)
    assert len(manifest.parts) > 1
    rows = copied(crm_both)
    assert refresh(crm_both, rebuild=True).rebuilt
    assert copied(crm_both) == rows
    assert (refresh(crm_both).added, refresh(crm_both).written) == (0, 0)


def test_an_import_taken_back(crm: Crm, clock: FakeClock, tmp_path: Path) -> None:
    """Customers who are gone again with their import leave nothing of theirs in the replica."""
    life = Life(crm, clock, Random(1), tmp_path)
    life.record()
    life.bring()
    assert not refresh(crm).rebuilt
    assert copied(crm) == logged(crm)


def bakery(crm: Crm) -> int:
    """Somebody who bought twice, in a replica."""
    anna = crm.customers.save(CustomerDraft(name="Anna Nowak")).id
    for amount in (500, 700):
        crm.interactions.record(anna, "purchase", amount=amount)
    refresh(crm)
    return anna


def parts(crm: Crm) -> list[Path]:
    """The files of the parts."""
    manifest = folder_of(crm).manifest()
    assert isinstance(manifest, Manifest)
    return [folder_of(crm).file(part) for part in manifest.parts]


@pytest.mark.parametrize("fault", ["missing", "cut short", "overwritten", "manifest", "version", "deleted"])
def test_what_is_damaged_is_not_read_and_mended(crm: Crm, fault: str) -> None:
    """Whatever happens to the files: the database answers and says why, doctor names it where something is
    there, and the next refresh mends it."""
    bakery(crm)
    folder = folder_of(crm)
    (part,) = parts(crm)
    manifest = folder.path / "manifest.json"
    match fault:
        case "missing":
            part.unlink()
        case "cut short":
            part.write_bytes(part.read_bytes()[:-20])
        case "overwritten":
            part.write_bytes(b"\0" * part.stat().st_size)
        case "manifest":
            manifest.write_text(manifest.read_text()[:-30])
        case "version":
            manifest.write_text(manifest.read_text().replace('"format": 1', '"format": 99'))
        case "deleted":
            for path in folder.path.iterdir():
                path.unlink()
    count, where, why = where_read(crm, lambda: crm.predicates.count("sum(purchase) = 12"))
    assert (count, where) == (1, "database")
    assert "crm analytics refresh" in why
    found = run_crm("--config", crm.config.path, "doctor", "--json").stdout
    assert ("replica" in found) == (fault != "deleted")
    done = refresh(crm)
    assert bool(done.why) == (fault in ("manifest", "version"))
    assert copied(crm) == logged(crm)
    assert where_read(crm, lambda: crm.predicates.count("sum(purchase) = 12"))[:2] == (1, "replica")


def test_another_database(crm: Crm, tmp_path: Path) -> None:
    """Where a backup was put back the replica is of a future that never came: it is made anew."""
    anna = bakery(crm)
    assert run_crm("--config", crm.config.path, "db", "backup", tmp_path / "before.db").status == 0
    crm.interactions.record(anna, "purchase", amount=1)
    refresh(crm)
    crm.close()
    assert (
        run_crm("--config", crm.config.path, "db", "restore", tmp_path / "before.db", "--force", "-y").status
        == 0
    )
    with Crm.open(crm.config.path) as again:
        assert where_read(again, lambda: again.predicates.count("count(purchase) = 2"))[:2] == (1, "database")
        done = refresh(again)
        assert done.rebuilt
        assert "another" in done.why
        assert copied(again) == logged(again)


def test_one_at_a_time(crm: Crm) -> None:
    """Of two refreshes at once the second says so and does nothing; the job lets it be."""
    bakery(crm)
    with folder_of(crm).locked(), pytest.raises(TryAgain, match="being refreshed"):
        refresh(crm)
    answer = run_crm("--config", crm.config.path, "analytics", "refresh", "--json").json
    assert answer["rows"] == 2


def test_killed_in_a_refresh(crm: Crm) -> None:
    """Killed when the new part is written but no manifest names it: the old replica stands, the next refresh
    carries on, and the lost file is removed."""
    anna = bakery(crm)
    crm.interactions.record(anna, "purchase", amount=900)
    script = (
        "import os, sys\nfrom crmkit import Crm\n"
        "from crmkit.plugins.analytical.replica import folder, refreshing\n"
        "folder.Folder.publish = lambda *_: os._exit(9)\n"
        "refreshing.refresh(Crm.open(sys.argv[1]))\n"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(crm.config.path)], timeout=120, check=False)
    assert killed.returncode == 9
    assert len(list(folder_of(crm).path.glob("*.parquet"))) == 3
    done = refresh(crm)
    assert (done.added, done.rows) == (1, 3)
    assert copied(crm) == logged(crm)


def test_old_parts_stay_for_their_readers(crm: Crm, clock: FakeClock) -> None:
    """A file that is no part any more stays for ten minutes, for those who began to read it."""
    anna = bakery(crm)
    (before,) = parts(crm)
    crm.interactions.record(anna, "purchase", amount=900)
    refresh(crm)
    assert before.exists()
    assert parts(crm) != [before]
    clock.advance(minutes=11)
    crm.interactions.record(anna, "purchase", amount=900)
    refresh(crm)
    assert not before.exists()


def test_who_is_erased_is_in_no_file(crm: Crm, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """An erasure removes the files with the person's rows, those kept for readers too; who is erased while
    a refresh is at work is gone from what it leaves."""
    anna, jan = bakery(crm), crm.customers.save(CustomerDraft(name="Jan Wilk")).id
    crm.interactions.record(jan, "purchase", amount=900)
    refresh(crm)
    assert len(list(folder_of(crm).path.glob("*.parquet"))) > 3
    assert "replica" in str(crm.privacy.erase(anna).elsewhere)
    assert not list(folder_of(crm).path.glob("*.parquet"))
    assert refresh(crm).rows == 3
    assert {row[1] for row in copied(crm)} == {None, jan}
    crm.interactions.record(jan, "purchase", amount=901)
    erased: list[object] = []

    def meanwhile(*given: object) -> object:
        found = moves_since(*given)  # type: ignore[arg-type]
        if not erased:
            erased.append(crm.acting_as(None).privacy.erase(jan))
        return found

    monkeypatch.setattr(refreshing, "moves_since", meanwhile)
    refresh(crm)
    assert erased
    assert {row[1] for row in copied(crm)} == {None}
    assert copied(crm) == logged(crm)


def test_far_behind(crm: Crm, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """What came in large numbers is read as Arrow, and carried on all the same."""
    anna = bakery(crm)
    for amount in range(5):
        crm.interactions.record(anna, "purchase", amount=amount)
    crm.interactions.correct(1, outlet="Main")
    monkeypatch.setattr(refreshing, "FEW", 1)
    assert not refresh(crm).rebuilt
    assert copied(crm) == logged(crm)


class TestJob:
    """The job of the worker."""

    @pytest.fixture
    def crm_toml(self) -> str:
        """With the worker, in a folder of its own."""
        return '[plugins.analytical.replica]\nenabled = true\nevery = 60\nfolder = "copy"\n'

    def test_keeps_it_fresh(self, crm: Crm) -> None:
        """It makes the replica where it should be, and leaves it be while somebody else refreshes it."""
        (job,) = [each for each in crm.kernel.loaded.jobs if each.name == "analytical.refresh_replica"]
        crm.interactions.record(CustomerDraft(name="Anna Nowak"), "purchase", amount=500)
        job.run(crm)
        assert (crm.config.directory / "copy" / "manifest.json").exists()
        assert copied(crm) == logged(crm)
        with folder_of(crm).locked():
            job.run(crm)
        assert job.every == 60
