"""The enrichment plugin: every hook it implements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from crmkit.plugin import Check, Field, IdentityScheme, Job, PluginTables, Tables, hookimpl, lazily

if TYPE_CHECKING:
    from crmkit import Crm, Customer
    from crmkit.plugin import Elsewhere, PrivacyPart


@hookimpl
def crmkit_register_customer_words() -> Iterable[Field | IdentityScheme]:
    """The number in the register, and what is filled from there."""
    yield IdentityScheme(name="register", doc="The number in the public register", label="Register number")
    yield Field(
        name="industry", type="text", doc="What the organisation does, by the register", label="Industry"
    )
    yield Field(
        name="employees", type="number", doc="How many work there, by the register", label="Employees"
    )


@hookimpl
def crmkit_register_tables(tables: Tables) -> PluginTables:
    """Who is due, and which file holds what the register said."""
    from crmkit_enrichment.tables import build

    return PluginTables(build(tables), Path(__file__).parent / "migrations", fresh=True)


@hookimpl
def crmkit_register_jobs() -> Iterable[Job]:
    """Look up whoever is due, every five minutes."""
    run = lazily("crmkit_enrichment.looking_up:look_up_due")
    yield Job(name="look_up", every=300.0, run=run, doc="Ask the register about organisations that are due")


@hookimpl
def crmkit_register_checks() -> Iterable[Check]:
    """Whether the register answers."""
    run = lazily("crmkit_enrichment.checks:check_register")
    yield Check(name="register", doc="Organisations can be looked up", run=run)


@hookimpl
def crmkit_extend_privacy_export(
    customers: Sequence[Customer], crm: Crm
) -> Iterable[tuple[int, PrivacyPart]]:
    """What the register said, which lies in files."""
    from crmkit_enrichment.extracts import handed_out

    return handed_out(customers, crm)


@hookimpl
def crmkit_before_customers_erased(customers: Sequence[Customer], crm: Crm) -> Iterable[Elsewhere]:
    """These files go too."""
    from crmkit_enrichment.extracts import to_erase

    return to_erase(customers, crm)
