"""What programs and other plugins may use of the analytical plugin."""

from crmkit.plugins.analytical.next_action.service import NextActions
from crmkit.plugins.analytical.next_action.values import NextAction, Uplift

__all__ = ["NextAction", "NextActions", "Uplift"]
