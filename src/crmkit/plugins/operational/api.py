"""What programs and other plugins may use of the operational plugin."""

from crmkit.plugins.operational.deals.board import BoardStage, Card
from crmkit.plugins.operational.deals.contacts import Contact
from crmkit.plugins.operational.deals.desk import SalesDesk
from crmkit.plugins.operational.deals.forecast import Forecast, ForecastLine
from crmkit.plugins.operational.deals.waterfall import Step, Waterfall
from crmkit.plugins.operational.leads.leads import Leads
from crmkit.plugins.operational.leads.model import Assigned, Lead
from crmkit.plugins.operational.tasks.model import Task, TaskDone
from crmkit.plugins.operational.tasks.tasks import Tasks

__all__ = [
    "Assigned",
    "BoardStage",
    "Card",
    "Contact",
    "Forecast",
    "ForecastLine",
    "Lead",
    "Leads",
    "SalesDesk",
    "Step",
    "Task",
    "TaskDone",
    "Tasks",
    "Waterfall",
]
