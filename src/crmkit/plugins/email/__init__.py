"""The e-mail plugin: every hook it implements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmkit.plugin import (
    Channel,
    Check,
    InteractionType,
    Job,
    PluginTables,
    hookimpl,
)
from crmkit.plugins.email.addresses import refuse_domains, refuse_messages
from crmkit.plugins.email.interaction_types import interaction_types
from crmkit.plugins.email.rates import rates_of
from crmkit.plugins.email.settings import Settings
from crmkit.plugins.email.tracking.model import CLICKED, OPENED, Clicked, Opened, click_line, open_line

if TYPE_CHECKING:
    from crmkit import Crm, Customer, CustomerDraft
    from crmkit.plugin import (
        Elsewhere,
        Finding,
        Message,
        Notice,
        PrivacyPart,
        ProposedAct,
        Refusal,
        Route,
        Tables,
    )


@hookimpl
def crmkit_register_interaction_words(settings: Settings) -> Iterable[Channel | InteractionType]:
    """The channel, which delivers once there is a mail server to hand messages to, and what is heard of
    messages."""
    yield from interaction_types()
    yield Channel(
        name="email", doc="Messages by e-mail", label="E-mail", contact_kind="email",
        deliver=_deliver if settings.delivers else None,
        tell=_tell if settings.delivers else None, at_once=settings.connections, ready=_last_preflight,
        rates=partial(rates_of, settings) if settings.rate or settings.rates else None,
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
    from crmkit.plugins.email.privacy import messages_of

    return messages_of(customers, crm)


@hookimpl
def crmkit_before_customers_erased(customers: Sequence[Customer], crm: Crm) -> Iterable[Elsewhere]:
    """Messages in the mail folder go too."""
    from crmkit.plugins.email.privacy import to_erase

    return to_erase(customers, crm)


@hookimpl
def crmkit_register_tables(tables: Tables) -> PluginTables:
    """How far mailboxes were read, tracked links and requests for them, and what preflight has found."""
    from crmkit.plugins.email.tables import build

    return PluginTables(build(tables), Path(__file__).parent / "migrations", fresh=True)


@hookimpl
def crmkit_register_jobs(settings: Settings) -> Iterable[Job]:
    """Read the Maildir every minute, the mailbox as often as the settings say, and note clicks."""
    yield Job(name="read_maildir", every=60.0, run=_read_maildir, doc="Put new messages onto timelines")
    every = float(settings.imap.every) if settings.imap else 3_600.0
    yield Job(name="read_mailbox", every=every, run=_read_mailbox, doc="Read the mailbox on the mail server")
    yield Job(name="note_clicks", every=5.0, run=_note_clicks, doc="Put clicks and opens onto timelines")


@hookimpl
def crmkit_register_checks() -> Iterable[Check]:
    """Whether mail can be read, and sent."""
    yield Check(name="maildir", doc="The mail folder can be read", run=_check_maildir)
    yield Check(name="mailbox", doc="The mailbox can be read", run=_check_mailbox)
    yield Check(name="delivery", doc="E-mail can be sent", run=_check_delivery)
    yield Check(name="preflight", doc="What the last preflight found", run=_check_preflight)


def _deliver(messages: Iterable[Message], crm: Crm) -> Iterable[Any]:
    # Loaded by whoever sends: most commands do not, and need no connection, encryption or MIME.
    from crmkit.plugins.email.delivery import deliver

    return deliver(messages, crm)


def _tell(notices: Iterable[Notice], crm: Crm) -> Iterable[Any]:
    from crmkit.plugins.email.delivery import tell

    return tell(notices, crm)


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


def _read_maildir(crm: Crm) -> None:
    from crmkit.plugins.email.incoming.folders import read_maildir

    read_maildir(crm)


def _read_mailbox(crm: Crm) -> None:
    from crmkit.plugins.email.incoming.polling import read_mailbox

    read_mailbox(crm)


def _check_maildir(crm: Crm) -> Iterable[Finding]:
    from crmkit.plugins.email.incoming.folders import check_maildir

    return check_maildir(crm)


def _check_mailbox(crm: Crm) -> Iterable[Finding]:
    from crmkit.plugins.email.incoming.checks import check_mailbox

    return check_mailbox(crm)
