"""The example plugin, installed, and a business that sends e-mail."""

from __future__ import annotations

from tests.example_package import referrals, referrals_site
from tests.plugins.mail_business import live, live_both

__all__ = ["live", "live_both", "referrals", "referrals_site"]
