"""Sales and service in the report."""

from __future__ import annotations

from crmkit import Crm, CustomerDraft
from crmkit.core.clock import FakeClock
from crmkit.plugins.operational.api import Cases, SalesDesk


def test_deals_and_cases_in_numbers(crm_both: Crm, clock: FakeClock) -> None:
    """What is in the making and what customers wait for is told; nothing is where there is neither."""
    crm = crm_both
    assert crm.report("this month").sections == ()
    crm.customers.save_all([CustomerDraft(name="Anna"), CustomerDraft(name="Bea")])
    desk = crm.service(SalesDesk)
    desk.add("Anna", "Ovens", "1200")
    won = desk.add("Bea", "Mixer", "30")
    clock.advance(days=2)
    desk.win(won.id)
    crm.service(Cases).open("Anna", "Oven does not heat")
    (section,) = crm.report("this month").sections
    told = {figure.label: figure.value for figure in section.figures}
    currency = crm.config.crs.currency
    assert (section.title, section.order) == ("Sales and service", 80)
    assert told["Worth of the open deals, now"] == f"1200.00 {currency}"
    assert told["Closed deals that were won"] == "100.0 %"
    assert told["Days to a deal, half of them fewer"] == "2"
    assert told["Cases that are open, now"] == "1"
    (narrowed,) = crm.report("this month", where="name = 'Bea'").sections
    assert "Worth of the open deals, now" not in {figure.label for figure in narrowed.figures}
