"""What programs and other plugins may use of the campaign plugin."""

from crmkit.plugins.campaign.model import Response

__all__ = ["Response"]
