"""Scores by recency, frequency and money, and the segments that they make."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from crmkit import Crm, CrmError
from crmkit.plugin import ReportQuestion
from crmkit.plugins.analytical.reading import answer
from crmkit.plugins.analytical.rfm.cells import STANDARD
from crmkit.plugins.analytical.rfm.rfm import breaks_at, customers, measured, statement
from crmkit.plugins.analytical.rfm.section import section
from crmkit.plugins.analytical.rfm.settings import RfmSettings
from crmkit.testing import FakeClock, run_crm
from tests.plugins.analytical.conftest import DAY, cdnow, fill

Add = Callable[..., int]
USUAL = RfmSettings()


def test_scores_go_by_quantiles_and_ties_stay_together(crm_both: Crm) -> None:
    """The definition, worked out by hand in Python: the ends, or the middle of the places of those alike."""
    fill(crm_both, bought := list(cdnow(60)))
    each = {row.customer_id: row for row in customers(crm_both, USUAL)}
    assert len(each) == len({row[0] for row in bought})
    for measure, score, sign in (("recency", "r", -1), ("frequency", "f", 1), ("monetary", "m", 1)):
        values = [sign * getattr(row, measure) for row in each.values()]
        for row in each.values():
            mine = sign * getattr(row, measure)
            below, alike = sum(v < mine for v in values), sum(v == mine for v in values)
            middle = 1 + 5 * (2 * below + alike) // (2 * len(values))
            wanted = 1 if not below else 5 if below + alike == len(values) else middle
            assert getattr(row, score) == wanted
    question = crm_both.metrics.question()
    breaks = breaks_at(crm_both, question, USUAL, question.as_of)
    by_breaks = answer(crm_both, statement(question, USUAL, breaks))
    assert sorted(by_breaks) == sorted(answer(crm_both, statement(question, USUAL))), (
        "what movement holds on to"
    )
    found = measured(crm_both, USUAL)
    assert found.customers == len(each)
    assert found.spent == sum(cents for *_, cents in bought)
    assert Counter(row.segment for row in each.values()) == {
        one.segment: one.customers for one in found.segments if one.customers
    }
    assert any("Frequency has" in note for note in found.notes), "most bought once"
    assert [crm_both.trait("rfm_segment", who) for who in each] == [row.segment for row in each.values()]
    champions = [who for who, row in each.items() if row.segment == "champions"]
    assert crm_both.predicates.members("rfm_segment = 'champions'") == sorted(champions)


def test_money_is_net_and_of_one_currency_and_the_future_does_not_count(
    crm_both: Crm, add: Add, clock: FakeClock
) -> None:
    """A refund lowers what was spent and is no purchase; dollars count at the rate of their day."""
    anna = add("Anna", (40, 3000), (3, 0))
    crm_both.interactions.record(anna, "refund", amount=1000, at=clock.now() - DAY)
    crm_both.interactions.record(anna, "purchase", amount=5000, at=clock.now() + DAY)
    only_refund = add("Jan")
    crm_both.interactions.record(only_refund, "refund", amount=100)
    (row,) = customers(crm_both, USUAL)
    assert (row.customer_id, row.recency, row.frequency, row.monetary) == (anna, 3, 2, 2000)
    assert (row.r, row.f, row.m) == (3, 3, 3), "nobody to compare with: the middle"
    assert [crm_both.trait(name, anna) for name in ("recency", "frequency", "monetary")] == [3, 2, 2000]
    assert [crm_both.trait(name, only_refund) for name in ("monetary", "rfm_segment")] == [0, None]
    crm_both.interactions.record(anna, "purchase", amount=1000, currency="USD", at=clock.now() - DAY)
    with pytest.raises(CrmError, match="no rate"):
        customers(crm_both, USUAL)
    crm_both.rates.set("USD", "0.905", on=date(2020, 1, 1))
    assert [row.monetary for row in customers(crm_both, USUAL)] == [2905]
    assert crm_both.trait("monetary", anna) == 2905
    assert crm_both.metrics.value("revenue", "all time").value == 2805, "and by the core's own metric"


def test_scores_as_of_then_are_by_what_was_known_then(crm: Crm, add: Add, clock: FakeClock) -> None:
    """What was corrected later, or came later, does not change what was said then."""
    anna = add("Anna", (400, 1000), (30, 1000))
    add("Jan", (500, 200))
    before = clock.now()
    then = {row.customer_id: row for row in customers(crm, USUAL)}
    clock.advance(days=2)
    last = crm.interactions.list("purchase", limit=1).interactions[0]
    crm.interactions.correct(last.seq, amount=1)
    add("Ola", (1, 9000))
    assert {row.customer_id: row for row in customers(crm, USUAL, as_of=before)} == then
    assert crm.trait("rfm_segment", anna, as_of=before) == then[anna].segment
    assert {row.monetary for row in customers(crm, USUAL)} == {2000, 1, 9000}


def test_own_breaks_and_own_names(crm: Crm, add: Add) -> None:
    """Breaks say who has which score, whatever the others do; segments have the business's names."""
    settings = RfmSettings(
        scores=3, recency=(90, 30), frequency=(2, 10), monetary=(Decimal(50), Decimal("100.50")),
        segments={"stars": "R3 FM3", "regulars": "R2-3 FM2-3"},
    )  # fmt: skip
    star, edge = add("A", *[(2, 1005)] * 10), add("B", (30, 4000), (31, 1000))
    old = add("C", (91, 9_000_000))
    found = {row.customer_id: (row.r, row.f, row.m, row.segment) for row in customers(crm, settings)}
    assert found == {star: (3, 3, 3, "stars"), edge: (3, 2, 2, "regulars"), old: (1, 1, 3, "other")}
    renamed = RfmSettings(names={"champions": "stars"})
    assert renamed.order[0] == "stars"
    assert measured(crm, settings).notes == []


