"""What `crm doctor` asks of the ledger of effects."""

from __future__ import annotations

from collections.abc import Iterator

from crmkit.core.jobs import Check
from crmkit.core.lazily import lazily


def effect_checks() -> Iterator[Check]:
    """The core's checks of the ledger."""
    yield Check(
        name="effects",
        doc="What was to reach outside has done so",
        run=lazily("crmkit.core.effects.troubles:ledger_findings"),
        owner="core",
    )
