"""Imports that are killed: what was committed stays, and the same command again completes it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa

from crmkit.core.crm import Crm
from crmkit.core.exchange import import_customers, import_interactions

Write = Callable[..., Path]
ROWS = 3_000
SCRIPT = Path(__file__).with_name("killed.py")


def people(count: int) -> str:
    """A file of customers; every hundredth row is refused."""
    rows = (
        f"{i},Person {i},{'not an address' if i % 100 == 0 else f'p{i}@example.org'}" for i in range(count)
    )
    return "shop,name,email\n" + "\n".join(rows) + "\n"


def kill_on_the_way(folder: Path, file: Path, random: Random, batches: int) -> None:
    """Start the import in a process of its own; kill it some moment after so many batches."""
    process = subprocess.Popen(
        [sys.executable, str(SCRIPT), str(folder / "crm.toml"), str(file)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    for _ in range(batches):
        assert process.stdout.readline()
    time.sleep(random.random() * 0.05)
    process.kill()
    process.wait()
    process.stdout.close()


def on_record(crm: Crm) -> list[tuple[object, ...]]:
    """What the imports have left behind, apart from when."""
    customer, identity, run = crm.tables.customer, crm.tables.identity, crm.tables.import_run
    with crm.reading() as execute:
        people = sa.select(identity.c.value, customer.c.name, customer.c.version).join(customer)
        runs = sa.select(run.c.id, run.c.state, run.c.position, run.c.counts)
        return [
            tuple(row) for statement in (people, runs) for row in execute(statement.order_by(sa.text("1")))
        ]


@pytest.mark.slow
def test_an_import_of_customers_survives_being_killed(crm: Crm, csv_file: Write, tmp_path: Path) -> None:
    """Killed three times and started again, an import has done each row once."""
    file = csv_file(people(ROWS))
    random = Random(len(str(crm.config.crs.database)))
    for _ in range(3):
        kill_on_the_way(tmp_path, file, random, batches=3)
    between = crm.customers.count()
    assert 0 < between < ROWS
    report = import_customers(crm, file, batch_size=700)
    assert report.resumed_from > 0
    assert (report.ref, report.rows, report.created, report.rejected) == ("import:1", ROWS, ROWS - 30, 30)
    assert crm.customers.count() == ROWS - 30
    assert report.rejects_file is not None
    rejects = report.rejects_file.read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[0] for line in rejects[1:]] == [str(i) for i in range(0, ROWS, 100)]
    before = on_record(crm)
    again = import_customers(crm, file)
    assert (again.ref, again.created, again.unchanged, again.resumed_from) == ("import:2", 0, ROWS - 30, 0)
    assert on_record(crm)[: len(before) - 1] == before[:-1]


@pytest.mark.slow
def test_an_import_of_interactions_survives_being_killed(crm: Crm, csv_file: Write, tmp_path: Path) -> None:
    """Equal rows before and after the place of the kill stay as many as the file has."""
    import_customers(crm, csv_file("shop,name\n1,Anna\n2,Jan\n", "c.csv"))
    rows = [f"{i % 3 + 1},2024-05-{i % 4 + 1:02},{i % 5}.00" for i in range(ROWS)]
    file = csv_file("shop,at,amount\n" + "\n".join(rows) + "\n", "purchases.csv")
    for _ in range(2):
        kill_on_the_way(tmp_path, file, Random(7), batches=4)
    report = import_interactions(crm, file, defaults={"type": "purchase"})
    assert report.resumed_from > 0
    assert (report.rows, report.created, report.unchanged, report.rejected) == (ROWS, 2_000, 0, 1_000)
    assert crm.interactions.count() == 2_000
    assert crm.interactions.totals()[0].sums["USD"] == sum(i % 5 * 100 for i in range(ROWS) if i % 3 != 2)


def test_an_error_midway_keeps_what_was_done(
    crm: Crm, csv_file: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the folder cannot take refused rows, the import stops with a hint, and goes on when it can."""
    file = csv_file("name,email\nA,a@example.org\nB,broken\nC,c@example.org\n")
    blocked = file.with_name("people.rejects.csv")
    monkeypatch.setattr("crmkit.core.exchange.runs.rejects_path", lambda source, run: blocked)
    blocked.mkdir()
    with pytest.raises(RuntimeError, match="cannot be written"):
        import_customers(crm, file, batch_size=1)
    assert crm.customers.count() == 1
    blocked.rmdir()
    report = import_customers(crm, file, batch_size=1)
    assert (report.resumed_from, report.rows, report.created, report.rejected) == (1, 3, 2, 1)
