"""What a business can set under `[plugins.collaborative]`."""

from __future__ import annotations

from attrs import field, frozen


@frozen(kw_only=True)
class Settings:
    """The settings of the collaborative plugin."""

    own_customers_only: tuple[str, ...] = field(
        default=(), metadata={"doc": "Teams whose members see only customers owned by one of the team."}
    )
