"""The collaborative plugin: every hook it implements, answered by the capabilities in use."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from crmkit.plugin import CapabilityHooks
from crmkit.plugins.collaborative.departments import DEPARTMENTS
from crmkit.plugins.collaborative.experience import EXPERIENCE
from crmkit.plugins.collaborative.handovers import HANDOVERS
from crmkit.plugins.collaborative.inbox import INBOX
from crmkit.plugins.collaborative.notes import NOTES
from crmkit.plugins.collaborative.reviews import REVIEWS
from crmkit.plugins.collaborative.subscriptions import SUBSCRIPTIONS
from crmkit.plugins.collaborative.surveys import SURVEYS

# In the order in which people meet them.
_HOOKS: Final = CapabilityHooks(
    (NOTES, HANDOVERS, INBOX, SURVEYS, REVIEWS, EXPERIENCE, DEPARTMENTS, SUBSCRIPTIONS),
    Path(__file__).parent / "migrations",
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
crmkit_review_proposals = _HOOKS.review_proposals
crmkit_after_interactions_recorded = _HOOKS.after_interactions_recorded
crmkit_extend_receipt = _HOOKS.extend_receipt
crmkit_extend_today = _HOOKS.extend_today
crmkit_extend_profile = _HOOKS.extend_profile
crmkit_extend_report = _HOOKS.extend_report
crmkit_restrict_visibility = _HOOKS.restrict_visibility
