"""Imports that are killed: what was committed stays, and the same command again completes it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa

from crmkit.core.crm import Crm
from crmkit.core.errors import TryAgain
from crmkit.core.exchange import ImportReport, import_customers, import_interactions
from crmkit.core.exchange.loop import kept_nothing
from crmkit.core.exchange.runs import Request, begun
from crmkit.testing.opening import open_crm
from tests.core.exchange.conftest import TOML
from tests.core.exchange.killed import BATCH, importing
from tests.processes import processes
from tests.soaking import soaking

Write = Callable[..., Path]
ROWS = 3_000


def people(count: int) -> str:
    """A file of customers; every hundredth row is refused."""
    rows = (
        f"{i},Person {i},{'not an address' if i % 100 == 0 else f'p{i}@example.org'}" for i in range(count)
    )
    return "shop,name,email\n" + "\n".join(rows) + "\n"


def kill_on_the_way(folder: Path, file: Path, random: Random, batches: int, most: int = 15) -> None:
    """Start the import in a process of its own; kill it some moment after so many batches, of `most` that it
    does."""
    context = processes()
    told = context.RawValue("i", 0)
    process = context.Process(target=importing, args=(folder / "crm.toml", file, told, most))
    process.start()
    while told.value <= batches:
        assert process.is_alive(), process.exitcode
        time.sleep(0.002)
    time.sleep(random.random() * 0.05)
    process.kill()
    process.join()


KILLS = soaking(5, 20)


def history(count: int) -> str:
    """Customers with employers, tags and consents; some rows are refused, some are about the same."""
    keys = (i - 1 if i % 7 == 6 else i for i in range(count))
    rows = (
        f"{key},Person {key},{'broken' if key % 90 == 1 else f'p{key}@example.org'},"
        f"Firm {key % 11},{'vip' if key % 3 else f'row {i}'},{'2024-05-01' if key % 4 else 'no'}"
        for i, key in enumerate(keys)
    )
    return "shop,name,email,Company,tag,consent:newsletter:post\n" + "\n".join(rows) + "\n"


def everything(crm: Crm, ref: str) -> list[tuple[object, ...]]:
    """All that the import `ref` of customers leaves behind, without numbers and times.

    Nor its own number: on PostgreSQL that of a run that was killed as it began is lost.
    """
    names = (ref, f'"{ref}"')
    joined = "JOIN customer c ON c.id = "
    statements = (
        "SELECT i.value, c.name, c.version, c.source FROM customer c JOIN identity i ON i.customer_id = c.id",
        f"SELECT c.name, p.kind, p.normalised, p.is_primary FROM contact_point p {joined} p.customer_id",
        (
            "SELECT c.name, r.kind, o.name FROM relationship r, customer o, customer c "
            "WHERE c.id = r.customer_id AND o.id = r.other_id"
        ),
        f"SELECT c.name, t.tag FROM customer_tag t {joined} t.customer_id",
        f"SELECT c.name, s.channel, s.state, s.evidence FROM consent s {joined} s.customer_id",
        "SELECT name FROM customer WHERE is_organization = 1",
        "SELECT action, entity, field, new, source FROM change WHERE entity <> 'relationship'",
        "SELECT state, position, counts FROM import_run",
    )
    with crm.reading() as execute:
        return [
            tuple("the import" if value in names else value for value in row)
            for statement in statements
            for row in execute(sa.text(statement))
        ]


def apart(
    left: list[tuple[object, ...]], expected: list[tuple[object, ...]]
) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """What is too much, and what is missing: to compare thousands of lines in order takes pytest minutes."""
    here, there = Counter(left), Counter(expected)
    return list((here - there).elements()), list((there - here).elements())


@pytest.mark.slow
def test_killed_again_and_again_it_ends_as_if_undisturbed(crm: Crm, csv_file: Write, tmp_path: Path) -> None:
    """Whenever an import is killed, the same command leads to the same records and the same refused rows."""
    rows = soaking(2_000, 4_000)
    content = history(rows)
    (tmp_path / "quiet").mkdir()
    with open_crm(tmp_path / "quiet", TOML, database="crm.db") as quiet:
        undisturbed = tmp_path / "quiet" / "people.csv"
        undisturbed.write_text(content, encoding="utf-8")
        expected = import_customers(quiet, undisturbed)
        left = everything(quiet, str(expected.ref))
    file = csv_file(content)
    with kept_nothing(crm):  # as one that is killed at the very first
        begun(crm, Request(what="customers", file=file, digest="", mapping=""))
    random = Random(4)
    for _ in range(KILLS):
        kill_on_the_way(tmp_path, file, random, random.randint(0, 2), most=rows // BATCH // KILLS - 1)
    report = import_customers(crm, file, batch_size=50)
    assert (report.rows, report.created, report.updated, report.unchanged, report.rejected) == (
        expected.rows, expected.created, expected.updated, expected.unchanged, expected.rejected,
    )  # fmt: skip
    assert apart(everything(crm, str(report.ref)), left) == ([], [])
    assert report.rejects_file is not None
    assert expected.rejects_file is not None
    assert report.rejects_file.read_bytes() == expected.rejects_file.read_bytes()
    again = import_customers(crm, file)
    assert (again.created, again.updated, again.rejected) == (0, 0, expected.rejected)


def test_a_batch_that_others_overtook_is_tried_again(
    crm: Crm, csv_file: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When somebody else was in the way the batch begins anew, and each row is still done once."""
    monkeypatch.setattr("crmkit.core.exchange.loop._PAUSE", 0.0)
    import_customers(crm, csv_file("shop,name\n1,Anna\n", "c.csv"))
    file = csv_file("shop,at,amount\n" + "1,2024-05-01,5.00\n" * 6)
    tries = []
    commit = type(crm.kernel)._settle

    def overtaken(self: object, tx: object, *, in_line: bool) -> object:
        tries.append(1)
        if len(tries) in (2, 3, 6):
            raise TryAgain("somebody else was faster")
        return commit(self, tx, in_line=in_line)  # type: ignore[arg-type]

    monkeypatch.setattr(type(crm.kernel), "_settle", overtaken)
    report = import_interactions(crm, file, defaults={"type": "purchase"}, batch_size=2)
    assert (report.created, report.unchanged) == (6, 0)
    assert crm.interactions.count() == 6


def test_a_million_refused_rows_would_stay_on_the_disk(
    crm: Crm, csv_file: Write, peak_memory: Callable[[Callable[[], object]], int]
) -> None:
    """Refused rows are written batch by batch; of them all, memory holds a few as examples."""
    file = csv_file("shop,name,email\n" + "".join(f"{i},A,broken\n" for i in range(4_000)))
    import_customers(crm, csv_file("shop,name,email\n1,A,broken\n", "warm.csv"), batch_size=100)
    reports: list[ImportReport] = []
    peak = peak_memory(lambda: reports.append(import_customers(crm, file, batch_size=100)))
    (report,) = reports
    assert report.rejected == 4_000
    assert report.rejects_file is not None
    assert report.rejects_file.read_text(encoding="utf-8").count("\n") == 4_001
    assert len(report.examples) == 5
    assert peak < 3 << 20


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
        kill_on_the_way(tmp_path, file, Random(7), batches=3)
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
