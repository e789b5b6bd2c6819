"""Conversations: find them, see to them, hand them on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit import Invalid, NotFound
from crmkit.plugin import RecordDraft, phrase
from crmkit.plugins.collaborative.inbox.model import Conversation, ConversationPage, conversation_of
from crmkit.plugins.collaborative.inbox.record_type import CLOSED, CONVERSATION, OPEN, WAITING
from crmkit.plugins.collaborative.inbox.tables import ENTRY

if TYPE_CHECKING:
    from crmkit import Crm, Interaction
    from crmkit.plugins.collaborative.inbox.settings import InboxSettings

MINE: Final = "mine"
UNASSIGNED: Final = "unassigned"
ALL: Final = "all"
USUAL: Final = "usual"
SNOOZED: Final = "snoozed"
_NEVER: Final = 1 << 62
_LONGEST_THREAD: Final = 200


class Conversations:
    """The conversations of one business, for whoever `crm` acts for: those with customers whom they see.

    Methods raise `NotFound`, `Invalid`, `Conflict`, `NotAllowed`.
    """

    def __init__(self, crm: Crm, settings: InboxSettings) -> None:
        self._crm = crm
        self.settings = settings
        self._table = crm.tables.records[CONVERSATION]

    def get(self, conversation: int) -> Conversation:
        """Conversation number `conversation`."""
        self._crm.require("records.read")
        query = self._seen(sa.select(self._table)).where(self._table.c.id == conversation)
        with self._crm.reading() as execute:
            row = execute(query).first()
        if row is None:
            raise NotFound(
                phrase("There is no conversation {conversation}", conversation=conversation),
                hint="Run: crm inbox --all",
            )
        return conversation_of(row)

    def list(
        self,
        whose: str = ALL,
        *,
        team: str | None = None,
        state: str = OPEN,
        customer_ids: Sequence[int] | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> ConversationPage:
        """A page of conversations, whoever has waited longest for an answer first.

        `whose` is `mine`, `unassigned`, `usual` (one's own, those of one's teams, and nobody's) or `all`;
        `team` those of a team. `state` is open, waiting, closed or snoozed; what is snoozed is not open.
        """
        c = self._table.c
        since = sa.func.coalesce(c.unanswered_since, sa.literal(_NEVER, sa.BigInteger))
        query = self._wanted(whose, team, state).order_by(since, c.id).limit(limit + 1)
        if customer_ids is not None:
            query = query.where(c.customer_id.in_(customer_ids))
        if cursor is not None:
            at, id_ = _place(cursor)
            query = query.where(sa.or_(since > at, sa.and_(since == at, c.id > id_)))
        with self._crm.reading() as execute:
            found = [conversation_of(row) for row in execute(query)]
        page = found[:limit]
        last = page[-1] if len(found) > limit else None
        return ConversationPage(
            conversations=tuple(page),
            next_cursor=f"{_NEVER if last.unanswered_since is None else last.unanswered_since}.{last.id}"
            if last
            else None,
        )

    def count(self, whose: str = ALL, *, team: str | None = None, state: str = OPEN) -> int:
        """How many there are."""
        wanted = self._wanted(whose, team, state).subquery()
        with self._crm.reading() as execute:
            return int(execute(sa.select(sa.func.count()).select_from(wanted)).scalar() or 0)

    def thread(self, conversation: int) -> tuple[Interaction, ...]:
        """Its messages, the newest last; of a very long one the last 200."""
        found = self.get(conversation)
        entry, log = self._crm.plugins.table(ENTRY), self._crm.tables.interaction
        query = (
            sa.select(entry.c.seq)
            .join(log, log.c.seq == entry.c.seq)
            .where(entry.c.conversation_id == found.id, log.c.superseded_by.is_(None))
            .order_by(log.c.occurred_at.desc(), log.c.seq.desc())
            .limit(_LONGEST_THREAD)
        )
        with self._crm.reading() as execute:
            numbers = [int(row[0]) for row in execute(query)]
        return tuple(self._crm.interactions.get(each) for each in reversed(numbers))

    def take(self, conversation: int) -> Conversation:
        """It is the acting employee's from now on."""
        if self._crm.actor.id is None:
            raise Invalid("Nobody takes it", hint="Say who: crm --as EMPLOYEE inbox take 12")
        return self.assign(conversation, self._crm.actor.id)

    def assign(
        self, conversation: int, employee: str | int | None = None, *, team: str | None = None
    ) -> Conversation:
        """It is `employee`'s (nobody's, for None), and of `team` where one is given."""
        fields: dict[str, Any] = {} if team is None else {"team": self.team_named(team)}
        return self._save(conversation, fields, owner="" if employee is None else employee)

    def snooze(self, conversation: int, until: int) -> Conversation:
        """Out of the way until an instant, or until the customer writes."""
        if until <= self._crm.clock.now():
            raise Invalid("That is over already", hint='Say a time to come: --until "tomorrow 09:00"')
        return self._save(conversation, {"snoozed_until": until})

    def close(self, conversation: int) -> Conversation:
        """It is over, until the customer writes again."""
        return self._save(conversation, {"unanswered_since": None, "snoozed_until": None}, state=CLOSED)

    def reopen(self, conversation: int) -> Conversation:
        """It goes on, also what was put off."""
        return self._save(conversation, {"snoozed_until": None}, state=OPEN)

    def move(self, conversation: int, customer: str | int) -> Sequence[int]:
        """Give its messages to another customer, of whom they are; the numbers of the conversations with
        that customer which they are in now."""
        found = self.get(conversation)
        self._crm.require("interactions.correct")
        whose = self._crm.customers.get(customer).id
        if whose == found.customer_id:
            raise Invalid(
                phrase("Conversation {conversation} is with that customer", conversation=conversation),
                hint="Name another.",
            )
        moved = [each.seq for each in self.thread(conversation)]
        with self._crm.transaction():
            for seq in moved:
                self._crm.interactions.reassign(seq, whose)
            self.close(conversation)
        entry, log = self._crm.plugins.table(ENTRY), self._crm.tables.interaction
        query = sa.select(entry.c.conversation_id).join(log, log.c.seq == entry.c.seq).distinct()
        with self._crm.reading() as execute:
            rows = execute(query.where(log.c.corrects.in_(moved), entry.c.customer_id == whose))
            return sorted(int(row[0]) for row in rows)

    def team_named(self, team: str) -> str:
        """A team's name as it is kept. Raises `NotFound`."""
        names = {each.name.casefold(): each.name for each in self._crm.people.teams()}
        if team.casefold() not in names:
            raise NotFound(
                phrase('There is no team "{team}"', team=team),
                hint=phrase("There are: {names}", names=", ".join(names.values()))
                if names
                else "There are none yet.",
            )
        return names[team.casefold()]

    def _save(
        self,
        conversation: int,
        fields: dict[str, Any],
        *,
        state: str | None = None,
        owner: str | int | None = None,
    ) -> Conversation:
        with self._crm.transaction():
            found = self.get(conversation)
            draft = RecordDraft(
                id=found.id, fields=fields, state=state if state != found.state else None, owner=owner
            )
            for refusal in self._crm.records.save_all(CONVERSATION, [draft]).refused:
                raise Invalid(
                    refusal.reason,
                    hint=phrase("Look at it: crm inbox show {conversation}", conversation=conversation),
                )
            return self.get(conversation)

    def _wanted(self, whose: str, team: str | None, state: str) -> sa.Select[Any]:
        self._crm.require("records.read")
        c, now = self._table.c, self._crm.clock.now()
        query = self._seen(sa.select(self._table)).where(c.archived_at.is_(None))
        is_snoozed = sa.and_(c.snoozed_until.is_not(None), c.snoozed_until > now)
        if state == SNOOZED:
            query = query.where(c.state != CLOSED, is_snoozed)
        elif state == OPEN:
            query = query.where(c.state == OPEN, sa.not_(sa.func.coalesce(is_snoozed, sa.false())))
        elif state in (WAITING, CLOSED):
            query = query.where(c.state == state)
        if team is not None:
            query = query.where(c.team == self.team_named(team))
        me = self._crm.actor.employee
        if whose == MINE:
            return query.where(c.employee_id == (me.id if me else None))
        if whose == UNASSIGNED:
            return query.where(c.employee_id.is_(None))
        if whose == USUAL and me is not None:
            ours = sa.and_(c.employee_id.is_(None), sa.or_(c.team.is_(None), c.team.in_(me.teams)))
            return query.where(sa.or_(c.employee_id == me.id, ours, c.team.in_(me.teams)))
        return query

    def _seen(self, query: sa.Select[Any]) -> sa.Select[Any]:
        customer, seen = self._crm.tables.customer, self._crm.seen()
        joined = query.join(customer, customer.c.id == self._table.c.customer_id)
        return joined.where(*seen) if seen else query


def _place(cursor: str) -> tuple[int, int]:
    at, _, id_ = cursor.partition(".")
    if not (at.isascii() and at.isdigit() and id_.isascii() and id_.isdigit()) or len(cursor) > 40:
        raise Invalid(
            phrase("{cursor} is not a cursor of this list", cursor=f'"{cursor[:40]}"'),
            hint="Begin again at the first page, without a cursor.",
        )
    return int(at), int(id_)
