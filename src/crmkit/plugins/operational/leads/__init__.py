"""Leads: where they came from."""

from __future__ import annotations

from collections.abc import Iterable

from crmkit.plugin import Field
from crmkit.plugins.operational.capability import Capability
from crmkit.plugins.operational.settings import Settings

SOURCES = ("referral", "web", "walk-in", "campaign", "event", "partner", "other")


def _fields(_settings: Settings) -> Iterable[Field]:
    yield Field(
        name="lead_source",
        type="choice",
        choices=SOURCES,
        doc="Where the lead came from",
        label="Lead source",
    )


LEADS = Capability(name="leads", customer_words=_fields)
