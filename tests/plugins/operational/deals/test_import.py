"""A flat file of deals from another system, and whether the numbers are those of the file."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from crmkit import Crm, CustomerDraft
from crmkit.plugins.operational.api import SalesDesk
from crmkit.testing import run_crm
from tests.plugins.operational.deals.flat_file import ACCOUNTS, AGENTS, Expected, expected, write_deals

MANY = 600


@pytest.fixture
def crm_toml() -> str:
    """It is the day on which the file was written."""
    return 'clock = "2026-01-01 12:00"'


def people_of(crm: Crm) -> None:
    """Those whom the file names."""
    for agent in AGENTS:
        crm.people.add(agent)
    crm.customers.save_all([CustomerDraft(name=name) for name in ACCOUNTS])


def check(crm: Crm, plain: Expected) -> None:
    """Win rate, cycle, pipeline and forecast, by agent and by quarter, are those of plain Python."""
    rates = {each.group: each for each in crm.metrics.value("win_rate", "all time", by="employee").groups}
    cycles = {each.group: each for each in crm.metrics.value("sales_cycle", "all time", by="employee").groups}
    open_ = {each.group: each for each in crm.metrics.value("pipeline", by="employee").groups}
    desk = crm.service(SalesDesk)
    lines = {each.group: each for each in desk.forecast(by="employee").lines}
    for agent in AGENTS:
        closed = plain.won[agent] + plain.lost[agent]
        assert rates[agent].value == Fraction(plain.won[agent], closed)
        assert float(cycles[agent].value or 0) == plain.cycle(agent)
        assert open_[agent].value == plain.pipeline[agent] == lines[agent].pipeline.minor
        assert lines[agent].won.minor == plain.won_value[agent]
        weighted = round(Fraction(plain.weighted[agent], 100))
        assert lines[agent].by_stage.minor == plain.won_value[agent] + weighted
    quarters = {each.group: each for each in desk.forecast(by="quarter").lines}
    for quarter, (won, pipeline) in plain.by_quarter.items():
        if won or pipeline:
            assert (quarters[quarter].won.minor, quarters[quarter].pipeline.minor) == (won, pipeline)


def test_numbers_are_those_of_the_file(crm_both: Crm, tmp_path: Path) -> None:
    """Imported by its headers as they are; what nobody can read is rejected with its reason."""
    people_of(crm_both)
    write_deals(tmp_path / "deals.csv", MANY)
    plain = expected(tmp_path / "deals.csv")
    rehearsed = _import(crm_both, tmp_path, "--dry-run")
    assert crm_both.records.count("deal") == 0
    done = _import(crm_both, tmp_path)
    assert rehearsed["created"] == done["created"] == plain.accepted == crm_both.records.count("deal")
    assert done["rejected"] == plain.rejected > 0
    check(crm_both, plain)
    assert crm_both.interactions.count() == 0


def test_an_import_of_deals_is_taken_back(crm: Crm, tmp_path: Path) -> None:
    """As every import."""
    people_of(crm)
    (tmp_path / "deals.csv").write_text("account,deal name,value\nAccount 1,Ovens,10\n", encoding="utf-8")
    done = _import(crm, tmp_path)
    assert crm.records.get("deal", 1).title == "Ovens"
    crm.undo.undo(done["import"])
    assert crm.records.count("deal") == 0


def test_what_others_call_won(crm: Crm, tmp_path: Path) -> None:
    """Names of other systems are known; a stage that nobody has is refused with what was written."""
    people_of(crm)
    rows = ("Closed Won,2025-05-01", "CLOSED - LOST,2025-05-01 00:00:00", "Sold,1.5.2025")
    text = "".join(f"Account 1,Ovens {n},{row}\n" for n, row in enumerate(rows))
    (tmp_path / "deals.csv").write_text(f"account,deal name,stage,close date\n{text}", encoding="utf-8")
    done = _import(crm, tmp_path)
    assert (done["created"], done["rejected"]) == (2, 1)
    assert [each.state for each in crm.records.list("deal", order="close_on").records] == ["won", "lost"]
    assert '"Sold"' in (tmp_path / "deals.rejects.csv").read_text(encoding="utf-8").replace('""', '"')


def _import(crm: Crm, folder: Path, *more: str) -> dict[str, Any]:
    path = crm.config.path
    answer = run_crm("--config", path, "deals", "import", folder / "deals.csv", "--json", *more)
    found: dict[str, Any] = answer.json
    return found
