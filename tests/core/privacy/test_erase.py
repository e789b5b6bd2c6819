"""Erasing somebody: no value of theirs is left in any table, nor byte of theirs in any file."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from crmkit import Conflict, ContactPoint, CustomerDraft, Invalid, NotFound
from crmkit.core.crm import Crm
from crmkit.core.errors import StoreError
from crmkit.core.privacy.erasure import ledger_of
from crmkit.core.store.check import check_store
from crmkit.core.store.ownership import customer_column, owned, personal
from crmkit.core.store.remnants import Needles, has_remnants
from crmkit.core.store.tables import Text, key_column, plugin_metadata
from crmkit.core.store.upgrade import _keep_contracts
from crmkit.core.worker import Worker
from crmkit.testing import run_crm
from tests.core.privacy.conftest import (
    MARK,
    OTHER,
    PHONE,
    columns_with,
    files_with,
    plant,
    tell,
    write_mail,
)  # fmt: skip

Story = tuple[Crm, int, int]


def wrong(crm: Crm) -> list[str]:
    """What the check of the whole database finds, notes left out."""
    return [each.message for each in check_store(crm.kernel.store, crm.tables) if each.level != "note"]


def test_nothing_of_theirs_is_left_in_any_table(story: Story) -> None:
    """All tables of core, records, plugins and gone plugins; the other customer loses nothing, amounts stay,
    and the chain over the change log still verifies."""
    crm, id_, other = story
    kept = columns_with(crm, OTHER)
    before = crm.privacy.preview(id_)
    receipt = crm.privacy.erase(id_)
    assert columns_with(crm, MARK, PHONE) == set()
    # What the other said stands in a row that goes with the person, as its table declares.
    assert columns_with(crm, OTHER) == kept - {"gone_tie.b_said"}
    counts = {each.table: (each.deleted, each.blanked, each.kept) for each in receipt.tables}
    assert counts["interaction"] == (0, 5, 0)
    assert counts["gone_tie"] == (1, 1, 0)
    assert counts["gone_message"] == counts["gone_ticket"] == (0, 1, 0)
    assert counts["record_cake_order"] == (1, 0, 0)
    assert counts["operational_task"] == (2, 0, 0)
    assert counts["relationship"] == (2, 0, 0)
    assert {each.table for each in before.tables} <= set(counts)
    with crm.reading() as run:
        table = crm.tables.interaction
        rows = run(sa.select(table.c.type, table.c.amount).where(table.c.customer_id.is_(None))).all()
    assert ("purchase", 1250) in [tuple(row) for row in rows]
    assert wrong(crm) == []
    with pytest.raises(NotFound):
        crm.customers.get(receipt.uid)
    assert crm.customers.get(other).name.startswith(OTHER)
    assert [each.state for each in crm.privacy.requests(all_=True) if each.customer_id is None] == ["done"]


def test_no_byte_of_theirs_is_left_in_any_file(crm: Crm, tmp_path: Path) -> None:
    """The database, its log and index, the ledger, the mail folder: nothing, also with every plugin gone from
    crm.toml before (G1, G5)."""
    id_, _ = tell(crm)
    write_mail(tmp_path, f"{MARK}@example.com", "shop@example.org", f"{MARK} writes", "a")
    write_mail(tmp_path, "shop@example.org", f"{MARK}@example.com, {OTHER}@example.com", "both", "b")
    assert set(files_with(tmp_path, MARK)) >= {"crm.db-wal", "a:2,S", "b:2,S"}
    receipt = crm.privacy.erase(id_)
    assert receipt.scrubbed
    assert receipt.elsewhere == ("1 message in the mail folder",)
    assert files_with(tmp_path, MARK, PHONE) == ["b:2,S"]  # the other got it as well


def test_tables_of_plugins_that_are_gone_are_reached(crm: Crm, tmp_path: Path) -> None:
    """With all plugins taken out of crm.toml the person's rows in their tables are erased all the same."""
    id_, _ = tell(crm)
    crm.close()
    path = tmp_path / "crm.toml"
    path.write_text(path.read_text().replace('"operational", "email", "campaign", "collaborative"', ""))
    path.write_text(path.read_text().replace(', "analytical"', "").partition("[plugins.email]")[0])
    path.write_text(
        path.read_text().replace("plugins = [", "plugins = [").replace("reachable(email", "reachable(phone")
    )
    with Crm.open(path) as bare:
        assert [plugin.name for plugin in bare.plugins] == []
        counts = {each.table: each.deleted for each in bare.privacy.erase(id_).tables}
        assert counts["operational_task"] == 2
    assert files_with(tmp_path, MARK, PHONE) == []


