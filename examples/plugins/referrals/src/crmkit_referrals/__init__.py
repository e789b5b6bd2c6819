"""The referrals plugin: every hook it implements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from crmkit import Crm, Customer, Interaction
from crmkit.plugin import (
    Action,
    Field,
    InteractionType,
    PluginTables,
    ProposedAct,
    Refusal,
    Route,
    Section,
    Service,
    Tables,
    Trait,
    Transaction,
    hookimpl,
    lazily,
)
from crmkit_referrals.counting import count
from crmkit_referrals.model import Recommended
from crmkit_referrals.rewarding import review
from crmkit_referrals.settings import Settings
from crmkit_referrals.standings import Referrals, sections
from crmkit_referrals.tables import POINTS, build
from crmkit_referrals.words import strategy_words


@hookimpl
def crmkit_register_customer_words() -> Iterable[Field]:
    """The code that a customer passes on: `referrals.code`."""
    yield Field(name="code", type="text", doc="The code this customer passes on", label="Code", unique=True)


@hookimpl
def crmkit_register_interaction_words() -> Iterable[InteractionType]:
    """A recommendation: `referrals.recommended`."""
    yield InteractionType(
        name="recommended",
        doc="The customer recommended us to somebody",
        label="Recommended us",
        payload=Recommended,
        summary=lambda payload: " · ".join(filter(None, (payload.friend, payload.text))),
    )


@hookimpl
def crmkit_register_tables(tables: Tables) -> PluginTables:
    """Points by customer, which a replay counts anew, and who brought whom, which nothing could."""
    return PluginTables(build(tables), Path(__file__).parent / "migrations", derived=(POINTS,), fresh=True)


@hookimpl
def crmkit_register_strategy_words(settings: Settings) -> Iterable[Trait | Action]:
    """What conditions ask about friends, and a reward for whoever brought somebody."""
    return strategy_words(settings)


@hookimpl
def crmkit_review_proposals(
    proposals: Sequence[ProposedAct], crm: Crm, settings: Settings
) -> Iterable[Refusal]:
    """No reward for nobody, and none without end."""
    return review(proposals, crm, settings)


@hookimpl
def crmkit_register_services() -> Iterable[Service]:
    """`crm.service(Referrals)`."""
    yield Service(Referrals, Referrals)


@hookimpl
def crmkit_after_interactions_recorded(
    interactions: Sequence[Interaction], crm: Crm, tx: Transaction, settings: Settings
) -> None:
    """Count recommendations."""
    count(interactions, crm, tx, settings)


@hookimpl
def crmkit_extend_profile(customers: Sequence[Customer], crm: Crm) -> Iterable[tuple[int, Section]]:
    """Recommendations and points."""
    return sections(customers, crm)


@hookimpl
def crmkit_register_routes() -> Iterable[Route]:
    """A page for each customer, with their code and what came of it."""
    look = lazily("crmkit_referrals.pages:look")
    yield Route(method="GET", path="/referrals/{token}", handle=look, doc="A customer's recommendations")
