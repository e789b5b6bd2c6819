"""The campaign plugin: every hook it implements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from crmkit import InteractionDraft
from crmkit.plugin import (
    InteractionType,
    PluginTables,
    Refusal,
    Tables,
    hookimpl,
    plugin_metadata,
)
from crmkit.plugins.campaign.campaigns.tables import add_tables
from crmkit.plugins.campaign.model import Response
from crmkit.plugins.campaign.responses import RESPONSE, refuse_unknown
from crmkit.plugins.campaign.settings import Settings


@hookimpl
def crmkit_register_interaction_words() -> Iterable[InteractionType]:
    """An answer to a campaign."""
    yield InteractionType(
        name=RESPONSE,
        doc="The customer answered a campaign: came with its coupon, called, clicked",
        label="Campaign answered",
        payload=Response,
        summary=lambda payload: " · ".join(filter(None, (payload.campaign, payload.text))),
    )


@hookimpl
def crmkit_before_interactions_recorded(
    drafts: Sequence[InteractionDraft], settings: Settings
) -> Iterable[Refusal]:
    """Refuse answers to campaigns that nobody runs."""
    return refuse_unknown(drafts, settings)


@hookimpl
def crmkit_register_tables(tables: Tables) -> PluginTables:
    """Runs of campaigns, and their recipients."""
    metadata = plugin_metadata()
    add_tables(tables, metadata)
    return PluginTables(metadata, Path(__file__).parent / "migrations")
