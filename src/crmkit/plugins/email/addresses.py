"""Addresses with which nobody is saved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from crmkit.plugin import Refusal
from crmkit.plugins.email.settings import Settings

if TYPE_CHECKING:
    from crmkit import CustomerDraft


def refuse_domains(drafts: Sequence[CustomerDraft], settings: Settings) -> Iterable[Refusal]:
    """Refusals for customers with an address at one of the `refused_domains`."""
    refused = {domain.lower() for domain in settings.refused_domains}
    if not refused:
        return
    for index, draft in enumerate(drafts):
        domain = next((d for d in map(_domain, _addresses(draft)) if d in refused), None)
        if domain is not None:
            yield Refusal(index, f'addresses at "{domain}" are refused by [plugins.email] refused_domains')


def _addresses(draft: CustomerDraft) -> Iterable[str]:
    return (point.value for point in draft.contact_points if point.kind == "email")


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()
