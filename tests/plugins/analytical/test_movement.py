"""Movement between states, and how long customers stay in them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from crmkit import Crm, CrmError, CustomerDraft
from crmkit.plugin import Duration, Period, ReportQuestion
from crmkit.plugins.analytical.movement.model import INACTIVE, NEW, NONE
from crmkit.plugins.analytical.movement.movement import moved
from crmkit.plugins.analytical.movement.section import section
from crmkit.plugins.analytical.movement.staying import survival, time_in_states
from crmkit.plugins.analytical.rfm.model import RfmCustomer
from crmkit.plugins.analytical.rfm.rfm import customers
from crmkit.plugins.analytical.rfm.settings import RfmSettings
from crmkit.testing import FakeClock, run_crm
from tests.plugins.analytical.conftest import DAY, at, cdnow, fill

Add = Callable[..., int]
YEAR = Duration(1, "year")
TOML = """
[fields.plan]
type = "choice"
choices = ["free", "paid", "gold"]

[fields.vegan]
type = "bool"

[segments]
buyers = "count(purchase) > 0"
everybody = "count(purchase) >= 0"
"""


@pytest.fixture
def crm_toml() -> str:
    """A business with plans and segments."""
    return TOML


def test_scores_are_held_against_those_of_the_first_instant(crm_both: Crm) -> None:
    """CDNOW's customers in the first half of 1998: rows and columns sum, and a segment at the
    end is what the breaks of the beginning make of the measures at the end."""
    fill(crm_both, list(cdnow(250)))
    first, last = at("1997-12-31"), at("1998-06-30", 13)
    found = moved(crm_both, "rfm_segment", (first, last), inactive=Duration(180, "day"))
    then = {row.customer_id: row for row in customers(crm_both, RfmSettings(), as_of=first)}
    now = {row.customer_id: row for row in customers(crm_both, RfmSettings(), as_of=last)}
    signs = {"recency": -1, "frequency": 1, "monetary": 1}
    parts = {
        name: sorted({(sign * getattr(row, name), getattr(row, name[0])) for row in then.values()})
        for name, sign in signs.items()
    }

    def held(row: RfmCustomer, name: str) -> int:
        below = [pair for pair in parts[name] if pair[0] <= signs[name] * getattr(row, name)]
        return int((below or parts[name][:1])[-1][1])

    wanted: Counter[tuple[str, str]] = Counter()
    cells = RfmSettings().cells
    for who, row in now.items():
        r, f, m = (held(row, name) for name in signs)
        fm = (f + m + 1) // 2
        origin = then[who].segment if who in then else NEW
        origin = INACTIVE if who in then and then[who].recency >= 180 else origin
        wanted[origin, INACTIVE if row.recency >= 180 else cells[r, fm]] += 1
    assert Counter({(each.origin, each.destination): each.customers for each in found.moves}) == wanted
    assert found.total == sum(found.out_of(each) for each in found.origins) == len(now)
    assert found.total == sum(found.into(each) for each in found.destinations)
    assert all(each.share in each.interval for each in found.moves)
    assert found.returned == sum(many for (o, d), many in wanted.items() if o == INACTIVE != d) > 0
    assert found.lost == sum(many for (o, d), many in wanted.items() if d == INACTIVE != o) > 0
    middle = at("1998-03-31")
    both = moved(crm_both, "rfm_segment", (first, middle, last), inactive=YEAR)
    assert both.total == len(customers(crm_both, RfmSettings(), as_of=middle)) + len(now)


def test_fields_move_as_the_change_log_says(crm_both: Crm, add: Add, clock: FakeClock) -> None:
    """New, without a value, inactive; segments by the first that holds; how long a plan is kept."""
    anna, jan, ola = add("Anna", plan="free"), add("Jan", (1, 500), plan="free"), add("Ola")
    start = clock.now()
    clock.advance(days=40)
    crm_both.customers.update(anna, CustomerDraft(fields={"plan": "paid"}))
    add("Tom", plan="gold")
    clock.advance(days=60)
    found = moved(crm_both, "plan", (start, clock.now()))
    assert {(each.origin, each.destination): each.customers for each in found.moves} == {
        ("free", "paid"): 1,
        ("free", "free"): 1,
        (NONE, NONE): 1,
        (NEW, "gold"): 1,
    }
    assert found.destinations == ["free", "paid", "gold", NONE]
    assert (found.new, found.stayed) == (1, 1)
    only = moved(crm_both, "plan", (start, clock.now()), where="plan = 'paid'")
    assert [(each.origin, each.destination) for each in only.moves] == [("free", "paid")]
    spring = Period(date(2026, 1, 2), date(2026, 5, 1))
    value = crm_both.metrics.value("movement(plan, free, paid)", spring)
    assert (value.numerator, value.denominator) == (1, 2)
    for fields in ({"vegan": True}, {"vegan": False}):
        crm_both.customers.update(jan, CustomerDraft(fields=fields))
        clock.advance(days=1)
    answers = moved(crm_both, "vegan", (clock.now() - DAY - 1, clock.now()), where="name = 'Jan'")
    assert [(each.origin, each.destination) for each in answers.moves] == [("yes", "no")]
    day = Period(date(2026, 4, 12), date(2026, 4, 13))
    value = crm_both.metrics.value("movement(vegan, yes, no)", day)
    assert (value.numerator, value.denominator) == (1, 1)
    crm_both.interactions.record(ola, "purchase", amount=100)
    steps = moved(crm_both, "buyers,everybody", (start, clock.now()))
    assert {(each.origin, each.destination): each.customers for each in steps.moves} == {
        ("buyers", "buyers"): 1,
        ("everybody", "buyers"): 1,
        ("everybody", "everybody"): 1,
        (NEW, "everybody"): 1,
    }
    told = {each.state: each for each in time_in_states(crm_both, "plan")}
    assert (told["free"].stays, told["free"].ended, told["free"].median) == (2, 1, 40)
    assert (told["free"].after_30, told["free"].after_90, told["free"].after_365) == (1.0, 0.5, None)
    assert (told["paid"].stays, told["paid"].ended, told["paid"].after_30) == (1, 0, 1.0)
    with pytest.raises(CrmError, match="not on record"):
        time_in_states(crm_both, "rfm_segment")


@given(st.lists(st.tuples(st.integers(0, 400), st.booleans()), min_size=1, max_size=30))
def test_stays_are_those_of_kaplan_and_meier(stays: list[tuple[int, bool]]) -> None:
    """The curve is that of scipy, also where some are not over."""
    found = survival("x", Counter(stays))
    ended = [days for days, over in stays if over]
    going_on = [days for days, over in stays if not over]
    curve = stats.ecdf(stats.CensoredData(uncensored=ended, right=going_on)).sf
    longest = max(days for days, _ in stays)
    for days, share in ((30, found.after_30), (90, found.after_90), (365, found.after_365)):
        if share is None:
            assert days > longest
        else:
            assert math.isclose(share, float(curve.evaluate(days)), abs_tol=1e-9)


def test_the_command_and_the_section(crm: Crm, add: Add, tmp_path: Path) -> None:
    """A table whose rows and columns sum, rows for other programs, and the report's section."""
    config = ("--config", crm.config.path)
    report = ReportQuestion(period=crm.metrics.period("this month"), as_of=crm.clock.now())
    assert section(crm, report) is None
    assert "crm log REF purchase" in run_crm(*config, "analytics", "movement").stderr
    add("Anna", (400, 100), (3, 100)), add("Jan", (500, 100)), add("Tom", (2, 100))
    asked = (*config, "analytics", "movement", "--since", "1.12.2025", "--as-of", "2026-01-01")
    shown = run_crm(*asked)
    assert shown.stdout.splitlines()[-1].split()[-1] == "3"
    assert "1 became" not in shown.stderr
    assert "1 returned" in shown.stderr
    document = run_crm(*asked, "--json").json
    assert (document["new"], document["returned"], document["customers"]) == (1, 1, 3)
    assert sum(each["customers"] for each in document["moves"]) == 3
    assert "100.0 %" in run_crm(*asked, "--rates").stdout
    assert run_crm(*asked, "--every", "week", "--csv").stdout.startswith("from,to,customers,of,share")
    run_crm(*asked, "--save", tmp_path / "moves.csv")
    assert len((tmp_path / "moves.csv").read_text().splitlines()) == 1 + len(document["moves"])
    run_crm(*asked, "--picture", "flow", "--save", tmp_path / "moves.svg")
    assert "From where to where customers went" in (tmp_path / "moves.svg").read_text(encoding="utf-8")
    assert run_crm(*config, "analytics", "movement", "lifecycle", "--time", "--json").json[0]["stays"] == 3
    assert run_crm(*config, "analytics", "movement", "colour").status != 0
    assert run_crm(*config, "analytics", "movement", "--inactive", "soon").status == 2
    found = section(crm, report)
    assert found is not None
    assert {each.kind for each in found.charts} == {"heat", "flow"}
