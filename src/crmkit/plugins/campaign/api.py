"""What programs and other plugins may use of the campaign plugin."""

from crmkit.plugins.campaign.audiences.audiences import Audiences
from crmkit.plugins.campaign.audiences.model import Audience, Loss, Overlap, Reach
from crmkit.plugins.campaign.campaigns.campaigns import Campaigns
from crmkit.plugins.campaign.campaigns.model import Asked, Campaign, Counts, Run, Why
from crmkit.plugins.campaign.model import Response

__all__ = [
    "Asked", "Audience", "Audiences", "Campaign", "Campaigns", "Counts", "Loss", "Overlap", "Reach",
    "Response", "Run", "Why",
]  # fmt: skip
