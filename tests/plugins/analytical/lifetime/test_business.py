"""Lifetime value of a business's own customers."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pytest
import sqlalchemy as sa

from crmkit import Crm, CustomerDraft, InteractionDraft, Invalid
from crmkit.core.bulk.touching import compiled
from crmkit.core.worker import Worker
from crmkit.plugin import Duration, ReportQuestion, local_date
from crmkit.plugins.analytical.lifetime.buyers import read_buyers, read_log
from crmkit.plugins.analytical.lifetime.fits import kept
from crmkit.plugins.analytical.lifetime.models import model_named
from crmkit.plugins.analytical.lifetime.purchase_log import PurchaseLog
from crmkit.plugins.analytical.lifetime.section import section
from crmkit.plugins.analytical.lifetime.service import business_values, refit, validated
from crmkit.plugins.analytical.lifetime.statement import earliest, summary
from crmkit.testing import FakeClock, open_crm, run_crm
from tests.analysed import analyse
from tests.plugins.analytical.conftest import DAY, at, fill
from tests.plugins.analytical.lifetime.samples import CALIBRATION_END, sample_file

MAIN = """
timezone = "Europe/Warsaw"

[plugins.analytical.value]
margin = "30%"
horizons = ["1 year", "90 days"]
"""


@pytest.fixture
def crm_toml() -> str:
    """A shop in Warsaw, where clocks change."""
    return MAIN


def sample(folder: Path, every: int = 1) -> list[tuple[int, str, int]]:
    """(customer, day, cents) of each so-manieth customer of the CDNOW sample."""
    with sample_file(folder).open(encoding="utf-8", newline="") as text:
        return [
            (int(row["customer_id"]), row["date"], round(float(row["dollar_value"]) * 100))
            for row in csv.DictReader(text)
            if int(row["customer_id"]) % every == 0
        ]


def test_the_sample_is_summarised_in_sql_as_the_papers_have_it(crm_both: Crm, tmp_path: Path) -> None:
    """2,357 customers, 2,457 repeats, 1,411 without; and the published fit, from the database itself."""
    fill(crm_both, sample(tmp_path))
    analyse(crm_both)
    buyers = read_buyers(crm_both, as_of=CALIBRATION_END)
    frequency = buyers.histories.frequency
    assert (len(buyers.ids), frequency.sum(), (frequency == 0).sum()) == (2_357, 2_457, 1_411)
    found = business_values(crm_both, as_of=CALIBRATION_END)
    assert found.fits.buying.log_likelihood == pytest.approx(-9582.429, abs=5e-4)
    assert list(found.fits.spend.params.values()) == pytest.approx([6.25, 3.74, 15.44], rel=2e-3)
    checked = validated(crm_both, CALIBRATION_END, as_of=date(1998, 6, 30))
    assert checked.actual == 1_882
    assert checked.expected == pytest.approx(1_653.4, abs=0.1)
    assert sum(each.customers for each in checked.classes) == 2_357
    assert sum(each.actual * each.customers for each in checked.classes) == pytest.approx(checked.actual)
    assert checked.weeks[-1].actual == pytest.approx(2_457 + 1_882, abs=40), "whole weeks end before the log"
    assert checked.rmse > checked.mae > 0


def bought(customer: int, when: int, cents: int, type_: str = "purchase") -> InteractionDraft:
    """Something that happened long ago."""
    return InteractionDraft(customer=customer, type=type_, at=when, amount=cents, history=True)


@pytest.fixture
def mixed(crm_both: Crm, clock: FakeClock) -> dict[int, list[tuple[str, int, int]]]:
    """Customers with purchases, refunds, gifts, sales put right and one in the future; what holds of each."""
    random, now = Random(4), clock.now()
    ids = crm_both.customers.save_all([CustomerDraft(name=f"C{n}") for n in range(40)]).ids
    held: dict[int, list[tuple[str, int, int]]] = {int(id_ or 0): [] for id_ in ids}
    for id_, told in held.items():
        for _ in range(random.randrange(6)):
            when = now - random.randrange(3 * 365 * DAY)
            kind = random.choice(["purchase", "purchase", "purchase", "refund"])
            cents = random.choice([0, 990, 12_345])
            crm_both.interactions.record(bought(id_, when, cents, kind))
            told.append((kind, when, cents))
    first = next(iter(held))
    voided = crm_both.interactions.record(first, "purchase", amount=99, at=now - 5 * DAY)
    crm_both.interactions.void(voided.seq or 0, reason="test")
    return held


def by_hand(held: dict[int, list[tuple[str, int, int]]], tz: ZoneInfo) -> PurchaseLog:
    """The same as a log of local days."""
    rows = [
        (id_, local_date(when, tz).toordinal(), -cents / 100 if kind == "refund" else cents / 100)
        for id_, told in held.items()
        for kind, when, cents in told
        if kind == "purchase" or cents
    ]
    return PurchaseLog(
        customers=np.array([row[0] for row in rows]),
        days=np.array([row[1] for row in rows]),
        amounts=np.array([row[2] for row in rows]),
    )


def test_sql_and_arrays_summarise_alike_on_three_engines(
    crm_both: Crm, mixed: dict[int, list[tuple[str, int, int]]]
) -> None:
    """Distinct local days, repeat spend less refunds: statement and arrays agree, in DuckDB too."""
    tz = ZoneInfo(crm_both.config.crs.timezone)
    buyers = read_buyers(crm_both)
    log = by_hand(mixed, tz)
    wanted = log.histories(buyers.day.toordinal())
    assert buyers.ids.tolist() == log.until(buyers.day.toordinal()).buyers().tolist()
    for name in ("frequency", "recency", "age", "monetary"):
        assert getattr(buyers.histories, name) == pytest.approx(getattr(wanted, name)), name
    days = read_log(crm_both)
    assert days is not None
    assert len(days.days) == wanted.frequency.sum() + len(wanted)
    question = crm_both.metrics.question()
    with crm_both.reading() as execute:
        first = execute(earliest(question)).scalar_one()
        statement = summary(question, first)
        ours = sorted(tuple(row) for row in execute(statement))
        table = crm_both.tables.interaction
        rows = [tuple(row) for row in execute(sa.select(*table.c))]
    with duckdb.connect() as connection:
        kinds = ", ".join(
            f'"{c.name}" {"BIGINT" if isinstance(c.type, sa.Integer) else "VARCHAR"}' for c in table.columns
        )
        connection.execute(f"CREATE TABLE interaction ({kinds})")
        connection.executemany(f"INSERT INTO interaction VALUES ({', '.join('?' * len(table.c))})", rows)
        text, parameters, _ = compiled(statement, {})
        assert sorted(connection.execute(text, parameters).fetchall()) == ours


def test_fits_are_kept_and_values_become_words(crm: Crm, clock: FakeClock, tmp_path: Path) -> None:
    """The worker fits once a week, keeps the values of every horizon, and the metric sums them."""
    clock.set(at("1998-07-01"))
    by_number = fill(crm, sample(tmp_path, every=3))
    Worker(crm.kernel).drain()
    fits = kept(crm, "bg-nbd", clock.now())
    assert fits is not None
    assert fits.buying.is_good
    assert fits.as_of == clock.now()
    clock.advance(days=3)
    Worker(crm.kernel).drain()
    assert kept(crm, "bg-nbd", clock.now()) == fits, "not due yet"
    found = business_values(crm)
    assert found.values is not None
    assert found.values.value is not None
    place = int(np.argmax(found.values.value["1 year"]))
    best = int(found.buyers.ids[place])
    assert best in by_number.values()
    for name, numbers in (("expected_purchases", found.values.expected), ("clv", found.values.value)):
        year, quarter = crm.trait(name, best), crm.trait(name, best, length=Duration(90, "day"))
        scale = 100 if name == "clv" else 1
        assert year == pytest.approx(numbers["1 year"][place] * scale, rel=1e-4, abs=1)
        assert quarter == pytest.approx(numbers["90 days"][place] * scale, rel=1e-4, abs=1)
    alive = crm.trait("p_alive", best)
    assert alive == pytest.approx(found.values.p_alive[place], abs=1e-5)
    assert crm.trait("churn_risk", best) == pytest.approx(1 - alive)
    assert crm.predicates.members(f"clv(1 year) >= {crm.trait('clv', best) / 100}") == [best]
    total = crm.metrics.value("clv_total(90 days)")
    assert total.value == pytest.approx(found.values.value["90 days"].sum() * 100, rel=1e-3)
    clock.advance(days=5)
    Worker(crm.kernel).drain()
    newest = kept(crm, "bg-nbd", clock.now())
    assert newest is not None
    assert newest.as_of == clock.now()
    past = kept(crm, "bg-nbd", clock.now() - 6 * DAY)
    assert past == fits, "as of then, by the fit of then"
    report = section(crm, ReportQuestion(period=crm.metrics.period("last 90 days"), as_of=clock.now()))
    assert report is not None
    assert {chart.name for chart in report.charts} == {"value-alive", "value-over-time", "value-by-frequency"}
    assert "30%" in " ".join(report.text)


def test_value_is_margin_times_spend_times_discounted_purchases(
    crm: Crm, clock: FakeClock, tmp_path: Path
) -> None:
    """The discounted sum equals the one taken day by day."""
    clock.set(at("1998-07-01"))
    fill(crm, sample(tmp_path, every=4))
    found = business_values(crm)
    assert found.values is not None
    assert found.values.value is not None
    buying: Any = model_named("bg-nbd")
    spend: Any = model_named("gamma-gamma")
    params = np.array(list(found.fits.buying.params.values()))
    rows = found.buyers.histories.chosen(slice(0, 30))
    days = np.arange(0, 366)
    so_far = np.stack([buying.expected_purchases(params, rows, day / 7) for day in days])
    weights = 1.1 ** (-(days[1:] - 0.5) / 365.25)
    discounted = (np.diff(so_far, axis=0) * weights[:, None]).sum(axis=0)
    mean = spend.expected_spend(np.array(list(found.fits.spend.params.values())), rows)
    assert found.values.value["1 year"][:30] == pytest.approx(0.3 * mean * discounted, rel=1e-5)


OWN = """
[plugins.analytical.value]
model = "pareto-nbd"
refit = "2 days"
"""


def test_the_business_says_by_which_model_and_how_often_anew(tmp_path: Path, clock: FakeClock) -> None:
    """The worker fits the model of crm.toml and no other, and fits it again once it is as old as that."""
    clock.set(at("1998-07-01"))
    with open_crm(tmp_path / "shop", OWN, plugins=["analytical"], clock=clock) as crm:
        fill(crm, sample(tmp_path, every=8))
        fitted = []
        for _ in range(3):
            Worker(crm.kernel).drain()
            assert kept(crm, "bg-nbd", clock.now()) is None
            fits = kept(crm, "pareto-nbd", clock.now())
            assert fits is not None
            fitted.append(fits.as_of)
            clock.advance(days=1, hours=1)
    assert fitted[0] == fitted[1] < fitted[2]


def test_a_business_of_whom_nothing_can_be_told_is_told_so(
    crm: Crm, clock: FakeClock, tmp_path: Path
) -> None:
    """Nobody; one purchase each; all alike: no numbers, and the reason. The doctor knows it too."""
    config = ("--config", str(tmp_path / "crm.toml"))
    value = (*config, "analytics", "value")
    assert "Nobody has bought yet" in run_crm(*value).stderr
    ids = [
        int(id_ or 0) for id_ in crm.customers.save_all([CustomerDraft(name=f"C{n}") for n in range(30)]).ids
    ]
    for days, reason in ((50, "nobody has bought a second time"), (9, "too much alike")):
        for id_ in ids:
            crm.interactions.record(bought(id_, clock.now() - days * DAY, 100))
        answer = run_crm(*value, "--json")
        assert answer.json == []
        assert reason in answer.stderr
    made = refit(crm)
    assert (made.buying.status, made.spend.status) == ("not identified", "not identified")
    assert "too much alike" in run_crm(*config, "doctor").stdout
    Worker(crm.kernel).drain()
    assert crm.trait("p_alive", ids[0]) is None
    with pytest.raises(Invalid, match="Nothing can have come"):
        validated(crm, date(2200, 1, 1))
    crm.interactions.record(ids[0], "purchase", amount=5, currency="USD", at=clock.now() - DAY)
    assert "crm rates set USD" in run_crm(*value).stderr


def test_values_on_the_command_line(crm: Crm, tmp_path: Path) -> None:
    """Best first, of whom a condition holds, with the date and health of the fits; saved and validated."""
    fill(crm, sample(tmp_path, every=4))
    command = ("--config", str(tmp_path / "crm.toml"), "analytics")
    fitted = run_crm(*command, "fit", "--json").json
    assert [each["status"] for each in fitted] == ["converged", "converged"]
    save = tmp_path / "value.csv"
    then = ("--as-of", "1998-06-30", "--where", "count(purchase) > 1", "--on", "1998-12-31")
    answer = run_crm(*command, "value", *then, "--limit", "5", "--json", "--save", save)
    rows = answer.json
    assert len(rows) == 5
    worth = [float(row["clv_1_year"].split()[0]) for row in rows]
    assert worth == sorted(worth, reverse=True)
    assert all(0 <= row["p_alive_on"] < row["p_alive"] <= 1 for row in rows)
    assert "as of 1998-06-30" in answer.stderr
    assert "bg-nbd converged, gamma-gamma converged" in answer.stderr
    assert len(save.read_text(encoding="utf-8").splitlines()) == 6
    checked = run_crm(*command, "value", "--validate", "31.3.1998", "--as-of", "1998-06-30")
    assert "purchases expected by 1998-06-30" in checked.stderr
    assert "Expected" in checked.stdout
