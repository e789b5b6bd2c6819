"""An import in a process that a test kills."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from crmkit.core.crm import Crm
from crmkit.core.exchange import import_customers, import_interactions


def importing(config: Path, file: Path, told: Any) -> None:
    """Import `file` in small batches; `told` counts the beginning and each batch."""

    def tell(_done: int, _total: int | None) -> None:
        told.value += 1

    with Crm.open(config) as crm:
        tell(0, None)
        if file.name == "purchases.csv":
            import_interactions(crm, file, defaults={"type": "purchase"}, batch_size=50, progress=tell)
        else:
            import_customers(crm, file, batch_size=50, progress=tell)
