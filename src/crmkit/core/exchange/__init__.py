"""Exchange: customers and interactions in from files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crmkit.core.exchange.importing import import_customers, import_interactions
    from crmkit.core.exchange.report import ImportReport

__all__ = ["ImportReport", "import_customers", "import_interactions"]


# What waits for a decision is counted every day, and nothing is imported for that.
def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = "report" if name == "ImportReport" else "importing"
    return getattr(import_module(f"{__name__}.{home}"), name)
