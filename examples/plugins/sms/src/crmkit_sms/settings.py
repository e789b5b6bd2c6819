"""What a business can set under `[plugins.sms]`."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from attrs import Attribute, field, frozen, validators

from crmkit.plugin import Secret


def _price(_: object, __: Attribute[Any], value: str | None) -> None:
    try:
        fine = value is None or Decimal(value) >= 0
    except InvalidOperation:
        fine = False
    if not fine:
        raise ValueError(f'{value!r} is no price such as "0.09"')


def _web_address(_: object, __: Attribute[Any], value: str | None) -> None:
    if value is not None and not value.startswith(("http://", "https://")):
        raise ValueError(f'{value!r} is no address such as "https://gateway.example"')


@frozen(kw_only=True)
class Settings:
    """The settings of the SMS plugin."""

    gateway: str | None = field(
        default=None, validator=_web_address, metadata={"doc": "The address of the gateway."}
    )
    token: Secret | None = field(
        default=None, metadata={"doc": "Where the token is by which the gateway knows you."}
    )
    sender: str = field(default="", metadata={"doc": "The name or number that messages come from."})
    secret: Secret | None = field(
        default=None,
        metadata={
            "doc": "Where the secret is with which the gateway signs reports: base64, 24 bytes or more."
        },
    )
    rate: float = field(
        default=5.0, validator=validators.gt(0), metadata={"doc": "How many messages leave in a second."}
    )
    timeout: float = field(
        default=20.0,
        validator=validators.gt(0),
        metadata={"doc": "Seconds to wait for the gateway's answer."},
    )
    most_parts: int = field(
        default=4, validator=validators.ge(1), metadata={"doc": "A message of more parts is not sent."}
    )
    price: str | None = field(
        default=None, validator=_price, metadata={"doc": "What a part costs, in your currency."}
    )
    stop_words: tuple[str, ...] = field(
        default=("STOP", "END", "QUIT", "UNSUBSCRIBE", "KONIEC", "REZYGNUJĘ"),
        metadata={"doc": "Whoever answers with one of these gets no more marketing."},
    )

    @property
    def delivers(self) -> bool:
        """Whether there is a gateway to hand messages to."""
        return self.gateway is not None and self.token is not None
