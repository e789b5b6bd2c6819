"""Cases: open them, answer, resolve, merge, find them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit import Conflict, Invalid, NotFound
from crmkit.plugin import RecordDraft, _, phrase, speaking
from crmkit.plugins.operational.cases.clock import CLOSED, NEW, OPEN, RESOLVED, RUNNING, WAITING
from crmkit.plugins.operational.cases.model import Case, case_columns, case_of
from crmkit.plugins.operational.cases.record_type import CASE
from crmkit.plugins.operational.cases.settings import CaseSettings

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.operational.cases.routing import Route, Router

PHONE: Final = "phone"
_UNDONE: Final = (NEW, OPEN, WAITING)
_SOURCE: Final = "operational.case"


class Cases:
    """The cases of one business, for whoever `crm` acts for: those of the customers they see.

    Methods raise `NotFound`, `Invalid` for moves and values, `Conflict`, `NotAllowed`.
    """

    def __init__(self, crm: Crm, settings: CaseSettings) -> None:
        self._crm = crm
        self._settings = settings
        self._table = crm.tables.records[CASE]

    def open(
        self,
        customer: str | int,
        subject: str,
        *,
        owner: str | int | None = None,
        **fields: Any,
    ) -> Case:
        """A new case of a customer; `fields` are those of the record type, such as `priority` and `text`.

        Without an `owner` it goes where `routing` says.
        """
        if not subject.strip():
            raise Invalid(
                "A case needs a subject", hint='Say what it is about: crm cases open REF "No invoice"'
            )
        wanted = {name: value for name, value in fields.items() if value is not None}
        with self._crm.transaction():
            record = self._crm.records.add(
                CASE, customer, {"subject": subject.strip(), **wanted}, owner=owner
            )
            if owner is None and self._settings.routing:
                router = self._router()
                router.apply(router.routes(router.waiting(ids=[record.id])))
            return self.get(record.id)

    def get(self, case: int) -> Case:
        """Case number `case`."""
        query = self._read().where(self._table.c.id == case)
        self._crm.require("records.read")
        with self._crm.reading() as execute:
            row = execute(query).first()
        if row is None:
            raise NotFound(phrase("There is no case {case}", case=case), hint="Run: crm cases list --all")
        return case_of(row)

    def list(
        self,
        *,
        customer_ids: Sequence[int] | None = None,
        owner_id: int | None = None,
        queue: str | None = None,
        overdue: bool = False,
        all: bool = False,  # noqa: A002 - as the option is called
        limit: int | None = 100,
    ) -> tuple[Case, ...]:
        """Cases that are not done, by their deadlines; `all` lists the others too, newest first.

        `overdue` lists those of which a deadline has passed while their clock runs.
        """
        self._crm.require("records.read")
        c = self._table.c
        query = self._read().where(c.archived_at.is_(None))
        if customer_ids is not None:
            query = query.where(c.customer_id.in_(customer_ids))
        if owner_id is not None:
            query = query.where(c.employee_id == owner_id)
        if queue is not None:
            query = query.where(self._column("queue") == queue)
        if overdue:
            query = query.where(c.state.in_(RUNNING), self._deadline() <= self._crm.clock.now())
        elif not all:
            query = query.where(c.state.in_(_UNDONE))
        order = (c.id.desc(),) if all else (self._deadline().is_(None), self._deadline(), c.id)
        with self._crm.reading() as execute:
            return tuple(map(case_of, execute(query.order_by(*order).limit(limit)).all()))

    def answer(
        self, case: int, text: str, *, channel: str | None = None, wait: bool = False, resolve: bool = False
    ) -> Case:
        """Note what we answered, by `channel` (the case's own, when None); the first answer stops its clock.

        What is written here is on record, and not sent. `wait` and `resolve` move the case as well.
        """
        if not text.strip():
            raise Invalid("An answer says something", hint='Write it: crm cases answer 12 "It is on its way"')
        state = RESOLVED if resolve else WAITING if wait else None
        with self._crm.transaction() as tx:
            found = self.get(case)
            self._note_answer(found, text.strip(), channel or found.channel)
            self._save(found.id, {"responded_at": tx.at}, state=state)
            return self.get(case)

    def wait(self, case: int) -> Case:
        """It is the customer's turn: the clock stands still until the case is open again."""
        return self._moved(case, WAITING)

    def resolve(self, case: int) -> Case:
        """It is solved; after the time set by `close_after` it is closed."""
        return self._moved(case, RESOLVED)

    def close(self, case: int) -> Case:
        """It is over."""
        return self._moved(case, CLOSED)

    def reopen(self, case: int) -> Case:
        """It goes on: one that was resolved or closed, also by a merge, or that waited for the customer."""
        return self._moved(case, OPEN)

    def assign(self, case: int, owner: str | int | None, *, queue: str | None = None) -> Case:
        """It is `owner`'s from now on (nobody's, for None), and in `queue` where that is given."""
        found = self.get(case)
        fields = {} if queue is None else {"queue": queue}
        return self._save(found.id, fields, owner="" if owner is None else owner)

    def rate(self, case: int, satisfaction: int) -> Case:
        """How content the customer was, from 1 to 5."""
        return self._save(self.get(case).id, {"satisfaction": satisfaction})

    def solve(
        self, customer: str | int, subject: str, *, answer: str, channel: str | None = PHONE, **fields: Any
    ) -> Case:
        """A case that was solved on the spot: opened, answered and resolved in one, and whoever solves it
        has it."""
        with self._crm.transaction():
            case = self.open(customer, subject, channel=channel, owner=self._crm.actor.id, **fields)
            return self.answer(case.id, answer, resolve=True)

    def merge(self, case: int, duplicate: int) -> Case:
        """`duplicate` is closed and goes on in `case`; both say so on their timelines. Returns the one that
        goes on. To take it back, reopen the duplicate."""
        with self._crm.transaction():
            kept, other = self.get(case), self.get(duplicate)
            if kept.id == other.id:
                raise Invalid(
                    phrase("Case {case} cannot be merged with itself", case=case), hint="Name two cases."
                )
            for each in (kept, other):
                if each.merged_into is not None:
                    raise Conflict(
                        phrase(
                            "Case {id} was merged into {merged_into} already",
                            id=each.id,
                            merged_into=each.merged_into,
                        )
                    )
            self._save(other.id, {"merged_into": kept.ref}, state=CLOSED)
            text = self._goes_on(other, kept)
            for customer_id in {kept.customer_id, other.customer_id}:
                self._crm.interactions.record(customer_id, "note", source=_SOURCE, payload={"text": text})
            return self.get(case)

    def _goes_on(self, other: Case, kept: Case) -> str:
        """What timelines say of a case that was merged, in the language of the business."""
        with speaking(self._crm.config.crs.locale):
            return _(
                '{other} "{other_subject}" goes on in {kept} "{kept_subject}"',
                other=other.ref,
                other_subject=other.subject,
                kept=kept.ref,
                kept_subject=kept.subject,
            )

    def route(self, *, dry_run: bool = False) -> Sequence[Route]:
        """Give all cases that are nobody's to queues and people, 10,000 at most; where they go, and why."""
        router = self._router()
        routes = router.routes(router.waiting(anew=True))
        if not dry_run:
            router.apply(routes)
        return routes

    def _router(self) -> Router:
        # A customer's page reads cases too, and routes none.
        from crmkit.plugins.operational.cases.routing import Router

        return Router(self._crm, self._settings)

    def why(self, case: int) -> Route:
        """Where routing would put a case as it is now, and what it says of each rule."""
        return self._router().routes([self.get(case)])[0]

    def children(self, case: int) -> tuple[Case, ...]:
        """The cases that are part of it."""
        self._crm.require("records.read")
        query = self._read().where(self._table.c.parent == f"case:{case}")
        with self._crm.reading() as execute:
            return tuple(case_of(row) for row in execute(query.order_by(self._table.c.id)))

    def _moved(self, case: int, state: str) -> Case:
        return self._save(self.get(case).id, {}, state=state)

    def _save(
        self, case: int, fields: dict[str, Any], *, state: str | None = None, owner: str | int | None = None
    ) -> Case:
        draft = RecordDraft(id=case, fields=fields, state=state, owner=owner)
        with self._crm.transaction():
            for refusal in self._crm.records.save_all(CASE, [draft]).refused:
                raise Invalid(refusal.reason, hint=phrase("Look at it: crm cases show {case}", case=case))
            return self.get(case)

    def _note_answer(self, case: Case, text: str, channel: str | None) -> None:
        is_call = channel == PHONE
        payload = {"text": text} if is_call else {"text": text, "subject": case.subject}
        known = channel is not None and self._crm.words.channels.get(channel) is not None
        self._crm.interactions.record(
            case.customer_id, "call" if is_call else "message", direction="out", payload=payload,
            channel=channel if known else None, employee=self._crm.actor.id, source=_SOURCE,
        )  # fmt: skip

    def _column(self, name: str) -> Any:
        if name not in self._table.c:
            raise Invalid(
                phrase("No {name} is declared", name=name),
                hint="See: [plugins.operational.cases] in crm.toml",
            )
        return self._table.c[name]

    def _deadline(self) -> Any:
        """As `clock.deadline`: the first that is still to be met."""
        c = self._table.c
        answer = sa.case((c.responded_at.is_(None), c.respond_by))
        both = sa.and_(answer.is_not(None), c.resolve_by.is_not(None))
        first = sa.case((sa.and_(both, answer < c.resolve_by), answer), (both, c.resolve_by))
        return sa.func.coalesce(first, answer, c.resolve_by)

    def _read(self) -> sa.Select[Any]:
        """The statement that reads the cases which the acting person sees."""
        query = sa.select(*case_columns(self._table))
        customer, seen = self._crm.tables.customer, self._crm.seen()
        joined = query.join(customer, customer.c.id == self._table.c.customer_id)
        return joined.where(*seen) if seen else query
