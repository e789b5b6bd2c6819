"""Addresses with which nobody is saved, and to which nothing is sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from crmkit import Invalid
from crmkit.plugin import Refusal, phrase
from crmkit.plugins.email.settings import Settings

if TYPE_CHECKING:
    from crmkit import CustomerDraft
    from crmkit.plugin import ProposedAct


def refuse_domains(drafts: Sequence[CustomerDraft], settings: Settings) -> Iterable[Refusal]:
    """Refusals for customers with an address at one of the `refused_domains`."""
    refused = {domain.lower() for domain in settings.refused_domains}
    if not refused:
        return
    for index, draft in enumerate(drafts):
        domain = next((d for d in map(_domain, _addresses(draft)) if d in refused), None)
        if domain is not None:
            yield Refusal(
                index,
                phrase(
                    'addresses at "{domain}" are refused by [plugins.email] refused_domains', domain=domain
                ),
            )


def refuse_messages(proposals: Sequence[ProposedAct], settings: Settings) -> Iterable[Refusal]:
    """Refusals for messages to addresses at one of the `refused_domains`, or to none that mail can reach."""
    refused = {domain.lower() for domain in settings.refused_domains}
    for index, each in enumerate(proposals):
        if each.channel != "email" or each.address is None:
            continue
        domain = _domain(each.address)
        if domain in refused:
            yield Refusal(index, phrase('"{domain}" is one of the refused_domains', domain=domain))
        elif not _is_address(each.address):
            yield Refusal(
                index, phrase('"{address}" is no address that mail can reach', address=each.address)
            )


def _is_address(text: str) -> bool:
    """Whether it is a single plain address; what was put into the table by hand may be anything."""
    from crmkit.plugins.email.mailbox import mailbox

    try:
        mailbox(text)
    except Invalid:
        return False
    return True


def _addresses(draft: CustomerDraft) -> Iterable[str]:
    return (point.value for point in draft.contact_points if point.kind == "email")


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()
