"""The command line: `crm`."""

from __future__ import annotations

from typing import Final, NoReturn

# Of what is made while a business opens hardly anything is garbage, and one look through all of it after the
# other takes a tenth of the time.
_LOOKED_FOR_EVERY: Final = 200_000


def main() -> NoReturn:
    """Run `crm` with the arguments of this process, and leave with its exit status."""
    import gc

    from crmkit.cli.root import crm

    gc.set_threshold(_LOOKED_FOR_EVERY, 10, 10)
    try:
        crm.main(prog_name="crm")
    finally:
        gc.freeze()  # the process ends, and with it all that a last look could find
    raise SystemExit(0)
