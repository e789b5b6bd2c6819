"""Where other programs are told what rules decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from crmkit.core.config.faults import Fault, Faults, fault
from crmkit.core.config.secrets import Secret
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from attrs import Attribute

_SHORTEST: Final = 1
_LONGEST: Final = 60


def _address(_: object, __: Attribute[Secret | str], value: Secret | str) -> None:
    if isinstance(value, str):
        from crmkit.core.webhooks.destination import parse_url

        parse_url(value)


def _seconds(_: object, __: Attribute[int], value: int) -> None:
    if not _SHORTEST <= value <= _LONGEST:
        raise fault(
            phrase(
                "{value} is not a number of seconds from {shortest} to {longest}",
                value=value,
                shortest=_SHORTEST,
                longest=_LONGEST,
            )
        )


@frozen(kw_only=True)
class WebhookDeclaration:
    """`[webhooks.NAME]`: a program elsewhere that rules can call. What it is sent is signed."""

    # Some services put what is secret into the address itself.
    url: Secret | str = field(
        validator=_address,
        repr=False,
        metadata={"doc": "Its address, https://…, or env:NAME or file:PATH where the address is secret."},
    )
    secret: Secret = field(
        metadata={"doc": "What requests are signed with, as env:NAME or file:PATH: base64, as whsec_…"}
    )
    timeout: int = field(
        default=15, validator=_seconds, metadata={"doc": "Seconds in which it has to have answered."}
    )
    internal: bool = field(
        default=False, metadata={"doc": "Whether it is within your own network, or on this machine."}
    )
    channel: str | None = field(
        default=None,
        metadata={"doc": "The channel whose messages it delivers, such as chat, where no plugin does."},
    )
    doc: str = field(default="", metadata={"doc": "One line on what it is."})

    def __attrs_post_init__(self) -> None:
        if isinstance(self.url, str):
            from crmkit.core.errors import Invalid
            from crmkit.core.webhooks.destination import parse_url, refuse_literal

            try:
                refuse_literal(parse_url(self.url), internal=self.internal)
            except Invalid as error:
                raise Faults([Fault(("url",), error.message)]) from None
