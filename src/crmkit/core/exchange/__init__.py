"""Exchange: customers and interactions in from files."""

from crmkit.core.exchange.importing import import_customers, import_interactions
from crmkit.core.exchange.report import ImportReport

__all__ = ["ImportReport", "import_customers", "import_interactions"]
