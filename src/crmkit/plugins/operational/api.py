"""What programs and other plugins may use of the operational plugin."""

from crmkit.plugins.operational.products.model import Price, Product
from crmkit.plugins.operational.products.prices import Prices
from crmkit.plugins.operational.products.products import Products
from crmkit.plugins.operational.quotes.model import Line, LineDraft, Quote
from crmkit.plugins.operational.quotes.quotes import Quotes
from crmkit.plugins.operational.quotes.totals import Totals
from crmkit.plugins.operational.tasks.model import Task, TaskDone
from crmkit.plugins.operational.tasks.tasks import Tasks

__all__ = [
    "Line",
    "LineDraft",
    "Price",
    "Prices",
    "Product",
    "Products",
    "Quote",
    "Quotes",
    "Task",
    "TaskDone",
    "Tasks",
    "Totals",
]
