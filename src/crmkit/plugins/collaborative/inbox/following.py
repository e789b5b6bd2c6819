"""Following the log: every message is put into its conversation, once, many in a few statements."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import define, field

from crmkit.plugin import N_, RecordDraft, fold
from crmkit.plugins.collaborative.inbox.correcting import correct
from crmkit.plugins.collaborative.inbox.course import Course, course_of
from crmkit.plugins.collaborative.inbox.hearing import SOURCE, hear, is_ours, is_talk
from crmkit.plugins.collaborative.inbox.record_type import CLOSED, CONVERSATION, WAITING
from crmkit.plugins.collaborative.inbox.tables import ENTRY
from crmkit.plugins.collaborative.inbox.threading import (
    EFFECT,
    Named,
    has_subject,
    named,
    plain_subject,
    subject_of,
)

if TYPE_CHECKING:
    from crmkit import Crm, Interaction
    from crmkit.plugin import Transaction
    from crmkit.plugins.collaborative.inbox.settings import InboxSettings
    from crmkit.plugins.collaborative.settings import Settings

_AT_ONCE: Final = 500
_log = logging.getLogger("crmkit.collaborative")


def follow(interactions: Sequence[Interaction], crm: Crm, tx: Transaction, settings: Settings) -> None:
    """Put what customers wrote, and what we wrote to them, into conversations."""
    types = frozenset(settings.inbox.types)
    corrected = [each for each in interactions if each.corrects is not None]
    concerned = [each for each in interactions if each.type in types and _is_part(each)]
    if concerned or corrected:
        kept = correct(corrected, crm, tx) if corrected else frozenset()
        following = _Following(crm, tx, settings.inbox)
        following.take([each for each in concerned if each.seq not in kept])
        following.write()


def _is_part(message: Interaction) -> bool:
    """Whether it may be a part of a conversation: what rules send is none, unless it answers in one."""
    if message.direction == "out" and message.source == EFFECT and message.employee_id is None:
        return bool(named(message).answers)
    return message.channel is not None


@define
class _Following:
    """One batch: what it may go on with is read first, and what has become of it is written at the end."""

    crm: Crm
    tx: Transaction
    settings: InboxSettings
    _by_name: dict[str, list[Course]] = field(factory=dict)
    _by_customer: dict[tuple[int, str | None], list[Course]] = field(factory=dict)
    _courses: dict[int, Course] = field(factory=dict)
    _touched: dict[int, Course] = field(factory=dict)
    _entries: list[tuple[Course, Interaction, str | None]] = field(factory=list)

    def take(self, messages: Sequence[Interaction]) -> None:
        """Find the conversation of each message, in the order in which they were written."""
        names = {each.seq: named(each) for each in messages}
        self._load(messages, names)
        for each in sorted(messages, key=lambda one: (one.occurred_at, one.seq)):
            self._one(each, names[each.seq])

    def write(self) -> None:
        """Save what is new of conversations, and which messages they are made of."""
        for each in self._touched.values():
            if each.id is None and (each.last_at or 0) < self.tx.at - self.settings.silence:
                each.over()  # a mailbox of years fills no inbox
        courses = [each for each in self._touched.values() if each.changed or each.is_moved]
        drafts = [_draft(each) for each in courses]
        report = self.crm.records.save_all(CONVERSATION, drafts, source=SOURCE)
        if report.reasons:  # others' messages are sorted
            _log.warning(N_("Messages that are not in the inbox as they should be: %s"), report.reasons)
        for course, id_ in zip(courses, report.ids, strict=True):
            if course.id is None:
                course.id = id_
        rows = [
            {
                "customer_id": course.customer_id,
                "conversation_id": course.id,
                "seq": each.seq,
                "reference": name,
            }
            for course, each, name in self._entries
            if course.id is not None
        ]
        if rows:
            self.tx.execute(self.crm.plugins.table(ENTRY).insert(), rows)

    def _one(self, message: Interaction, names: Named) -> None:
        course = self._found(message, names)
        at, ours = message.occurred_at, is_ours(message)
        if course is None:
            if not self._opens(message, ours):
                return
            course = self._new(message)
        is_past = at < self.tx.at - self.settings.silence
        was_closed = course.state == CLOSED
        hear(course, message, self.crm)
        if was_closed and is_past and course.id is not None:
            course.over()
        self._touched[id(course)] = course
        self._entries.append((course, message, names.own))
        if names.own:
            known = self._by_name.setdefault(names.own, [])
            if course not in known:
                known.insert(0, course)

    def _opens(self, message: Interaction, ours: bool) -> bool:
        """Whether a conversation may begin with it: what customers write, and letters that somebody wrote."""
        if is_talk(message):
            return not ours
        return not ours or message.source != EFFECT or message.employee_id is not None

    def _found(self, message: Interaction, names: Named) -> Course | None:
        for name in names.answers:
            for course in self._by_name.get(name, ()):
                if course.customer_id == message.customer_id:
                    return course
        if getattr(message.payload, "thread", None):
            return None  # its channel knows what belongs together
        for course in self._by_customer.get((message.customer_id, message.channel), ()):
            if course.state != CLOSED and self._goes_on(course, message):
                return course
        return None

    def _goes_on(self, course: Course, message: Interaction) -> bool:
        if abs(message.occurred_at - (course.last_at or 0)) > self.settings.window:
            return False
        return not has_subject(message) or _same(course.subject, subject_of(message))

    def _new(self, message: Interaction) -> Course:
        channel = message.channel
        course = Course(
            customer_id=message.customer_id, channel=channel, subject=subject_of(message),
            team=self.settings.teams.get(channel or ""),
        )  # fmt: skip
        if is_ours(message):
            course.state = WAITING
        self._by_customer.setdefault((message.customer_id, channel), []).insert(0, course)
        return course

    def _load(self, messages: Sequence[Interaction], names: dict[int, Named]) -> None:
        """Everything on record that these messages may go on with."""
        entry, c = self.crm.plugins.table(ENTRY), self.crm.tables.records[CONVERSATION].c
        wanted = {name for each in names.values() for name in each.answers}
        customers = {each.customer_id for each in messages}
        pairs: list[tuple[str, int]] = []
        for some in _parts(sorted(wanted)):
            query = sa.select(entry.c.reference, entry.c.conversation_id).where(entry.c.reference.in_(some))
            rows: Any = self.tx.execute(query.distinct())
            pairs += [(str(row[0]), int(row[1])) for row in rows]
        open_ = sa.and_(c.state != CLOSED, c.archived_at.is_(None))
        for some in _parts(sorted(customers)):
            self._keep(sa.and_(c.customer_id.in_(some), open_))
        missing = {id_ for _, id_ in pairs} - self._courses.keys()
        for some in _parts(sorted(missing)):
            self._keep(sa.and_(c.id.in_(some), c.archived_at.is_(None)))
        for name, id_ in sorted(pairs, key=lambda pair: -pair[1]):
            if id_ in self._courses:
                self._by_name.setdefault(name, []).append(self._courses[id_])

    def _keep(self, condition: Any) -> None:
        table = self.crm.tables.records[CONVERSATION]
        rows: Iterable[Any] = self.tx.execute(sa.select(table).where(condition).order_by(table.c.id.desc()))
        for row in rows:
            course = course_of(row)
            self._courses[row.id] = course
            self._by_customer.setdefault((course.customer_id, course.channel), []).append(course)


def _draft(course: Course) -> RecordDraft:
    state = course.state if course.id is None or course.is_moved else None
    if course.id is not None:
        return RecordDraft(id=course.id, fields=course.changed, state=state)
    return RecordDraft(customer=course.customer_id, fields=course.changed, state=state)


def _same(one: str, other: str) -> bool:
    return not one or fold(plain_subject(one)) == fold(plain_subject(other))


def _parts(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