def test_whoever_was_merged_into_them_goes_too(story: Story) -> None:
    """Their former record, what the journal remembers of it and its uid; the pair cannot be parted again."""
    crm, id_, other = story
    twin = plant(crm, f"{MARK}twin", "512345679")
    uid = crm.customers.get(twin).uid
    crm.customers.relate(twin, "friend_of", other)
    run = crm.merging.merge(id_, twin)
    receipt = crm.privacy.erase(uid)
    assert receipt.merged == 1
    assert columns_with(crm, MARK, PHONE, "512345679") == set()
    assert wrong(crm) == []
    with crm.reading() as read:
        uids = set(read(sa.select(crm.tables.erasure.c.uid)).scalars())
    assert {uid, receipt.uid} == uids
    assert {uid, receipt.uid} == {each for entry in ledger_of(crm.kernel).entries() for each in entry.uids}
    with pytest.raises((Conflict, NotFound)):
        crm.merging.unmerge(run.number)


def test_a_tie_to_them_is_forgotten_by_other_peoples_merges(story: Story) -> None:
    """A row between the person and somebody who was merged stands in that merge's journal."""
    crm, id_, other = story
    twin = crm.customers.save(CustomerDraft(name=f"{OTHER} twin")).id
    with crm.transaction() as tx:
        tie = sa.table("gone_tie", sa.column("a_id"), sa.column("b_id"), sa.column("b_said"))
        tx.execute(sa.insert(tie).values(a_id=twin, b_id=other, b_said=f"{MARK} said"))
        tx.execute(sa.update(tie).where(tie.c.a_id == twin).values(b_id=id_))
    crm.merging.merge(other, twin)
    crm.privacy.erase(id_)
    assert columns_with(crm, MARK) == set()


def test_a_legal_hold_refuses(story: Story) -> None:
    """While a hold is in force nothing is erased; lifted or run out, it no longer forbids."""
    crm, id_, _ = story
    hold = crm.privacy.hold(id_, "tax law")
    assert [each.reason for each in crm.privacy.preview(id_).holds] == ["tax law"]
    with pytest.raises(Conflict, match="tax law"):
        crm.privacy.erase(id_)
    assert crm.customers.get(id_).name
    assert ledger_of(crm.kernel).entries() == []
    crm.privacy.lift_hold(hold.id)
    crm.privacy.erase(id_)


def test_what_is_left_of_them_is_not_changed(crm: Crm) -> None:
    """A purchase of an erased person stays in the sums, and goes to nobody else; the command line says so."""
    bought: Any = crm.interactions.record(CustomerDraft(name="Anna"), "purchase", amount=500)
    bea = crm.customers.save(CustomerDraft(name="Bea")).id
    crm.privacy.erase("Anna")
    with pytest.raises(Conflict, match="has been erased"):
        crm.interactions.correct(bought.seq, amount=300)
    with pytest.raises(Conflict, match="has been erased"):
        crm.interactions.reassign(bought.seq, bea)
    voided = run_crm("--config", crm.config.path, "interactions", "void", str(bought.seq))
    assert (voided.status, "has been erased" in voided.stderr) == (5, True)


