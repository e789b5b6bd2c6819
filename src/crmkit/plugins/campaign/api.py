"""What programs and other plugins may use of the campaign plugin."""

from crmkit.plugins.campaign.audiences.audiences import Audiences
from crmkit.plugins.campaign.audiences.model import Audience, Loss, Overlap, Reach
from crmkit.plugins.campaign.campaigns.campaigns import Campaigns
from crmkit.plugins.campaign.campaigns.model import Asked, Campaign, Counts, Run, Why
from crmkit.plugins.campaign.journeys.journeys import Journeys
from crmkit.plugins.campaign.journeys.model import Intake, Journey, LetterReach, Passage, Standing, StepState
from crmkit.plugins.campaign.journeys.payload import JourneyMoved
from crmkit.plugins.campaign.model import Response
from crmkit.plugins.campaign.results.model import MessageFigures, Results
from crmkit.plugins.campaign.results.service import CampaignResults

__all__ = [
    "Asked", "Audience", "Audiences", "Campaign", "CampaignResults", "Campaigns", "Counts", "Intake",
    "Journey", "JourneyMoved", "Journeys", "LetterReach", "Loss", "MessageFigures", "Overlap", "Passage",
    "Reach", "Response", "Results", "Run", "Standing", "StepState", "Why",
]  # fmt: skip
