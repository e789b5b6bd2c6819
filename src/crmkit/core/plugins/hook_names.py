"""How hooks are named, and which of them observe, decide or restrict."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

PREFIX: Final = "crmkit_"
# The observing hooks, each with the log it follows.
OBSERVER_HOOKS: Final[Mapping[str, str]] = MappingProxyType(
    {"after_customers_changed": "change", "after_interactions_recorded": "interaction"}
)
DECIDER_HOOKS: Final = (
    "before_customers_saved", "before_interactions_recorded", "before_records_saved",
    "before_customers_erased", "review_proposals",
)  # fmt: skip
RESTRICTING_HOOK: Final = "restrict_visibility"
