"""The sections of this plugin, each from its own part."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Final

from crmkit import CrmError
from crmkit.plugin import N_, ReportSection, _

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import ReportQuestion

    Answer = Callable[[Crm, ReportQuestion], ReportSection | None]

# (name, title, order, the module whose `section(crm, question)` answers): a part that has one is a line here.
_PARTS: Final = (
    ("goals", N_("Goals and results"), 10, "report.goals"),
    ("customers", N_("Customers"), 20, "report.customers"),
    ("segments", N_("Customers by recency, frequency and money"), 25, "rfm.section"),
    ("cohorts", N_("Cohorts"), 30, "cohorts.section"),
    ("movement", N_("Movement"), 40, "movement.section"),
    ("value", N_("What customers are worth"), 50, "lifetime.section"),
    ("rules", N_("What rules have changed"), 60, "report.effects"),
    ("quality", N_("How well customers are known"), 90, "report.quality"),
)
_HOME: Final = "crmkit.plugins.analytical"


def sections(crm: Crm, question: ReportQuestion) -> Iterator[ReportSection]:
    """Every section that has something to say; one that cannot be worked out says why, and costs no other."""
    for name, title, order, module in _PARTS:
        answer: Answer = import_module(f"{_HOME}.{module}").section
        try:
            found = answer(crm, question)
        except CrmError as error:
            said = _("This part is missing: {reason}", reason=error.message) + (
                f" ({error.hint})" if error.hint else ""
            )
            found = ReportSection(name=name, title=title, text=(said,), order=order)
        if found is not None:
            yield found
