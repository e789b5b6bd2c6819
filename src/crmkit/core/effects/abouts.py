"""What effects are about: the record whose move a rule acted upon."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.store.unit import Transaction

_EVENT: Final = "seq:"
_AT_ONCE: Final = 500


def records_acted_upon(crm: Crm, tx: Transaction, occasions: Iterable[str]) -> Mapping[str, str]:
    """The records that effects are about, such as `case:12`, by the occasions of the effects.

    That is the record of which the interaction told upon which a rule acted (`on = "case.resolved"`);
    occasions of other rules, and interactions about no record, are left out. For actions: see
    `ActionItem.occasion`.
    """
    events = {each: int(each[len(_EVENT) :]) for each in occasions if _is_event(each)}
    entry, wanted, found = crm.tables.interaction.c, sorted({*events.values()}), {}
    for start in range(0, len(wanted), _AT_ONCE):
        told = sa.select(entry.seq, entry.payload).where(entry.seq.in_(wanted[start : start + _AT_ONCE]))
        found.update({row.seq: _record_in(row.payload) for row in tx.execute(told)})
    return {occasion: record for occasion, seq in events.items() if (record := found.get(seq))}


def _is_event(occasion: str) -> bool:
    return occasion.startswith(_EVENT) and occasion[len(_EVENT) :].isdecimal()


def _record_in(payload: Any) -> str:
    said = json.loads(payload) if isinstance(payload, str) else payload
    record = said.get("record", "") if isinstance(said, dict) else ""
    return record if isinstance(record, str) else ""
