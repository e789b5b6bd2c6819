"""Surveys: sent by hand, and what came of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import frozen

from crmkit.plugin import Counted, Interval, RecordDraft, fold, phrase, wilson
from crmkit.plugins.collaborative.surveys.file import survey_file, survey_files, usable
from crmkit.plugins.collaborative.surveys.kinds import SCALES
from crmkit.plugins.collaborative.surveys.measuring import Estimate, estimate
from crmkit.plugins.collaborative.surveys.strategy_words import ANSWERS, RATE, SEND
from crmkit.plugins.collaborative.surveys.tables import ANSWER_TABLE
from crmkit.plugins.collaborative.surveys.words import ANSWERED, EXPIRED, SENT, SURVEY

if TYPE_CHECKING:
    from crmkit import Crm

READ: Final = "records.read"
_BATCH: Final = 1_000


@frozen(kw_only=True)
class Summary:
    """A survey in a list: how often it was sent and answered ever, and its number; `problem` is why its
    file cannot be used."""

    name: str
    kind: str = ""
    doc: str = ""
    sent: int = 0
    answered: int = 0
    found: Estimate | None = None
    problem: str = ""


@frozen(kw_only=True)
class Result:
    """What a survey came to, of everybody or of one group: how often each score was given, its number, and
    how many of those asked in the period have answered, by now."""

    group: str | None
    counts: Mapping[int, int]
    found: Estimate | None
    asked: int
    answered: int

    @property
    def response(self) -> Interval:
        """Between which shares the response rate lies (Wilson, 95 %)."""
        return wilson(Counted(self.answered, self.asked))


@frozen(kw_only=True)
class Verbatim:
    """Something that a customer wrote."""

    at: int
    customer_id: int
    survey: str
    score: int | None
    question: str
    text: str


class Surveys:
    """The surveys of one business, for whoever `crm` acts for: of the customers whom they see."""

    def __init__(self, crm: Crm) -> None:
        self._crm = crm

    def list(self) -> Sequence[Summary]:
        """Every survey by name: those that have a file, and those that were ever sent."""
        self._crm.require(READ)
        files, counts = survey_files(self._crm), self._counts()
        found = []
        for name in sorted({*files, *counts}):
            file, kept = files.get(name), counts.get(name, {})
            kind = file.value.kind if file and file.value else next((each[0] for each in kept), "")
            scores = {
                score: many for (of, _, score), many in kept.items() if score is not None and of == kind
            }
            problem = (
                ""
                if file and file.value
                else file.problems[0].message
                if file
                else phrase("its file is gone")
            )
            found.append(
                Summary(
                    name=name, kind=kind, doc=file.value.doc if file and file.value else "",
                    sent=sum(kept.values()), found=estimate(kind, scores) if kind else None, problem=problem,
                    answered=sum(many for (_, state, _), many in kept.items() if state == ANSWERED),
                )
            )  # fmt: skip
        return found

    def _counts(self) -> dict[str, dict[tuple[str, str, int | None], int]]:
        """How many askings there are of each survey, by kind, state and score."""
        table = self._crm.tables.records[SURVEY]
        by = (table.c.survey, table.c.kind, table.c.state, table.c.score)
        chosen = sa.select(*by, sa.func.count()).where(*self._seen(table)).group_by(*by)
        found: dict[str, dict[tuple[str, str, int | None], int]] = {}
        with self._crm.reading() as execute:
            for name, kind, state, score, many in execute(chosen):
                found.setdefault(name, {})[(kind, state, score)] = many
        return found

    def results(
        self, name: str, period: str | None = None, *, where: str | None = None, by: str | None = None
    ) -> Sequence[Result]:
        """What a survey came to in a period (the last 90 days); of everybody first, then of each group.

        `where` is a condition over customers. Raises `NotFound`, `Invalid`.
        """
        self._crm.require(READ)
        kind = survey_file(self._crm, name).required().kind
        value = self._crm.metrics.value
        low, high = SCALES[kind][:2]
        counts: dict[str | None, dict[int, int]] = {None: {}}
        for score in range(low, high + 1):
            found = value(f'{ANSWERS}("{name}", "{score}")', period, where=where, by=by)
            counts[None][score] = found.numerator
            for each in found.groups:
                counts.setdefault(each.group or "", {})[score] = each.numerator
        rate = value(f'{RATE}("{name}")', period, where=where, by=by)
        rates: dict[str | None, tuple[int, int]] = {None: (rate.numerator, rate.denominator or 0)}
        rates |= {each.group or "": (each.numerator, each.denominator or 0) for each in rate.groups}
        return [
            Result(
                group=group, counts=counts.get(group, {}), found=estimate(kind, counts.get(group, {})),
                asked=rates.get(group, (0, 0))[1], answered=rates.get(group, (0, 0))[0],
            )
            for group in (None, *sorted({*counts, *rates} - {None}, key=str))
        ]  # fmt: skip

    def answers(
        self,
        name: str | None = None,
        *,
        search: str = "",
        scores: tuple[int | None, int | None] = (None, None),
        limit: int = 50,
    ) -> Sequence[Verbatim]:
        """What customers wrote, the newest first: of one survey, with all of these words, whatever their case
        and accents, and with scores from one to another."""
        self._crm.require(READ)
        record, answer = self._crm.tables.records[SURVEY], self._crm.plugins.table(ANSWER_TABLE)
        conditions = [*self._seen(record), answer.c.text.is_not(None)]
        conditions += [record.c.survey == name] if name else []
        conditions += [answer.c.folded.contains(word, autoescape=True) for word in fold(search).split()]
        low, high = scores
        conditions += [record.c.score >= low] if low is not None else []
        conditions += [record.c.score <= high] if high is not None else []
        chosen = (
            sa.select(
                record.c.answered_at.label("at"), record.c.customer_id, record.c.survey, record.c.score,
                answer.c.question, answer.c.text,
            )
            .join(record, record.c.id == answer.c.survey_id)
            .where(*conditions)
            .order_by(record.c.answered_at.desc(), answer.c.id.desc())
            .limit(limit)
        )  # fmt: skip
        with self._crm.reading() as execute:
            return [Verbatim(**row) for row in execute(chosen).mappings()]

    def send(self, name: str, customer: int | str, *, dry_run: bool = False) -> Any:
        """Ask one customer, through the gates and the ledger; what became of the message, as
        `crm.messages.send` gives it. Raises `NotFound`, `Invalid`, `NotAllowed`."""
        usable(self._crm, name)
        return self._crm.messages.send_by(SEND, customer, {"survey": name}, dry_run=dry_run)

    def expire(self) -> int:
        """Note which surveys were not answered in time; how many."""
        table, now = self._crm.tables.records[SURVEY], self._crm.clock.now()
        late = (
            sa.select(table.c.id).where(table.c.state == SENT, table.c.expires_at < now).order_by(table.c.id)
        )
        count = 0
        while True:
            with self._crm.reading() as execute:
                ids = list(execute(late.limit(_BATCH)).scalars())
            drafts = [RecordDraft(id=id_, state=EXPIRED) for id_ in ids]
            report = self._crm.records.save_all(SURVEY, drafts, source="survey") if ids else None
            if report is None or not report.updated:
                return count
            count += report.updated

    def _seen(self, table: Any) -> Sequence[Any]:
        """The conditions for what the acting person sees."""
        return [table.c.archived_at.is_(None), *self._crm.seen(table.c.customer_id)]
