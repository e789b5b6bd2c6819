"""Imports a file in a process that a test kills: `python killed.py crm.toml FILE`."""

from __future__ import annotations

import sys

from crmkit.core.crm import Crm
from crmkit.core.exchange import import_customers, import_interactions


def main(config: str, file: str) -> None:
    """Import `file` in small batches; say when it is about to begin."""
    with Crm.open(config) as crm:
        tell(0, None)
        if file.endswith("purchases.csv"):
            import_interactions(crm, file, defaults={"type": "purchase"}, batch_size=50, progress=tell)
        else:
            import_customers(crm, file, batch_size=50, progress=tell)


def tell(done: int, _total: int | None) -> None:
    """Let the test know how far this is."""
    sys.stdout.write(f"{done}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
