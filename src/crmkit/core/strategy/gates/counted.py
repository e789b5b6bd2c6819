"""Which effects in the ledger have reached somebody, or still may: what limits count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crmkit.core.model.strategy import CLAIMED, DONE, HANDING_OVER, PENDING, UNCONFIRMED, WITHHELD
from crmkit.core.store.setting import LIVE_AT, read_setting

if TYPE_CHECKING:
    import sqlalchemy as sa

_WAITING: Final = (PENDING, CLAIMED)
# What is withheld takes the place that the act would have had: else groups could not be compared.
_REACHED: Final = (HANDING_OVER, DONE, UNCONFIRMED, WITHHELD)
# The condition over `effect` that holds for them.
COUNTED: Final = f"state IN ({', '.join(map(repr, (*_WAITING, *_REACHED)))})"


def is_open(state: str) -> bool:
    """Whether it still waits to be handed over."""
    return state in _WAITING


def rehearsed_too(connection: sa.Connection) -> str:
    """What follows the condition once the business is live: rehearsals count for nothing then."""
    return "" if read_setting(connection, LIVE_AT) is None else " AND rehearsed = 0"
