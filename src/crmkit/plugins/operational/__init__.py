"""The operational plugin: every hook it implements, answered by the capabilities in use."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crmkit.plugin import CapabilityHooks, hookimpl
from crmkit.plugins.operational.cases import CASES
from crmkit.plugins.operational.deals import DEALS
from crmkit.plugins.operational.leads import LEADS
from crmkit.plugins.operational.loyalty import LOYALTY
from crmkit.plugins.operational.quotes import QUOTES
from crmkit.plugins.operational.settings import Settings
from crmkit.plugins.operational.tasks import TASKS

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import ReportQuestion, ReportSection

# In the order in which people meet them.
_HOOKS: Final = CapabilityHooks(
    (TASKS, LEADS, DEALS, QUOTES, CASES, LOYALTY), Path(__file__).parent / "migrations"
)

crmkit_register_customer_words = _HOOKS.register_customer_words
crmkit_register_interaction_words = _HOOKS.register_interaction_words
crmkit_register_strategy_words = _HOOKS.register_strategy_words
crmkit_register_tables = _HOOKS.register_tables
crmkit_register_services = _HOOKS.register_services
crmkit_register_jobs = _HOOKS.register_jobs
crmkit_register_checks = _HOOKS.register_checks
crmkit_register_routes = _HOOKS.register_routes
crmkit_before_records_saved = _HOOKS.before_records_saved
crmkit_after_interactions_recorded = _HOOKS.after_interactions_recorded
crmkit_after_customers_changed = _HOOKS.after_customers_changed
crmkit_extend_today = _HOOKS.extend_today
crmkit_extend_profile = _HOOKS.extend_profile


@hookimpl
def crmkit_extend_report(question: ReportQuestion, crm: Crm, settings: Settings) -> Iterable[ReportSection]:
    """Deals and cases in numbers."""
    from crmkit.plugins.operational.report import section

    return section(crm, question, settings)
