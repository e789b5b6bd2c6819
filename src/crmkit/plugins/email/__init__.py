"""The e-mail plugin: every hook it implements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from crmkit import Crm, Customer, CustomerDraft
from crmkit.plugin import (
    Channel,
    Check,
    Elsewhere,
    Finding,
    InteractionType,
    Job,
    Message,
    PluginTables,
    PrivacyPart,
    ProposedAct,
    Refusal,
    Route,
    Tables,
    hookimpl,
)
from crmkit.plugins.email.addresses import refuse_domains, refuse_messages
from crmkit.plugins.email.privacy import messages_of, to_erase
from crmkit.plugins.email.reading import check_maildir, read_maildir
from crmkit.plugins.email.settings import Settings
from crmkit.plugins.email.tracking.model import CLICKED, OPENED, Clicked, Opened, click_line, open_line


@hookimpl
def crmkit_register_interaction_words(settings: Settings) -> Iterable[Channel | InteractionType]:
    """The channel, which delivers once there is a mail server to hand messages to, and what is heard of
    messages."""
    yield Channel(
        name="email", doc="Messages by e-mail", label="E-mail", contact_kind="email",
        deliver=_deliver if settings.delivers else None, ready=_last_preflight,
    )  # fmt: skip
    yield InteractionType(
        name=CLICKED, doc="A link of a message was followed", label="Link followed", payload=Clicked,
        summary=click_line, contact=False,
    )  # fmt: skip
    yield InteractionType(
        name=OPENED, doc="The pictures of a message were fetched", label="Message opened", payload=Opened,
        summary=open_line, contact=False,
    )  # fmt: skip


@hookimpl
def crmkit_register_tables(tables: Tables) -> PluginTables:
    """Tracked links and requests for them, and what preflight has found."""
    from crmkit.plugins.email.tables import build

    return PluginTables(build(tables), Path(__file__).parent / "migrations")


@hookimpl
def crmkit_register_routes() -> Iterable[Route]:
    """Where tracked links lead."""
    from crmkit.plugins.email.tracking.routes import routes

    return routes()


@hookimpl
def crmkit_before_customers_saved(drafts: Sequence[CustomerDraft], settings: Settings) -> Iterable[Refusal]:
    """Refuse throw-away addresses."""
    return refuse_domains(drafts, settings)


@hookimpl
def crmkit_review_proposals(proposals: Sequence[ProposedAct], settings: Settings) -> Iterable[Refusal]:
    """Send nothing to throw-away addresses, or to what is no address."""
    return refuse_messages(proposals, settings)


@hookimpl
def crmkit_extend_privacy_export(
    customers: Sequence[Customer], crm: Crm
) -> Iterable[tuple[int, PrivacyPart]]:
    """Messages in the mail folder."""
    return messages_of(customers, crm)


@hookimpl
def crmkit_before_customers_erased(customers: Sequence[Customer], crm: Crm) -> Iterable[Elsewhere]:
    """Messages in the mail folder go too."""
    return to_erase(customers, crm)


@hookimpl
def crmkit_register_jobs() -> Iterable[Job]:
    """Read the Maildir every minute; note clicks and opens soon after they came."""
    yield Job(name="read_maildir", every=60.0, run=read_maildir, doc="Put new messages onto timelines")
    yield Job(name="note_clicks", every=5.0, run=_note_clicks, doc="Put clicks and opens onto timelines")


@hookimpl
def crmkit_register_checks() -> Iterable[Check]:
    """Whether the Maildir is there, and e-mail can be sent."""
    yield Check(name="maildir", doc="The mail folder can be read", run=check_maildir)
    yield Check(name="delivery", doc="E-mail can be sent", run=_check_delivery)
    yield Check(name="preflight", doc="What the last preflight found", run=_check_preflight)


def _deliver(messages: Sequence[Message], crm: Crm) -> Iterable[Any]:
    # Loaded by whoever sends: most commands do not, and need no connection, encryption or MIME.
    from crmkit.plugins.email.delivery import deliver

    return deliver(messages, crm)


def _note_clicks(crm: Crm) -> None:
    from crmkit.plugins.email.tracking.hits import note_on_timelines

    note_on_timelines(crm)


def _last_preflight(crm: Crm) -> Iterable[Finding]:
    from crmkit.plugins.email.preflight.running import last_found

    return last_found(crm)


def _check_preflight(crm: Crm) -> Iterable[Finding]:
    # Before it goes live, a business is told when it does.
    return () if crm.rehearsal.is_on else _last_preflight(crm)


def _check_delivery(crm: Crm) -> Iterable[Finding]:
    from crmkit.plugins.email.ready import check_delivery

    return check_delivery(crm)
