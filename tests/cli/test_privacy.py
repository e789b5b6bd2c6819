"""`crm privacy` as an officer types it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import Shell


def test_an_officers_day(shop: Shell) -> None:
    """Enter, list, hand out, hold, preview, erase: each receipt says what comes next."""
    shop.run("customers", "add", "--name", "Anna Nowak", "--email", "anna@example.org")
    entered = shop.run("privacy", "requests", "add", "anna@example.org", "access")
    assert "crm privacy export 1 --output DIR --request 1" in entered.stderr
    (row,) = shop.json("privacy", "requests")
    assert (row["kind"], row["state"], row["left"] > 25) == ("access", "open", True)
    answer = shop.json("privacy", "export", "1", "--output", "out", "--request", "1")
    assert [Path(each).name for each in answer["files"]] == ["customer-1.html", "customer-1.json"]
    assert json.loads((shop.folder / "out" / "customer-1.json").read_text())["person"]["name"] == "Anna Nowak"
    assert (shop.folder / "out" / "customer-1.html").stat().st_mode & 0o777 == 0o600
    assert "exists" in shop.error("privacy", "export", "1", "--output", "out", status=5)["message"]
    assert shop.json("privacy", "requests") == []
    shop.run("privacy", "holds", "add", "1", "tax law")
    assert "tax law" in shop.error("privacy", "erase", "1", "--yes", status=5)["message"]
    shop.run("privacy", "holds", "lift", "1")
    preview = shop.json("privacy", "erase", "1", "--dry-run")
    assert preview["dry_run"]
    assert {each["table"] for each in preview["tables"]} >= {"customer", "contact_point", "change"}
    shop.run("privacy", "erase", "1", "--no-input", status=2)
    receipt = shop.json("privacy", "erase", "1", "--yes")
    assert (receipt["scrubbed"], receipt["undo"]) == (True, None)
    assert shop.json("customers", "list") == []


def test_what_is_erased_is_counted_in_words(shop: Shell) -> None:
    """One row is a row."""
    shop.run("customers", "add", "--name", "Anna Nowak", "--email", "anna@example.org", "--tag", "vip")
    preview = shop.run("privacy", "erase", "1", "--dry-run").stderr
    assert re.search(r"When they are erased: \d+ rows deleted, \d+ rows blanked", preview)
    said = shop.run("privacy", "erase", "1", "--yes").stderr
    assert re.search(r"Erased \([0-9a-f-]+\): \d+ rows deleted, \d+ rows blanked", said)


def test_without_a_place_the_document_is_printed(shop: Shell) -> None:
    """stdout is the JSON and nothing else; what the officer should know is on stderr."""
    shop.run("customers", "add", "--name", "Anna Nowak")
    result = shop.run("privacy", "export", "1")
    assert json.loads(result.stdout)["format"] == "crmkit privacy export"
    assert "Read it before you hand it out" in result.stderr


def test_a_backup_needs_its_ledger(shop: Shell) -> None:
    """Erased after the backup, restored from it: gone all the same, and told; without the ledger refused."""
    shop.run("customers", "add", "--name", "Anna Nowak", "--email", "anna@example.org")
    shop.run("db", "backup", "b.db")
    shop.run("privacy", "erase", "1", "--yes")
    assert shop.json("db", "restore", "b.db", "--force", "--yes")["erased"] == 1
    assert shop.json("customers", "list") == []
    for ledger in shop.folder.glob("*.erasures"):
        ledger.unlink()
    error = shop.error("db", "restore", "b.db", "--force", "--yes", status=1)
    assert "--without-ledger" in error["hint"]
    shop.run("db", "restore", "b.db", "--force", "--yes", "--without-ledger")
    assert len(shop.json("customers", "list")) == 1


def test_who_was_erased_is_remembered_where_the_business_wants_it(started: Callable[..., Shell]) -> None:
    """On a disk of its own the list outlives the database: a restored backup is erased by it again."""
    shop = started(toml='\n[privacy]\nledger = "safe/erased.jsonl"\n')
    (shop.folder / "safe").mkdir()
    shop.run("customers", "add", "--name", "Anna Nowak", "--email", "anna@example.org")
    shop.run("db", "backup", "b.db")
    shop.run("privacy", "erase", "1", "--yes")
    assert len((shop.folder / "safe" / "erased.jsonl").read_text(encoding="utf-8").splitlines()) == 1
    assert not (shop.folder / "crm.db.erasures").exists()
    assert shop.json("db", "restore", "b.db", "--force", "--yes")["erased"] == 1
    assert shop.json("customers", "list") == []


def test_looking_can_be_logged(shop: Shell) -> None:
    """With [privacy] log_reads, each look at a page is in the person's own export."""
    shop.run("customers", "add", "--name", "Anna Nowak")
    with (shop.folder / "crm.toml").open("a") as file:
        file.write("\n[privacy]\nlog_reads = true\n")
    shop.run("show", "1")
    tables = json.loads(shop.run("privacy", "export", "1").stdout)["tables"]
    assert [each["what"] for each in tables["access"]["rows"]] == ["customer page", "privacy export"]
