"""An import in a process that a test kills."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

from crmkit.core.crm import Crm
from crmkit.core.exchange import import_customers, import_interactions

BATCH = 50


def importing(config: Path, file: Path, told: Any, most: int) -> None:
    """Import `file` in small batches; `told` counts the beginning and each batch.

    After `most` batches it waits to be killed: on a busy machine whoever kills it may come late.
    """

    def tell(_done: int, _total: int | None) -> None:
        told.value += 1
        while told.value > most:
            signal.pause()

    with Crm.open(config) as crm:
        tell(0, None)
        if file.name == "purchases.csv":
            import_interactions(crm, file, defaults={"type": "purchase"}, batch_size=BATCH, progress=tell)
        else:
            import_customers(crm, file, batch_size=BATCH, progress=tell)
