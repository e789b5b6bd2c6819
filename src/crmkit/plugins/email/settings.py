"""What a business can set under `[plugins.email]`."""

from __future__ import annotations

from attrs import field, frozen


@frozen(kw_only=True)
class Settings:
    """The settings of the e-mail plugin."""

    own_addresses: tuple[str, ...] = field(
        default=(), metadata={"doc": "The business's own addresses: mail from them went out."}
    )
    maildir: str | None = field(
        default=None,
        metadata={"doc": "A Maildir, relative to crm.toml, that `crm worker` reads every minute."},
    )
    refused_domains: tuple[str, ...] = field(
        default=(),
        metadata={"doc": "Domains of throw-away addresses: nobody is saved with or written to at one."},
    )
