"""What programs and other plugins may use of the operational plugin."""

from crmkit.plugins.operational.tasks.model import Task
from crmkit.plugins.operational.tasks.tasks import Tasks

__all__ = ["Task", "Tasks"]
