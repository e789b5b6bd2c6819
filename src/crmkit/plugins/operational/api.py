"""What programs and other plugins may use of the operational plugin."""

from crmkit.plugins.operational.cases.articles import Article, Articles
from crmkit.plugins.operational.cases.cases import Cases
from crmkit.plugins.operational.cases.clock import CaseClock
from crmkit.plugins.operational.cases.model import Case
from crmkit.plugins.operational.cases.record_type import CaseOverdue
from crmkit.plugins.operational.cases.routing import Route
from crmkit.plugins.operational.tasks.model import Task, TaskDone
from crmkit.plugins.operational.tasks.tasks import Tasks

__all__ = [
    "Article",
    "Articles",
    "Case",
    "CaseClock",
    "CaseOverdue",
    "Cases",
    "Route",
    "Task",
    "TaskDone",
    "Tasks",
]
