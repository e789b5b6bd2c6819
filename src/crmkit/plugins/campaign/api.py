"""What programs and other plugins may use of the campaign plugin."""

from crmkit.plugins.campaign.journeys.journeys import Journeys
from crmkit.plugins.campaign.journeys.model import Intake, Journey, JourneyMoved, Passage, StepState
from crmkit.plugins.campaign.model import Response

__all__ = ["Intake", "Journey", "JourneyMoved", "Journeys", "Passage", "Response", "StepState"]
