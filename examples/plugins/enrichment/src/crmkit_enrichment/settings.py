"""What a business can set under `[plugins.enrichment]`."""

from __future__ import annotations

from typing import Any

from attrs import Attribute, field, frozen, validators


def _web_address(_: object, __: Attribute[Any], value: str | None) -> None:
    if value is not None and not value.startswith(("http://", "https://")):
        raise ValueError(f'{value!r} is no address such as "https://register.example/companies"')


@frozen(kw_only=True)
class Settings:
    """The settings of the enrichment plugin."""

    register: str | None = field(
        default=None,
        validator=_web_address,
        metadata={"doc": "The address of the register; the number of an organisation is put behind it."},
    )
    days: int = field(
        default=90,
        validator=validators.ge(1),
        metadata={"doc": "Days until an organisation is looked up again."},
    )
    batch: int = field(
        default=50, validator=validators.ge(1), metadata={"doc": "How many are looked up in one pass."}
    )
    timeout: float = field(
        default=10.0, validator=validators.gt(0), metadata={"doc": "Seconds to wait for the register."}
    )
