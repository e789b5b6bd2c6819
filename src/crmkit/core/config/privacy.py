"""What a business says about people's rights over their data, and how long it keeps what."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

from attrs import field, frozen

from crmkit.core.config.faults import Fault, Faults
from crmkit.core.config.problems import quoted
from crmkit.core.config.strategy import length_of_time
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from typing import Any

    from attrs import Attribute

RequestKind = Literal["access", "erasure", "restriction", "objection", "portability"]
_NOTHING: Final[Mapping[Any, int]] = MappingProxyType({})


def _whole_days(_: object, __: Attribute[Any], value: Mapping[str, int]) -> None:
    faults = [
        Fault((kind,), phrase("{days} is less than 1", days=days)) for kind, days in value.items() if days < 1
    ]
    if faults:
        raise Faults(faults)


@frozen(kw_only=True)
class PrivacySettings:
    """`[privacy]`: people's requests, and the proof of what was done about them."""

    days: Mapping[RequestKind, int] = field(
        default=_NOTHING,
        validator=_whole_days,
        metadata={"doc": "Days until a request is due, by its kind; one month after receipt, if not given."},
    )
    ledger: str | None = field(
        default=None,
        metadata={
            "doc": "The file that remembers who was erased, relative to crm.toml; beside the database, "
            "if not given."
        },
    )
    log_reads: bool = field(
        default=False, metadata={"doc": "Whether looking at a customer's page is noted in the access log."}
    )


def retention_periods(instance: object, attribute: Attribute[Any], value: Mapping[str, str]) -> None:
    """A length of time for each key."""
    faults: list[Fault] = []
    for key, period in value.items():
        try:
            length_of_time(instance, attribute, period)
        except Faults as found:
            faults += [each.under(key) for each in found.faults]
        else:
            if period.split()[1].startswith("hour"):
                faults.append(
                    Fault((key,), phrase("{period} is too short; use days or longer", period=quoted(period)))
                )
    if faults:
        raise Faults(faults)
