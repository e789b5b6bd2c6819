"""Having the sources of rules bring their own tables up to now, before it is asked whose turn it is."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from crmkit.core.errors import CrmError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmkit.core.kernel import Kernel
    from crmkit.core.model.rule_source import RuleSource
    from crmkit.core.store.unit import Transaction

_LOG: Final = logging.getLogger(__name__)


def advance_sources(kernel: Kernel) -> None:
    """Each source in a unit of work of its own; one that fails is left for the next pass, and named in the
    log."""
    for source in kernel.loaded.rule_sources:
        if source.advance is None:
            continue
        try:
            with kernel.unit(kernel.house) as tx:
                advance(kernel, tx, [source])
        except CrmError as error:
            _LOG.warning("%s could not go on: %s", source.name, error.message)


def advance(kernel: Kernel, tx: Transaction, sources: Iterable[RuleSource]) -> None:
    """The same inside a unit of work that there is."""
    for source in sources:
        if source.advance is not None:
            with kernel.acting_in(tx, kernel.house) as (crm, own):
                source.advance(crm, own)
