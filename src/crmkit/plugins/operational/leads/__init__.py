"""Leads: where they came from, what is known of them, who looks after them, and what becomes of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from crmkit.plugin import N_, Capability, Field, InteractionType, Service, Trait, lazily
from crmkit.plugins.operational.leads.action import assign_action
from crmkit.plugins.operational.leads.payload import LeadMoved
from crmkit.plugins.operational.leads.tables import add_tables

if TYPE_CHECKING:
    from crmkit.plugin import Action
    from crmkit.plugins.operational.settings import Settings

_LEADS: Final = "crmkit.plugins.operational.leads.leads:Leads"
SOURCES = ("referral", "web", "walk-in", "campaign", "event", "partner", "other")


def _fields(_settings: Settings) -> Iterable[Field]:
    yield Field(
        name="lead_source",
        type="choice",
        choices=SOURCES,
        doc="Where the lead came from",
        label="Lead source",
    )


def _interaction_types(_settings: Settings) -> Iterable[InteractionType]:
    for name, doc, label in (
        ("lead.converted", N_("A lead became a deal"), N_("Lead converted")),
        ("lead.lost", N_("A lead came to nothing"), N_("Lead lost")),
    ):
        yield InteractionType(
            name=name, doc=doc, label=label, payload=LeadMoved, contact=False,
            summary=lambda payload: payload.deal or payload.reason,
        )  # fmt: skip


def _strategy_words(settings: Settings) -> Iterable[Trait | Action]:
    if settings.leads.score:
        yield Trait(
            name="lead_score", type="number", doc="How promising a lead is", formula=settings.leads.score
        )
    yield assign_action(settings)


def _services(settings: Settings) -> Iterable[Service]:
    yield Service(_LEADS, lambda crm: lazily(_LEADS)(crm, settings))


LEADS = Capability(
    name="leads",
    customer_words=_fields,
    interaction_words=_interaction_types,
    strategy_words=_strategy_words,
    tables=add_tables,
    services=_services,
)
