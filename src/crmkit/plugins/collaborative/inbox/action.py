"""What the action `conversation.assign` does: rules say who answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit import Invalid
from crmkit.plugin import ActionItem, Performed, RecordDraft, Refusal, fold, phrase
from crmkit.plugins.collaborative.inbox.record_type import CONVERSATION, OPEN
from crmkit.plugins.collaborative.inbox.words import ROUND_ROBIN, Assign

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Transaction


def check(params: Assign, crm: Crm) -> None:
    """Raise `Invalid` or `NotFound` where nobody of that name answers."""
    if params.among is not None and fold(params.to) != fold(ROUND_ROBIN):
        raise Invalid(
            "among says of whom it is the turn",
            hint=phrase('Write to = "{round_robin}".', round_robin=ROUND_ROBIN),
        )
    teams = {fold(each.name) for each in crm.people.teams()}
    if params.among is not None and fold(params.among) not in teams:
        raise Invalid(
            phrase('There is no team "{team}"', team=params.among), hint="See: crm people teams list"
        )
    is_one = fold(params.to) != fold(ROUND_ROBIN) and fold(params.to) not in teams
    if is_one and not crm.people.get(params.to).active:
        raise Invalid(phrase("{name} no longer works here", name=params.to), hint="Name somebody else.")


def assign(items: Sequence[ActionItem], crm: Crm, tx: Transaction) -> Iterator[Refusal | Performed]:
    """Give the newest open conversation of each customer that is nobody's to who is to answer."""
    newest = _unassigned(items, crm, tx)
    giving = _Giving(items[0].params, crm, tx)
    drafts, places = [], []
    for index, item in enumerate(items):
        id_ = newest.pop(item.customer_id, None)
        if id_ is None:
            yield Refusal(index, phrase("no open conversation of the customer is nobody's"))
        elif (draft := giving.draft(id_)) is None:
            yield Refusal(index, phrase("nobody works there"))
        else:
            drafts.append(draft)
            places.append(index)
    before = _teams(crm, tx, [draft.id for draft in drafts])
    report = crm.records.save_all(CONVERSATION, drafts, source=items[0].source)
    refused = {refusal.index: refusal.reason for refusal in report.refused}
    for number, index in enumerate(places):
        if number in refused:
            yield Refusal(index, refused[number])
        else:
            id_ = drafts[number].id
            yield Performed(index, f"{id_}:{before.get(id_) or ''}")


def _teams(crm: Crm, tx: Transaction, ids: Sequence[int | None]) -> dict[int | None, str | None]:
    c = crm.tables.records[CONVERSATION].c
    rows: Any = tx.execute(sa.select(c.id, c.team).where(c.id.in_(ids)))
    return {row[0]: row[1] for row in rows}


def _unassigned(items: Sequence[ActionItem], crm: Crm, tx: Transaction) -> dict[int, int]:
    c = crm.tables.records[CONVERSATION].c
    query = (
        sa.select(c.customer_id, sa.func.max(c.id))
        .where(
            c.customer_id.in_({each.customer_id for each in items}), c.state == OPEN,
            c.employee_id.is_(None), c.archived_at.is_(None),
        )
        .group_by(c.customer_id)
    )  # fmt: skip
    rows: Any = tx.execute(query)
    return {int(row[0]): int(row[1]) for row in rows}


class _Giving:
    """Gives conversations away, each one counting for the next."""

    def __init__(self, params: Assign, crm: Crm, tx: Transaction) -> None:
        self._to = params.to
        active = crm.people.list()
        names = {fold(each.name): each.name for each in crm.people.teams()}
        self._team = names.get(fold(params.to))
        self._turn = fold(params.to) == fold(ROUND_ROBIN)
        among = fold(params.among) if params.among else None
        who = [each.id for each in active if among is None or among in map(fold, each.teams)]
        c = crm.tables.records[CONVERSATION].c
        query = sa.select(c.employee_id, sa.func.count()).where(c.state == OPEN, c.employee_id.in_(who))
        rows: Any = tx.execute(query.group_by(c.employee_id)) if self._turn else ()
        self._loads: Counter[int] = Counter()
        self._who = who
        for employee_id, count in rows:
            self._loads[int(employee_id)] = int(count)

    def draft(self, id_: int) -> RecordDraft | None:
        """One conversation, given to whoever it goes to."""
        if self._team is not None:
            return RecordDraft(id=id_, fields={"team": self._team})
        if not self._turn:
            return RecordDraft(id=id_, owner=self._to)
        if not self._who:
            return None
        chosen = min(self._who, key=lambda one: (self._loads[one], one))
        self._loads[chosen] += 1
        return RecordDraft(id=id_, owner=chosen)


def take_back(items: Sequence[ActionItem], crm: Crm, tx: Transaction) -> Iterator[Refusal]:
    """Nobody's again. What was answered meanwhile is left."""
    kept = {int(id_): team or None for id_, _, team in (str(each.result).partition(":") for each in items)}
    c = crm.tables.records[CONVERSATION].c
    rows: Any = tx.execute(sa.select(c.id).where(c.id.in_(kept), c.state == OPEN))
    open_ = {int(row[0]) for row in rows}
    drafts = [RecordDraft(id=id_, owner="", fields={"team": kept[id_]}) for id_ in kept if id_ in open_]
    report = crm.records.save_all(CONVERSATION, drafts, source=items[0].source)
    refused = {drafts[each.index].id: each.reason for each in report.refused}
    for index, item in enumerate(items):
        id_ = int(str(item.result).partition(":")[0])
        if id_ not in open_:
            yield Refusal(index, phrase("it was answered or closed since"))
        elif id_ in refused:
            yield Refusal(index, refused[id_])
