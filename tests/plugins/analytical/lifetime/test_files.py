"""`crm analytics fit FILE`: any shop's file, without a business around it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from crmkit.testing import run_crm
from tests.plugins.analytical.lifetime.samples import CALIBRATION_END, cdnow_log, donations_file, sample_file

FIT = ("analytics", "fit")


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder in which, and above which, there is no `crm.toml`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CRMKIT_CONFIG", raising=False)


def test_a_log_and_its_summary_have_the_published_fit(tmp_path: Path) -> None:
    """The document has exactly what it promises; histories that stand together by weight fit alike."""
    log = sample_file(tmp_path)
    found = run_crm(*FIT, log, "--until", CALIBRATION_END, "--json").json
    assert list(found) == ["model", "params", "standard_errors", "log_likelihood", "status", "customers"]
    assert (found["model"], found["status"], found["customers"]) == ("bg-nbd", "converged", 2_357)
    assert found["log_likelihood"] == pytest.approx(-9582.429, abs=5e-4)
    rows = (
        cdnow_log(tmp_path)
        .histories(CALIBRATION_END.toordinal(), "day")
        .grouped(("frequency", "recency", "age"))
    )
    table = tmp_path / "summary.csv"
    with table.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text, delimiter=";")
        writer.writerow(["Frequency", "Recency", "T", "Weights"])
        writer.writerows(zip(rows.frequency, rows.recency, rows.age, rows.weight, strict=True))
    days = run_crm(*FIT, table, "--json").json
    assert days["customers"] == 2_357
    assert days["params"]["alpha"] == pytest.approx(7 * found["params"]["alpha"], rel=1e-3)
    assert days["params"]["r"] == pytest.approx(found["params"]["r"], rel=1e-3)
    by_day = run_crm(*FIT, log, "--until", CALIBRATION_END, "--unit", "day", "--json").json
    assert by_day["params"] == pytest.approx(days["params"], rel=1e-4)
    told = run_crm(*FIT, log, "--until", CALIBRATION_END, "-v")
    assert "0.2426" in told.stdout
    assert "Fader, Hardie, Lee (2005)" in told.stderr


def test_donations_have_the_published_fit() -> None:
    """BG/BB on weighted kinds of histories in whole periods."""
    found = run_crm(*FIT, donations_file(), "--model", "bg-bb", "--json").json
    assert list(found["params"].values()) == pytest.approx([1.2035, 0.7497, 0.6568, 2.7839], rel=5e-4)
    assert found["log_likelihood"] == pytest.approx(-33225.58, abs=0.005)
    assert found["customers"] == 11_104


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        (
            "customer,date\n1,1997-01-01\n2,30/01/1997\n",
            (),
            'line 3, column "date": "30/01/1997" is not a date',
        ),
        ("customer,date,amount\n1,1997-01-01,ten\n", (), 'line 2, column "amount": "ten" is not a number'),
        ("customer,date,amount\n1,1997-01-01\n", (), "line 2: 2 values, but 3 columns"),
        ("customer,date\n ,1997-01-01\n", (), 'line 2, column "customer"'),
        ("who,when\n1,2\n", (), "no column for the customer"),
        ("customer,date\n1,1997-01-01\n", ("--model", "gamma-gamma"), "no column for the amount"),
        ("customer,date\n", (), "no rows"),
        ("", (), "no column for the customer"),
        ("customer,date\n1,2997-01-01\n", (), "lies in the future"),
        (
            "customer,date\n1,1997-01-01\n",
            ("--until", "1996-01-01"),
            "Nobody had bought anything by 1996-01-01",
        ),
        ("customer,date,amount,currency\n1,1997-01-01,1,EUR\n1,1997-01-02,1,USD\n", (), "several currencies"),
        ("x,t_x,T\n1,9,5\n", (), 'line 2, column "t_x": "9" is more than T'),
        ("x,t_x,T\n-1,0,5\n", (), '"-1" is negative'),
        ("x,t_x,T\n0,3,5\n", (), "no repeat purchase"),
        ("x,t_x,T\n1,1,5\n", ("--unit", "day"), "Leave out --until and --unit"),
        ("frequency,recency,periods\n1.5,2,6\n", ("--model", "bg-bb"), "is not a whole number"),
    ],
)
def test_a_wrong_file_is_refused_by_line_and_column(
    tmp_path: Path, text: str, options: tuple[str, ...], said: str
) -> None:
    """What is wrong, where, and no half answer."""
    path = tmp_path / "log.csv"
    path.write_text(text, encoding="utf-8")
    answer = run_crm(*FIT, path, *options)
    assert answer.status != 0
    assert answer.stdout == ""
    assert said in answer.stderr


def test_odd_rows_are_taken_as_documented(tmp_path: Path) -> None:
    """Refunds are no purchases and lower spend, a gift is one, the future is left out and said."""
    rows = ["client;day;total"]
    for who in range(60):
        rows += [f"c{who};2020-01-{1 + who % 28:02d};10", f"c{who};2020-{2 + who % 9:02d}-03;{20 + who % 7}"]
    rows += ["c1;2020-03-10;-5,50", "c2;2020-03-11;0", "c3;2999-01-01;10", "c4;2020-03-01 10:00;5", ""]
    path = tmp_path / "log.csv"
    path.write_text("\n".join(rows), encoding="utf-8-sig")
    answer = run_crm(*FIT, path, "--json")
    assert answer.status == 0
    found = answer.json
    assert found["customers"] == 60
    assert "1 purchase lies after today" in answer.stderr
    if found["status"] != "converged":
        assert found["params"] is None
        assert found["reason"]
