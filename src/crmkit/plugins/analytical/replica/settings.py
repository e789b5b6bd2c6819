"""What a business can set under `[plugins.analytical.replica]`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from crmkit.plugin import phrase

if TYPE_CHECKING:
    from attrs import Attribute


@frozen(kw_only=True)
class ReplicaSettings:
    """The settings of the replica."""

    enabled: bool = field(
        default=False, metadata={"doc": "Whether `crm worker` keeps the replica up to date."}
    )
    every: int = field(default=300, metadata={"doc": "Seconds between two refreshes by `crm worker`."})
    folder: str = field(
        default="",
        metadata={
            "doc": "Where the replica is kept, relative to crm.toml; if empty, beside the database: "
            "`crm.db.replica`, or `crm.replica` where that is a server."
        },
    )

    @every.validator
    def _some_time(self, _: Attribute[Any], value: int) -> None:
        if value < 1:
            raise ValueError(phrase("at least a second"))
