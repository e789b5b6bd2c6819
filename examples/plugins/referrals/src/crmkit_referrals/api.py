"""What programs and other plugins may use of the referrals plugin."""

from crmkit_referrals.model import Link, Recommended, Standing
from crmkit_referrals.standings import Referrals

__all__ = ["Link", "Recommended", "Referrals", "Standing"]
