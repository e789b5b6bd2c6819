"""Numbers about promises: equal to what one works out by hand, on both databases."""

from __future__ import annotations

from typing import Any

import pytest

from crmkit import Crm, Invalid
from crmkit.core.clock import FakeClock
from crmkit.plugins.collaborative.api import Handovers
from crmkit.plugins.collaborative.handovers.watching import watch
from crmkit.testing import run_crm


@pytest.fixture
def promised(bakery_both: Crm, clock: FakeClock) -> Crm:
    """Six promises: accepted after one, two and three hours and kept, broken and kept; one refused at once,
    one dropped, one withdrawn."""
    anna, piotr, ewa, ola = (
        bakery_both.acting_as(name).service(Handovers) for name in ("Anna", "Piotr", "Ewa", "Ola")
    )
    kept, broken, of_team = (
        anna.make("Łucja Żak", "Bread", by="tomorrow", to="Piotr"),
        anna.make("Łucja Żak", "Rolls", by="tomorrow", to="Piotr"),
        anna.make("Rye Ltd", "Buns", by="tomorrow", team="Fitters"),
    )
    of_ola = anna.make("Rye Ltd", "Cake", by="tomorrow", to="Ola")
    anna.make("Rye Ltd", "Pie", by="tomorrow", to="Ola")
    anna.withdraw(anna.make("Rye Ltd", "Tart", by="tomorrow", to="Ola").id)
    ola.refuse(of_ola.id, "no")
    for service, each in ((piotr, kept), (piotr, broken), (ewa, of_team)):
        clock.advance(hours=1)
        service.accept(each.id)
    clock.advance(hours=2)
    watch(bakery_both)
    piotr.keep(kept.id)
    ewa.keep(of_team.id)
    clock.advance(days=3)
    watch(bakery_both)
    return bakery_both


def _value(crm: Crm, name: str, **asked: Any) -> object:
    return crm.metrics.value(name, "last 90 days", **asked).value


def _groups(crm: Crm, name: str, by: str) -> dict[str | None, object]:
    return {each.group: each.value for each in crm.metrics.value(name, "last 90 days", by=by).groups}


def test_how_promises_are_kept(promised: Crm) -> None:
    """Counts, shares and the time to accept, in all and by team; and the report says the same."""
    assert _value(promised, "handovers") == 6
    assert _value(promised, "handover_acceptance_time") == 2
    assert _value(promised, "handover_acceptance_time(p90)") == 3
    assert _value(promised, "handovers_dropped") == pytest.approx(1 / 5)
    assert _value(promised, "promises_kept") == pytest.approx(2 / 3)
    assert _value(promised, "promises_kept", where="is_organization") == 1
    assert _groups(promised, "handovers", "team")["Fitters"] == 3
    assert _groups(promised, "promises_kept", "team") == {"Fitters": pytest.approx(2 / 3)}
    assert _groups(promised, "handovers_dropped", "team")["Fitters"] == 0
    assert _groups(promised, "handover_acceptance_time", "employee").keys() == {"Piotr", "Ewa"}
    assert sum(int(str(each)) for each in _groups(promised, "handovers", "month").values()) == 6
    with pytest.raises(Invalid, match="no percentile"):
        _value(promised, "handover_acceptance_time(most)")
    (section,) = [each for each in promised.report("this month").sections if each.name == "promises"]
    assert {each.label: each.value for each in section.figures}["Kept what was promised"] == "66.7 %"
    path = promised.config.path
    assert run_crm("--config", path, "metrics", "show", "handovers", "--by", "team").status == 0