def test_an_address_that_comes_back_is_left_alone(story: Story) -> None:
    """Saved anew, the address is known to have asked not to be contacted for marketing; bookings go on, and
    who agrees anew is heard."""
    crm, id_, _ = story
    crm.privacy.erase(id_)
    point = ContactPoint(kind="email", value=f"{MARK}@Example.com")
    again = crm.customers.save(CustomerDraft(name="New", contact_points=(point,)))
    shown = {(each.purpose, each.channel): each for each in crm.consent.show(again.id)}
    assert set(shown) == {("offers", "email")}
    assert (shown["offers", "email"].state, shown["offers", "email"].source) == ("withdrawn", "suppression")
    assert crm.consent.grant(again.id, "offers", "email").state == "granted"
    assert crm.consent.state(again.id, "offers", "email") == "granted"


def test_it_is_a_unit_of_its_own(crm: Crm) -> None:
    """Inside another unit of work it is refused, because it cannot be undone; an unknown reason too."""
    id_ = plant(crm)
    with pytest.raises(Invalid, match="unit of work"), crm.transaction():
        crm.privacy.erase(id_)
    with pytest.raises(Invalid, match="no reason"):
        crm.privacy.erase(id_, reason="because Anna said so")


def test_what_fails_erases_nothing(crm: Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the ledger cannot be written nobody is erased; when the commit fails the ledger takes it back."""
    id_ = plant(crm)
    ledger_of(crm.kernel).path.mkdir()
    with pytest.raises(IsADirectoryError):
        crm.privacy.erase(id_)
    assert crm.customers.get(id_).tags
    ledger_of(crm.kernel).path.rmdir()
    with crm.kernel.store.writing() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER full AFTER INSERT ON change WHEN new.action = 'erased' "
            "BEGIN INSERT INTO setting VALUES ('x', 'x'); END"
        )
        connection.exec_driver_sql(
            "CREATE TRIGGER no AFTER INSERT ON setting BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    with pytest.raises(Exception, match=r"no|busy|Others"):
        crm.privacy.erase(id_)
    assert crm.customers.get(id_).tags
    assert ledger_of(crm.kernel).entries() == []
    assert tmp_path.exists()


def test_a_reader_delays_the_scrub_and_the_worker_goes_on(
    crm: Crm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While somebody reads an older state the bytes stay, and that is said; the job then does it."""
    monkeypatch.setattr("crmkit.core.store.scrub._PATIENCE_SECONDS", 0.05)
    id_ = plant(crm)
    with closing(sqlite3.connect(tmp_path / "crm.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM customer").fetchone()
        receipt = crm.privacy.erase(id_)
        assert receipt.scrubbed is False
        assert not crm.privacy.scrub()
        found = [each for check in crm.kernel.loaded.checks for each in check.run(crm)]
        assert any("old bytes" in each.message for each in found)
    Worker(crm.kernel).once()
    assert files_with(tmp_path, MARK, PHONE) == []
    with crm.reading() as run:
        assert list(run(sa.select(crm.tables.erasure.c.state)).scalars()) == ["scrubbed"]


def test_the_database_is_still_held_open(crm: Crm, tmp_path: Path) -> None:
    """Looking into the file takes none of SQLite's locks away: when another program that was at work on it
    ends, it does not take the log with it, and what is recorded afterwards is there for everybody."""
    crm.privacy.erase(plant(crm))
    other = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit(); c.close()"
    )
    change = "INSERT INTO setting (key, value) VALUES ('other', '1')"
    subprocess.run([sys.executable, "-c", other, str(tmp_path / "crm.db"), change], check=True)
    assert (tmp_path / "crm.db-wal").exists()
    crm.customers.save(CustomerDraft(name="Came later"))
    with closing(sqlite3.connect(tmp_path / "crm.db")) as connection:
        found = connection.execute("SELECT count(*) FROM customer WHERE name = 'Came later'").fetchone()
    assert found == (1,)


def test_what_sqlite_leaves_in_unused_parts_goes_too(crm: Crm, tmp_path: Path) -> None:
    """SQLite leaves copies of moved rows in the gaps of its pages: where the file holds one of somebody who
    is erased it is rewritten, where it holds others' only it is not."""
    id_ = plant(crm)
    crm.customers.save(CustomerDraft(name="somebody else"))
    crm.close()
    path = tmp_path / "crm.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'review'").fetchone()
    data = bytearray(path.read_bytes())
    empty = (page - 1) * 4096 + 1000
    assert data[empty : empty + 40] == bytes(40)
    data[empty : empty + 12] = f"{MARK}@exam"[:12].encode()
    path.write_bytes(data)
    assert not has_remnants(path, Needles(["another value"]))
    assert has_remnants(path, Needles([f"{MARK}@example.com"]))
    with Crm.open(crm.config.path) as again:
        assert again.privacy.erase(id_).scrubbed
    assert files_with(tmp_path, MARK, PHONE) == []


