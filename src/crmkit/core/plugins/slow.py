"""Which plugin's hook keeps people waiting: said under `-v`, by way of the log `crmkit.plugins`."""

from __future__ import annotations

import logging
from time import perf_counter
from typing import Final

from crmkit.core.language import N_
from crmkit.core.phrase import phrase

SLOW: Final = 1.0
_TOOK: Final = N_('Plugin "{plugin}" {version} took {seconds} s in {hook}')
log = logging.getLogger("crmkit.plugins")


def note_if_slow(plugin: str, version: str, hook: str, began: float) -> None:
    """Log a call of a hook (`crmkit_…`) that took `SLOW` seconds or longer; `began` is of `perf_counter`."""
    seconds = perf_counter() - began
    if seconds >= SLOW:
        log.info("%s", phrase(_TOOK, plugin=plugin, version=version, seconds=f"{seconds:.1f}", hook=hook))
