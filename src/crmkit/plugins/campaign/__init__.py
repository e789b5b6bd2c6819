"""The campaign plugin: every hook it implements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from crmkit import Crm, InteractionDraft
from crmkit.plugin import (
    Action,
    Check,
    InteractionType,
    Metric,
    PluginTables,
    Refusal,
    ReportQuestion,
    ReportSection,
    RuleSource,
    Service,
    Tables,
    Trait,
    hookimpl,
    plugin_metadata,
)
from crmkit.plugins.campaign.audiences.audiences import Audiences
from crmkit.plugins.campaign.campaigns import checks
from crmkit.plugins.campaign.campaigns.campaigns import Campaigns
from crmkit.plugins.campaign.campaigns.source import campaign_source
from crmkit.plugins.campaign.campaigns.tables import add_tables
from crmkit.plugins.campaign.journeys.doctor import journey_check
from crmkit.plugins.campaign.journeys.journeys import Journeys
from crmkit.plugins.campaign.journeys.metrics import journey_metrics
from crmkit.plugins.campaign.journeys.report import journey_section
from crmkit.plugins.campaign.journeys.source import journey_source
from crmkit.plugins.campaign.journeys.tables import add_journey_tables
from crmkit.plugins.campaign.journeys.words import journey_actions, journey_traits, journey_types
from crmkit.plugins.campaign.model import Response
from crmkit.plugins.campaign.responses import RESPONSE, refuse_unknown
from crmkit.plugins.campaign.results.report import section
from crmkit.plugins.campaign.results.service import CampaignResults
from crmkit.plugins.campaign.results.words import result_metrics, result_traits
from crmkit.plugins.campaign.settings import Settings


@hookimpl
def crmkit_register_interaction_words() -> Iterable[InteractionType]:
    """An answer to a campaign, and ways through journeys."""
    yield InteractionType(
        name=RESPONSE,
        doc="The customer answered a campaign: came with its coupon, called, clicked",
        label="Campaign answered",
        payload=Response,
        summary=lambda payload: " · ".join(filter(None, (payload.campaign, payload.text))),
    )
    yield from journey_types()


@hookimpl
def crmkit_before_interactions_recorded(
    drafts: Sequence[InteractionDraft], settings: Settings
) -> Iterable[Refusal]:
    """Refuse answers to campaigns that nobody runs."""
    return refuse_unknown(drafts, settings)


@hookimpl
def crmkit_register_tables(tables: Tables) -> PluginTables:
    """Runs of campaigns and their recipients; journeys and the people in them."""
    metadata = plugin_metadata()
    add_tables(tables, metadata)
    add_journey_tables(tables, metadata)
    return PluginTables(metadata, Path(__file__).parent / "migrations")


@hookimpl
def crmkit_register_strategy_words(settings: Settings) -> Iterable[Action | Metric | Trait]:
    """What the strategy can ask and do."""
    yield from journey_actions()
    yield from journey_traits()
    yield from journey_metrics()
    yield from result_traits()
    yield from result_metrics(settings.attribution)


@hookimpl
def crmkit_register_services(settings: Settings) -> Iterable[Service]:
    """What programs ask for by class."""
    yield Service(Audiences, Audiences)
    yield Service(Campaigns, Campaigns)
    yield Service(Journeys, Journeys)
    yield Service(CampaignResults, lambda crm: CampaignResults(crm, settings.attribution))


@hookimpl
def crmkit_register_rule_sources() -> Iterable[RuleSource]:
    """What goes through the engine as rules do."""
    yield campaign_source()
    yield journey_source()


@hookimpl
def crmkit_register_checks() -> Iterable[Check]:
    """What the doctor asks, and `crm check`."""
    yield from checks.checks()
    yield journey_check()


@hookimpl
def crmkit_extend_report(question: ReportQuestion, crm: Crm) -> Iterable[ReportSection]:
    """What came of campaigns, and who is in journeys, in the report."""
    yield from section(crm, question)
    yield from journey_section(crm, question)
