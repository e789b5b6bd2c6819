"""What programs and other plugins may use of the operational plugin."""

from crmkit.plugins.operational.cases.articles import Article, Articles
from crmkit.plugins.operational.cases.cases import Cases
from crmkit.plugins.operational.cases.clock import CaseClock
from crmkit.plugins.operational.cases.model import Case
from crmkit.plugins.operational.cases.record_type import CaseOverdue
from crmkit.plugins.operational.cases.routing import Route
from crmkit.plugins.operational.deals.board import BoardStage, Card
from crmkit.plugins.operational.deals.contacts import Contact
from crmkit.plugins.operational.deals.desk import SalesDesk
from crmkit.plugins.operational.deals.forecast import Forecast, ForecastLine
from crmkit.plugins.operational.deals.waterfall import Step, Waterfall
from crmkit.plugins.operational.leads.leads import Leads
from crmkit.plugins.operational.leads.model import Assigned, Lead
from crmkit.plugins.operational.loyalty.coupons import Coupons
from crmkit.plugins.operational.loyalty.importing import PointsImport
from crmkit.plugins.operational.loyalty.loyalty import Loyalty, Moved
from crmkit.plugins.operational.loyalty.model import Coupon, Statement, StatementLine
from crmkit.plugins.operational.loyalty.payloads import CouponMoved, PointsMoved, RewardRedeemed, TierChanged
from crmkit.plugins.operational.products.model import Price, Product
from crmkit.plugins.operational.products.prices import Prices
from crmkit.plugins.operational.products.products import Products
from crmkit.plugins.operational.quotes.model import Line, LineDraft, Quote
from crmkit.plugins.operational.quotes.quotes import Quotes
from crmkit.plugins.operational.quotes.totals import Totals
from crmkit.plugins.operational.tasks.model import Task
from crmkit.plugins.operational.tasks.tasks import Tasks

__all__ = [
    "Article", "Articles", "Assigned", "BoardStage", "Card", "Case", "CaseClock", "CaseOverdue", "Cases",
    "Contact", "Coupon", "CouponMoved", "Coupons", "Forecast", "ForecastLine", "Lead", "Leads", "Line",
    "LineDraft", "Loyalty", "Moved", "PointsImport", "PointsMoved", "Price", "Prices", "Product", "Products",
    "Quote", "Quotes", "RewardRedeemed", "Route", "SalesDesk", "Statement", "StatementLine", "Step", "Task",
    "Tasks", "TierChanged", "Totals", "Waterfall",
]  # fmt: skip
