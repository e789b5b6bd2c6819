"""Quotes by e-mail: the link to a quote's page, through the gates and the ledger of the core."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit import ConfigError, Conflict
from crmkit.plugin import _, phrase, translated, written_reason
from crmkit.plugins.operational.quotes.model import DRAFT
from crmkit.plugins.operational.quotes.pages import link_of
from crmkit.plugins.operational.quotes.quotes import Quotes
from crmkit.plugins.operational.quotes.routes import KIND

if TYPE_CHECKING:
    from typing import Any

    from crmkit import Crm
    from crmkit.plugins.operational.quotes.model import Quote


def mailed(crm: Crm, quote: Quote, *, dry_run: bool = False) -> Any:
    """Write to the customer of a quote; what became of the message. Of a draft only a `dry_run` can be.

    Raises `ConfigError` where crm.toml does not say how, `NotFound` for no such template.
    """
    email = crm.service(Quotes).settings.email
    if email is None or crm.config.web.base is None:
        missing = phrase("url under [web]") if email is not None else "[plugins.operational.quotes.email]"
        hint = phrase('Say the address of the public pages: url = "https://post.rye.example"')
        if email is None:
            hint = phrase('Say how: email = { template = "quote", purpose = "orders" }')
        raise ConfigError(
            phrase("Quotes are not written to customers without {missing}", missing=missing), hint=hint
        )
    link = link_of(crm, quote) if quote.state != DRAFT else f"{crm.config.web.base}/{KIND}/preview"
    return crm.messages.send(
        quote.customer_id, email.template, purpose=email.purpose, channel="email",
        links={KIND: link or ""}, dry_run=dry_run or quote.state == DRAFT,
    )  # fmt: skip


def refuse_unmailed(sent: Any, quote: Quote) -> None:
    """Raise `Conflict` where a gate is against it, or there is no address."""
    if sent.state == "dropped":
        command = "send" if quote.state == DRAFT else "pdf"
        raise Conflict(
            phrase("The quote cannot be written to the customer: {reason}", reason=sent.reason),
            hint=phrase("Send it yourself: crm quotes {command} {id}", command=command, id=quote.id),
        )


def told(sent: Any) -> str:
    """What became of the message, in a few words."""
    to = sent.message.to if sent.message is not None else _("the customer")
    if sent.state == "done":
        return _("rehearsed a message to {to}", to=to) if sent.is_rehearsal else _("written to {to}", to=to)
    state = translated(sent.state)
    if sent.reason:
        return _(
            "the message to {to} is {state}: {reason}", to=to, state=state, reason=written_reason(sent.reason)
        )
    return _("the message to {to} is {state}", to=to, state=state)
