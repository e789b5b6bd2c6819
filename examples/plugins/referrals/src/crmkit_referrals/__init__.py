"""The referrals plugin: every hook it implements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from crmkit import Crm, Customer, Interaction
from crmkit.plugin import (
    Field,
    InteractionType,
    PluginTables,
    Section,
    Service,
    Tables,
    Transaction,
    hookimpl,
)
from crmkit_referrals.counting import count
from crmkit_referrals.model import Recommended
from crmkit_referrals.settings import Settings
from crmkit_referrals.standings import Referrals, sections
from crmkit_referrals.tables import POINTS, build


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
    """Points by customer, which a replay counts anew."""
    return PluginTables(build(tables), Path(__file__).parent / "migrations", derived=(POINTS,), fresh=True)


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
