"""The command line: `crm`."""

from __future__ import annotations

from typing import NoReturn


def main() -> NoReturn:
    """Run `crm` with the arguments of this process, and leave with its exit status."""
    from crmkit.cli.root import crm

    crm.main(prog_name="crm")
    raise SystemExit(0)
