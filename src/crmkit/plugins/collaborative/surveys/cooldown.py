"""The cooldown: whoever was asked, by whichever survey, is left alone for a while.

What counts is the ledger, so that it holds while messages wait, for rules, campaigns and people alike. Its
numbers rise in the order in which effects are entered: of two that wait, the earlier one asks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.plugin import N_, Refusal, local_date, parse_duration, phrase, zone_of
from crmkit.plugins.collaborative.surveys.strategy_words import SEND

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import ProposedAct
    from crmkit.plugins.collaborative.settings import Settings

_WAITING: Final = ("pending", "claimed")
# What is withheld takes the place that the asking would have had: else groups could not be compared.
_ASKED: Final = ("handing_over", "done", "unconfirmed", "withheld")
_BATCH: Final = 500


def review(proposals: Sequence[ProposedAct], crm: Crm, settings: Settings) -> Iterator[Refusal]:
    """Refuse to ask whoever was asked within the cooldown, or is about to be."""
    mine = [(index, each) for index, each in enumerate(proposals) if each.action == SEND]
    if not mine:
        return
    length, tz, now = parse_duration(settings.surveys.cooldown), zone_of(crm), crm.clock.now()
    rows = _ledger(crm, sorted({each.customer_id for _, each in mine}), length.before(now, tz))
    taken: set[int] = set()
    for index, each in mine:
        known = rows.get(each.customer_id, [])
        own = next((row for row in known if _is_same(row, each)), None)
        against = [row for row in known if row is not own and _counts(row, own)]
        if against:
            last = max(row.contact_at or row.created_at for row in against)
            day = local_date(last, tz)
            template = (
                N_("is to be asked on {day} by a survey, and {length} are to lie between any two surveys")
                if all(row.state in _WAITING for row in against)
                else N_("was asked on {day} by a survey, and {length} are to lie between any two surveys")
            )
            yield Refusal(index, phrase(template, day=day, length=length))
        elif own is None and each.customer_id in taken:
            yield Refusal(index, phrase("another survey in the same plan asks first"))
        else:
            taken.add(each.customer_id)


def _ledger(crm: Crm, customers: Sequence[int], since: int) -> dict[int, list[Any]]:
    """The effects of surveys that count, by customer."""
    effect = crm.tables.effect
    counts = [
        effect.c.action == SEND,
        sa.or_(
            effect.c.state.in_(_WAITING), sa.and_(effect.c.state.in_(_ASKED), effect.c.contact_at > since)
        ),
    ]
    columns = (
        effect.c.id, effect.c.customer_id, effect.c.origin, effect.c.step, effect.c.occasion, effect.c.state,
        effect.c.contact_at, effect.c.created_at,
    )  # fmt: skip
    if not crm.rehearsal.is_on:
        counts.append(effect.c.rehearsed == 0)
    found: dict[int, list[Any]] = {}
    with crm.reading() as execute:
        for start in range(0, len(customers), _BATCH):
            some = customers[start : start + _BATCH]
            for row in execute(sa.select(*columns).where(*counts, effect.c.customer_id.in_(some))):
                found.setdefault(row.customer_id, []).append(row)
    return found


def _is_same(row: Any, proposal: ProposedAct) -> bool:
    """Whether a row of the ledger is this very act, which was entered and is looked at once more."""
    origins = (proposal.rule, f"rule:{proposal.rule}")
    return (row.step, row.occasion) == (proposal.step, proposal.occasion) and row.origin in origins


def _counts(row: Any, own: Any) -> bool:
    """What waits and was entered later gives way."""
    return own is None or row.state not in _WAITING or row.id < own.id
