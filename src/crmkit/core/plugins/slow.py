"""Which plugin's hook keeps people waiting: said under `-v`, by way of the log `crmkit.plugins`."""

from __future__ import annotations

import logging
from time import perf_counter
from typing import Final

from crmkit.core.language import N_
from crmkit.core.phrase import phrase
from crmkit.core.plugins.hook_names import PREFIX

SLOW: Final = 1.0
_TOOK: Final = N_('Plugin "{plugin}" {version} took {seconds} s in {hook}')
log = logging.getLogger("crmkit.plugins")


def is_asked() -> bool:
    """Whether anybody reads it: otherwise looking at the clock would be a good part of a short call."""
    return log.isEnabledFor(logging.INFO)


def note_if_slow(plugin: str, version: str, hook: str, began: float) -> None:
    """Log a call of a hook that took `SLOW` seconds or longer; `began` is of `perf_counter`."""
    seconds = perf_counter() - began
    if seconds >= SLOW:
        named = f"{PREFIX}{hook}"
        log.info("%s", phrase(_TOOK, plugin=plugin, version=version, seconds=f"{seconds:.1f}", hook=named))
