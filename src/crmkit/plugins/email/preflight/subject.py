"""What preflight looks at: whom messages are from, how they are signed, and where they go out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from crmkit import CrmError, Invalid
from crmkit.plugin import phrase
from crmkit.plugins.email.mailbox import one_line, written_mailbox

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.email.settings import Settings


@frozen(kw_only=True)
class Key:
    """A key that signs messages as `domain`: name and value of the record that has to be published."""

    domain: str
    name: str
    value: str

    @property
    def record(self) -> str:
        """The record as it stands in a zone file: a text of more than 255 characters is several."""
        parts = (self.value[at : at + 255] for at in range(0, len(self.value), 255))
        return f"{self.name}. IN TXT " + " ".join(f'"{part}"' for part in parts)


@frozen(kw_only=True)
class Subject:
    """`domain` is that of `from`, `return_domain` that of the addresses to which what comes back goes;
    `keys_fault` says why the keys cannot be read."""

    domain: str
    return_domain: str
    has_return_path: bool = False
    keys: Sequence[Key] = ()
    keys_fault: str = ""
    host: str | None = None
    security: str = "starttls"
    reads_bounces: bool = False
    web: str | None = None
    address: str = ""


def subject_of(crm: Crm, domain: str | None) -> Subject:
    """What the settings say, as if messages were from `domain` where one is given. Raises `Invalid`."""
    settings: Settings = crm.plugins.settings("email")
    if domain is not None:
        try:
            settings = evolve(settings, from_=f"post@{domain}")
        except ValueError:
            raise Invalid(
                phrase('"{domain}" is no domain such as rye.example', domain=one_line(domain))
            ) from None
    if settings.from_ is None:
        raise Invalid(
            "There is no domain to look at: [plugins.email] has no from",
            hint="Set it, or name one: crm mail preflight --domain rye.example",
        )
    sender = written_mailbox(settings.from_)
    return_path = settings.return_path
    keys, fault = _keys(settings)
    return Subject(
        domain=sender.domain.lower(),
        return_domain=written_mailbox(return_path).domain.lower() if return_path else sender.domain.lower(),
        has_return_path=return_path is not None,
        keys=keys,
        keys_fault=fault,
        host=settings.host,
        security=settings.security,
        reads_bounces=settings.imap is not None or settings.maildir is not None,
        web=crm.config.web.base,
        address=crm.config.crs.address,
    )


def _keys(settings: Settings) -> tuple[Sequence[Key], str]:
    """(the keys, why they cannot be read)."""
    # Signing needs a library that whoever signs nothing does without.
    from crmkit.plugins.email.dkim import dns_records

    try:
        records = dns_records(settings).values() if settings.dkim else ()
    except CrmError as error:
        return (), error.message
    keys = [(each.name.partition("._domainkey.")[2], each) for each in records]
    return [Key(domain=domain, name=each.name, value=each.value) for domain, each in keys], ""
