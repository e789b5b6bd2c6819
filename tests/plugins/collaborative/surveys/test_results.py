"""What surveys come to, with how sure that is."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmkit import ContactPoint, CustomerDraft
from crmkit.plugins.collaborative.api import Surveys
from crmkit.plugins.collaborative.surveys.measuring import estimate, written
from crmkit.testing import run_crm
from tests.plugins.collaborative.surveys.conftest import CSAT, Bakery

COUNTS = st.dictionaries(st.integers(0, 10), st.integers(0, 50), min_size=1)


def test_worked_by_hand() -> None:
    """Of 20 answers 10 promoters and 4 detractors: NPS 30. Wilson intervals, by hand with z = 1.96: 0.2993 to
    0.7007, and 0.0807 to 0.4160; their correlation is -0.5. CSAT 8 of 10, CES of 5, 6, 7."""
    nps = estimate("nps", {10: 6, 9: 4, 8: 3, 7: 3, 6: 1, 0: 3})
    assert nps is not None
    assert nps.value == pytest.approx(30)
    down, up = 0.5 - 0.2993, 0.4160 - 0.2
    low = 0.3 - math.sqrt(down**2 + up**2 + down * up)
    more, less = 0.7007 - 0.5, 0.2 - 0.0807
    high = 0.3 + math.sqrt(more**2 + less**2 + more * less)
    assert nps.interval.low == pytest.approx(100 * low, abs=0.05)
    assert nps.interval.high == pytest.approx(100 * high, abs=0.05)
    assert written("nps", nps) == "30 (-6 to 58)"
    csat = estimate("csat", {5: 5, 4: 3, 2: 2})
    assert csat is not None
    assert csat.value == 0.8
    assert csat.interval.low == pytest.approx(0.4902, abs=1e-4)
    assert csat.interval.high == pytest.approx(0.9433, abs=1e-4)
    ces = estimate("ces", {5: 1, 6: 1, 7: 1})
    assert ces is not None
    # t with 2 degrees of freedom is 4.3027; the standard error 1 / sqrt(3).
    half = 4.3027 / math.sqrt(3)
    assert ces.value == 6
    assert ces.interval.high - ces.value == pytest.approx(half, abs=1e-3)
    assert estimate("nps", {}) is None


@settings(max_examples=60, deadline=None)
@given(COUNTS)
def test_the_number_lies_in_its_interval(counts: dict[int, int]) -> None:
    """NPS is within its interval, which is within -100 and 100 and has a width, however few answers."""
    found = estimate("nps", counts)
    if found is None:
        return
    low, high = found.interval.low, found.interval.high
    assert -100 <= low <= found.value + 1e-9
    assert found.value - 1e-9 <= high <= 100
    assert high - low > 0
    by_hand = sum(many * (100 if score > 8 else -100 if score < 7 else 0) for score, many in counts.items())
    assert found.value == pytest.approx(by_hand / found.n)


def test_results(bakery_both: Bakery) -> None:
    """By score, by group and of some customers only; how many answered; as metrics, in the report, and what
    they wrote is found whatever the case and accents."""
    crm = bakery_both.crm
    for customer, score, why in ((1, "10", "Najlepszy żytni"), (2, "6", "Too dry")):
        bakery_both.answer(bakery_both.ask(customer=customer), {"score": score, "why": why})
    whole, english, polish = bakery_both.surveys.results("nps", by="locale")
    assert [(each.group, each.answered, each.asked) for each in (whole, english, polish)] == [
        (None, 2, 2), ("en_GB", 1, 1), ("pl_PL", 1, 1),
    ]  # fmt: skip
    assert [each.found and each.found.value for each in (whole, english, polish)] == [0, -100, 100]
    assert sum(bakery_both.surveys.results("nps", where="nps_last >= 9")[0].counts.values()) == 1
    assert [crm.metrics.value(name).value for name in ("nps", 'nps("nps")', "survey_response_rate")] == [
        0,
        0,
        1,
    ]
    assert crm.metrics.value("csat").value is None
    months = bakery_both.surveys.results("nps", "2026", by="month")
    assert [(each.group, each.answered) for each in months if each.asked] == [(None, 2), ("2026-05", 2)]
    assert [each.customer_id for each in bakery_both.surveys.answers(search="ZYTNI najlepszy")] == [1]
    assert [each.customer_id for each in bakery_both.surveys.answers("nps", scores=(None, 6))] == [2]
    assert bakery_both.surveys.answers(search="100%") == []
    (section,) = [each for each in crm.report("2026").sections if each.name == "surveys"]
    assert [each.value for each in section.figures] == ["0 (-81 to 81)", "100.0 % (34.2 to 100.0 %)"]

    command = ("--config", crm.config.path, "surveys")
    shown = run_crm(*command, "results", "nps", "--period", "2026").stdout
    assert ("nps: nps 0 (-81 to 81), 2 answers" in shown, "█" in shown, "100.0 %" in shown) == (True,) * 3
    flat = run_crm(*command, "results", "nps", "--period", "2026", "--by", "locale", "--json").json
    assert [(each["group"], each["value"]) for each in flat] == [
        (None, 0.0),
        ("en_GB", -100.0),
        ("pl_PL", 100.0),
    ]
    (row,) = run_crm(*command, "answers", "--search", "dry", "--json").json
    assert (row["customer"], row["score"], row["text"]) == ("Ben Kowalska", 6, "Too dry")
    (best,) = run_crm(*command, "answers", "nps", "--score", "9..", "--json").json
    assert best["text"] == "Najlepszy żytni"
    assert run_crm(*command, "answers", "--csv").stdout.count("\n") == 3
    poles = ("--period", "2026", "--where", "locale = 'pl_PL'")
    (of_poles,) = run_crm(*command, "results", "nps", *poles, "--json").json
    assert (of_poles["value"], of_poles["asked"]) == (100.0, 1)


def test_satisfaction_and_effort_in_conditions_and_numbers(bakery: Bakery) -> None:
    """Who was content lately is known of each customer, how easy it was of all; answers are counted by their
    score."""
    crm = bakery.crm
    easy = CSAT.replace('kind = "csat"', 'kind = "ces"').replace('keep_in = "satisfaction"\n', "")
    (bakery.folder / "surveys" / "easy.toml").write_text(easy, encoding="utf-8")
    for survey, scores in (("easy", "74"), ("csat", "52")):
        for customer, score in enumerate(scores, 1):
            bakery.answer(bakery.ask(survey, customer=customer), {"score": score})
        bakery.clock.advance(days=91 if survey == "easy" else 1)  # nobody is asked twice within 90 days
    assert crm.predicates.members("csat_avg(90 days) > 4") == [1]
    assert crm.predicates.members("csat_avg(90 days) = 2") == [2]
    assert crm.metrics.value("ces", "all time").value == 5.5
    for metric, value in (("ces(easy)", 5.5), ("survey_answers(csat, 4..5)", 1), ("survey_answers(easy)", 2)):
        assert crm.metrics.value(metric, "all time").value == value


def test_only_of_customers_whom_one_sees(bakery: Bakery) -> None:
    """Somebody who sees only their own customers reads, and counts, the answers of those."""
    crm = bakery.crm
    crm.people.add_team("wholesale")
    ola = crm.people.add("Ola", teams=["wholesale"])
    point = ContactPoint(kind="email", value="eve@example.org")
    eve = crm.customers.save(CustomerDraft(name="Eve", owner_id=ola.id, contact_points=(point,))).id
    for customer in (1, eve):
        bakery.answer(bakery.ask(customer=customer), {"score": "9", "why": "Good"})
    as_ola = crm.acting_as("Ola").service(Surveys)
    assert [each.customer_id for each in as_ola.answers()] == [eve]
    assert [(each.name, each.sent) for each in as_ola.list()] == [("csat", 0), ("nps", 1)]
    assert as_ola.results("nps")[0].asked == 1
