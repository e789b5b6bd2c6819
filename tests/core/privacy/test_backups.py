"""Backups and copies: whoever was erased does not come back by them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from crmkit import ContactPoint, CustomerDraft, StoreError
from crmkit.core.crm import Crm
from crmkit.core.errors import SchemaError
from crmkit.core.opening import open_kernel
from crmkit.core.privacy.erasure import ledger_of
from crmkit.core.privacy.objecting import SUPPRESSION
from crmkit.core.store.backup import backup
from crmkit.core.store.ledger import Entry, Ledger
from crmkit.core.store.restore import restore
from crmkit.testing import run_crm
from tests.core.privacy.conftest import MARK, OTHER, PHONE, columns_with, files_with, plant

On = Callable[[str], Crm]


def test_an_older_backup_does_not_bring_them_back(crm_both: Crm, tmp_path: Path) -> None:
    """Made before the erasure and restored after it: the person is erased again before anybody is served,
    the others are back, and the address is still left alone."""
    crm = crm_both
    id_, other = plant(crm), plant(crm, OTHER, "698765432")
    twin = plant(crm, f"{MARK}twin", "512345679")
    path = tmp_path / "backups" / "old.backup"
    path.parent.mkdir()
    report = backup(crm.kernel.store, path, ledger=ledger_of(crm.kernel))
    assert report.ledger.name == "old.backup.erasures"
    crm.merging.merge(id_, twin)  # the backup has them apart
    crm.privacy.erase(id_)
    crm.customers.update(other, CustomerDraft(given_name="Later"))
    crm.close()
    done = restore(path, crm.kernel.store, force=True, ledger=ledger_of(crm.kernel))
    assert (done.erased, done.merged) == (2, ())
    assert set(files_with(tmp_path, MARK, PHONE)) <= {"old.backup"}
    with Crm.open(crm.config.path) as again:
        assert columns_with(again, MARK, PHONE, "512345679") == set()
        # What they had asked for is settled again, too.
        assert {each.customer_id for each in again.privacy.requests()} == {other}
        assert again.customers.get(other).given_name == OTHER
        point = ContactPoint(kind="email", value=f"{MARK}@example.com")
        new = again.customers.save(CustomerDraft(name="New", contact_points=(point,)))
        assert [each.source for each in again.consent.show(new.id)] == [SUPPRESSION]


def test_an_older_backup_does_not_bring_an_agreement_back(crm_both: Crm, tmp_path: Path) -> None:
    """Whoever objected after the backup was made is left alone after its restore, also under what they were
    merged into since; what they agreed to since is not known, and what they took back again is."""
    crm = crm_both
    gone, merged, listed, agrees = (plant(crm, f"p{n}", f"51234567{n}") for n in range(4))
    for each in (gone, merged, agrees):
        crm.consent.grant(each, "offers", "phone", source="form")
    backup(crm.kernel.store, tmp_path / "old.backup", ledger=ledger_of(crm.kernel))
    run = crm.merging.merge(gone, merged)
    crm.consent.withdraw(gone, "offers", "phone", source="call")
    crm.consent.withdraw(agrees, "offers", "phone", source="call")
    crm.consent.grant(agrees, "offers", "phone", source="call")
    crm.consent.withdraw(listed, "offers", "phone", source="call")  # who had never been asked
    crm.suppressions.add("email", "p2@example.com", reason="complaint")
    crm.privacy.restrict(listed)
    assert run.number
    crm.close()
    done = restore(tmp_path / "old.backup", crm.kernel.store, force=True, ledger=ledger_of(crm.kernel))
    with Crm.open(crm.config.path) as again:
        states = [
            [each.state for each in again.consent.show(id_) if each.channel == "phone"]
            for id_ in (gone, merged, agrees, listed)
        ]
        assert states == [["granted", "withdrawn"], ["granted", "withdrawn"], ["granted"], ["withdrawn"]]
        assert [each.reason for each in again.suppressions.state("email", "p2@example.com")] == ["complaint"]
        assert again.customers.get(listed).restricted_at is not None
        assert not run_crm("--config", crm.config.path, "db", "check", "--audit").status
    assert done.objections == 5


def test_elsewhere_the_ledger_beside_the_backup_counts(crm: Crm, tmp_path: Path) -> None:
    """On another machine there is only what lies with the backup; a younger backup's ledger in the same
    folder counts too. Without any, a restore is refused unless told."""
    id_ = plant(crm)
    old, new = tmp_path / "old.backup", tmp_path / "new.backup"
    backup(crm.kernel.store, old)
    crm.privacy.erase(id_)
    backup(crm.kernel.store, new)
    crm.close()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    store = type(crm.kernel.store).open(elsewhere / "crm.db")
    assert restore(old, store).erased == 1
    assert [entry.uids for entry in Ledger.beside(elsewhere / "crm.db").entries()]
    store.close()
    alone = tmp_path / "alone" / "old.backup"
    alone.parent.mkdir()
    alone.write_bytes(old.read_bytes())
    third = type(crm.kernel.store).open(tmp_path / "third.db")
    with pytest.raises(StoreError, match="erased since"):
        restore(alone, third)
    assert not (tmp_path / "third.db").exists()
    assert restore(alone, third, without_ledger=True).erased == 0
    third.close()


def test_whom_the_backup_has_merged_into_another_is_told(crm: Crm, tmp_path: Path) -> None:
    """Parted after the backup and then erased: the backup cannot tell whose is whose, and says so."""
    id_, twin = plant(crm), plant(crm, f"{MARK}twin", "512345679")
    run = crm.merging.merge(id_, twin)
    backup(crm.kernel.store, tmp_path / "b.backup")
    crm.merging.unmerge(run.number)
    uid = crm.customers.get(twin).uid
    crm.privacy.erase(twin)
    crm.close()
    done = restore(tmp_path / "b.backup", crm.kernel.store, force=True)
    assert (done.erased, done.merged) == (0, (uid,))


@pytest.mark.postgresql
def test_a_restore_that_was_cut_short_serves_nobody(crm_on: On, tmp_path: Path) -> None:
    """Between a server's restore and the replay nobody opens the database; a repeated restore goes on."""
    crm = crm_on("postgresql")
    id_ = plant(crm)
    backup(crm.kernel.store, tmp_path / "b.backup", ledger=ledger_of(crm.kernel))
    crm.privacy.erase(id_)
    ledger_of(crm.kernel).being_replayed.touch()
    crm.close()
    with pytest.raises(StoreError, match="cut short"):
        open_kernel(crm.config.path)
    answer = run_crm("--config", crm.config.path, "db", "restore", tmp_path / "b.backup", "--force", "--yes")
    assert answer.status == 0, answer.stderr
    assert "Erased again" in answer.stderr
    with Crm.open(crm.config.path) as again:
        assert columns_with(again, MARK) == set()


