"""The example plugin, installed."""

from __future__ import annotations

from tests.example_package import referrals, referrals_site

__all__ = ["referrals", "referrals_site"]