def test_the_usual_table_has_a_segment_for_every_pair_of_scores() -> None:
    """However many scores there are, and each name is among those that are listed."""
    for scores in range(2, 11):
        settings = RfmSettings(scores=scores)
        assert len(settings.cells) == scores * scores
        assert set(settings.cells.values()) == set(settings.order) <= set(STANDARD)
    assert RfmSettings().order == tuple(STANDARD)
    for wrong in ({"segments": {"x": "R6 FM1"}}, {"segments": {"x": "best"}}, {"names": {"nobody": "x"}}, {
        "frequency": (1, 2)
    }, {"scores": 1}):  # fmt: skip
        with pytest.raises(ValueError, match=r".+"):
            RfmSettings(**wrong)


def test_the_command(crm: Crm, add: Add, tmp_path: Path) -> None:
    """Grid and segments, a list of people, files; nobody yet says what to do."""
    config = ("--config", crm.config.path)
    assert "crm log REF purchase" in run_crm(*config, "analytics", "rfm").stderr
    anna, jan = add("Anna", (1, 1250)), add("Jan", (300, 500))
    shown = run_crm(*config, "analytics", "rfm")
    assert "FM 1" in shown.stdout
    assert "R 5" in shown.stdout
    document = run_crm(*config, "analytics", "rfm", "--json").json
    assert sum(row["customers"] for row in document["segments"]) == 2
    assert sum(row["share"] for row in document["segments"]) == pytest.approx(1)
    people = run_crm(*config, "analytics", "rfm", "--customers", "--json").json
    assert [(row["customer_id"], row["monetary"]) for row in people] == [
        (anna, "12.50 EUR"),
        (jan, "5.00 EUR"),
    ]
    (best,) = run_crm(*config, "analytics", "rfm", "--limit", "1", "--json").json
    assert best["customer_id"] == anna
    where = run_crm(*config, "analytics", "rfm", "--customers", "--where", "monetary < 10", "--csv").stdout
    assert [row["customer"] for row in csv.DictReader(where.splitlines())] == ["Jan"]
    run_crm(*config, "analytics", "rfm", "--save", str(tmp_path / "cells.parquet"))
    assert sum(pq.read_table(tmp_path / "cells.parquet")["customers"].to_pylist()) == 2
    run_crm(*config, "analytics", "rfm", "--customers", "--save", str(tmp_path / "people.csv"))
    assert (tmp_path / "people.csv").read_text().count("\n") == 3
    assert run_crm(*config, "analytics", "rfm", "--save", "x.doc").status == 2
    assert "There are: champions" in run_crm(*config, "analytics", "rfm", "--segment", "nobody").stderr


def test_the_section_of_the_report(crm: Crm, add: Add) -> None:
    """Nothing without a purchase; else segments whose customers add up, with a sentence for each picture."""
    question = ReportQuestion(period=crm.metrics.period("this month"), as_of=crm.clock.now())
    assert section(crm, question) is None
    add("Anna", (1, 1250)), add("Jan", (300, 500))
    found = section(crm, question)
    assert found is not None
    assert sum(row["customers"] for row in found.tables[0].rows) == 2
    assert all("2 customers" in chart.says for chart in found.charts)