@pytest.mark.postgresql
def test_postgresql_says_what_stays_until_it_is_rewritten(crm_on: object) -> None:
    """Doctor names the tables whose files hold old bytes; rewritten, it no longer does."""
    crm: Crm = crm_on("postgresql")  # type: ignore[operator]
    id_ = plant(crm)
    receipt = crm.privacy.erase(id_)
    assert receipt.scrubbed is None
    assert {"customer", "contact_point", "interaction", "change"} <= set(receipt.rewrite)
    assert not crm.privacy.scrub()
    assert set(crm.privacy.rewrite()) == set(receipt.rewrite)
    assert crm.privacy.scrub()
    assert crm.privacy.rewrite() == []


def test_what_must_outlive_the_person_does(crm_both: Crm) -> None:
    """A row that the law wants kept stays with what it holds; where it cannot be without a customer, an empty
    shell stays for it, of which nothing can be read."""
    crm = crm_both
    id_ = plant(crm)
    metadata = plugin_metadata()
    invoice = sa.Table(
        "gone_invoice", metadata, key_column(),
        customer_column(
            "customer_id", crm.tables.customer, erase="keep", reason="tax law", nullable=False
        ),
        personal("address", Text),
        info=owned(),
    )  # fmt: skip
    with crm.kernel.store.writing() as connection:
        metadata.create_all(connection, tables=[invoice])
        _keep_contracts(connection, "gone", [invoice])
    with crm.transaction() as tx:
        tx.execute(sa.insert(invoice).values(customer_id=id_, address=f"{MARK} Street 1"))
    receipt = crm.privacy.erase(id_)
    kept = next(each for each in receipt.tables if each.table == "gone_invoice")
    assert (kept.kept, kept.reasons) == (1, ("tax law",))
    assert columns_with(crm, MARK) == {"gone_invoice.address"}
    shell = crm.customers.get(id_)
    assert (shell.name, shell.lifecycle, shell.archived_at is not None) == ("", "former", True)
    assert crm.customers.find(MARK) == []
    assert json.loads("[]") == []


def test_plugins_that_observe_later_see_nobody(crm: Crm, recorder: object) -> None:
    """An observer that lags behind is not shown what is left of an erased person's interactions."""
    id_ = plant(crm)
    crm.privacy.erase(id_)
    with crm.kernel.unit(crm.kernel.house) as tx:
        crm.kernel.observers.replay(tx, "recorder")
    while crm.kernel.observers.catch_up():
        pass
    assert recorder is not None
    crm.interactions.record(plant(crm, OTHER, "698765432"), "note", payload={"text": "hello"})


def test_a_full_disk_says_so(crm: Crm) -> None:
    """A ledger on a full disk: the error is told, and nothing is erased."""
    id_ = plant(crm)
    ledger = ledger_of(crm.kernel)
    ledger.path.symlink_to("/dev/full")
    with pytest.raises((StoreError, OSError)):
        crm.privacy.erase(id_)
    assert crm.customers.get(id_).tags