@pytest.mark.postgresql
def test_a_copy_takes_the_ledger_along(crm_on: On, crm_postgres: object, tmp_path: Path) -> None:
    """Moved to a server, the new database's ledger knows who was erased."""
    crm = crm_on("sqlite")
    uid = crm.privacy.erase(plant(crm)).uid
    crm.close()
    address = crm_postgres.create_database()  # type: ignore[attr-defined]
    answer = run_crm("--config", crm.config.path, "db", "copy", address)
    assert answer.status == 0, answer.stderr
    assert [entry.uids for entry in Ledger(tmp_path / "erasures.jsonl").entries()] == [(uid,)]


def test_a_ledger_bears_a_torn_line_and_a_withdrawal(tmp_path: Path) -> None:
    """A line that a crash cut is passed over, and the next one does not continue it."""
    ledger = Ledger(tmp_path / "x.erasures")
    ledger.append([Entry(uids=("a",), at=1), Entry(uids=("b",), at=2, hashes=(("email", "h"),), key="k")])
    with ledger.path.open("a") as file:
        file.write('{"erased":["c"')
    ledger.append([Entry(uids=("d",), at=4)])
    ledger.withdraw(["a"])
    assert [entry.uids for entry in ledger.entries()] == [("b",), ("d",)]
    assert ledger.entries()[0].hashes == (("email", "h"),)
    assert ledger.path.stat().st_mode & 0o777 == 0o600


def test_an_old_schema_needs_the_command(crm: Crm, tmp_path: Path) -> None:
    """A backup of an older schema is upgraded before people are erased from it, which the command can do."""
    id_ = plant(crm)
    backup(crm.kernel.store, tmp_path / "b.backup")
    crm.privacy.erase(id_)
    crm.close()
    import sqlite3

    with sqlite3.connect(tmp_path / "b.backup") as old:
        old.execute("UPDATE crmkit_schema_version SET version_num = '0001'")
    with pytest.raises(SchemaError, match="older schema"):
        restore(tmp_path / "b.backup", crm.kernel.store, force=True)
