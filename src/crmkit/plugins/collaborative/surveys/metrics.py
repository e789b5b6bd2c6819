"""Numbers about surveys: what customers say, and how many say anything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from crmkit import Invalid
from crmkit.plugin import Metric, MetricParameter
from crmkit.plugins.collaborative.surveys.kinds import (
    CES,
    CONTENT_FROM,
    CSAT,
    DETRACTORS_UP_TO,
    NPS,
    PROMOTERS_FROM,
)
from crmkit.plugins.collaborative.surveys.words import ANSWERED, SURVEY

if TYPE_CHECKING:
    from crmkit.plugin import MetricQuestion

_WHICH: Final = MetricParameter(name="survey", kind="text")
_GROUPS: Final = ("customer", "time", "survey", "edition")
ANSWERS: Final = "survey_answers"
RATE: Final = "survey_response_rate"


def survey_metrics() -> Iterator[Metric]:
    """The metrics of surveys; of all surveys of a kind, or of one by its name."""
    yield Metric(
        name=NPS, doc="Net promoter score", unit="number", parameters=(_WHICH,), groups=_GROUPS, past=False,
        formula="100 × (answers of 9 and 10 − answers of 0 to 6) / answers",
        reading="From -100 to 100. How sure it is: crm surveys results.", compute=_nps,
    )  # fmt: skip
    yield Metric(
        name=CSAT, doc="Customer satisfaction: share of the answers that are 4 or 5", unit="share",
        parameters=(_WHICH,), groups=_GROUPS, past=False, formula="answers of 4 and 5 / answers",
        reading="Of surveys from 1 to 5. How sure it is: crm surveys results.", compute=_csat,
    )  # fmt: skip
    yield Metric(
        name=CES, doc="Customer effort score: how easy it was, from 1 to 7", unit="number",
        parameters=(_WHICH,), groups=_GROUPS, past=False, formula="the mean of the answers",
        reading="How sure it is: crm surveys results.", compute=_ces,
    )  # fmt: skip
    yield Metric(
        name=RATE, doc="Share of the surveys sent that were answered", unit="share",
        parameters=(_WHICH,), groups=_GROUPS, past=False,
        formula="surveys sent in the period that were answered since / surveys sent in the period",
        reading="Those sent lately may still be answered.", compute=_response_rate,
    )  # fmt: skip
    yield Metric(
        name=ANSWERS, doc="Answers to surveys, by their score", unit="count",
        parameters=(_WHICH, MetricParameter(name="score", kind="text")), groups=_GROUPS, past=False,
        formula="surveys answered in the period with that score, such as 0..6",
        reading="survey_answers(after_visit, 9..10) are its promoters.", compute=_answers,
    )  # fmt: skip


def _nps(question: MetricQuestion) -> Any:
    import sqlalchemy as sa

    def net(columns: Any) -> Any:
        return 100 * sa.func.sum(
            sa.case((columns.score >= PROMOTERS_FROM, 1), (columns.score <= DETRACTORS_UP_TO, -1), else_=0)
        )

    rows = _rows(question, "answered_at", NPS)
    return question.count(rows, numerator=net, denominator=lambda _: sa.func.count())


def _csat(question: MetricQuestion) -> Any:
    import sqlalchemy as sa

    return question.count(
        _rows(question, "answered_at", CSAT),
        numerator=lambda columns: sa.func.sum(sa.case((columns.score >= CONTENT_FROM, 1), else_=0)),
        denominator=lambda _: sa.func.count(),
    )


def _ces(question: MetricQuestion) -> Any:
    import sqlalchemy as sa

    rows = _rows(question, "answered_at", CES)
    return question.count(
        rows, numerator=lambda columns: sa.func.sum(columns.score), denominator=lambda _: sa.func.count()
    )


def _response_rate(question: MetricQuestion) -> Any:
    import sqlalchemy as sa

    return question.count(
        _rows(question, "sent_at"),
        numerator=lambda columns: sa.func.sum(sa.case((columns.state == ANSWERED, 1), else_=0)),
        denominator=lambda _: sa.func.count(),
    )


def _answers(question: MetricQuestion) -> Any:
    import sqlalchemy as sa

    rows, wanted = _rows(question, "answered_at"), question.arguments.get("score")
    if wanted is not None:
        from crmkit.plugins.collaborative.surveys.file import bounds_of

        bounds = bounds_of(wanted)
        if bounds is None:
            raise Invalid(f'"{wanted}" is no range of scores', hint="Write such as 0..6, or 9.")
        low, high = bounds
        conditions = [rows.c.score >= low] if low is not None else []
        conditions += [rows.c.score <= high] if high is not None else []
        rows = sa.select(rows).where(*conditions).subquery("of_score")
    return question.count(rows, numerator=lambda _: sa.func.count())


def _rows(question: MetricQuestion, at: str, kind: str | None = None) -> Any:
    """(customer_id, occurred_at, score, state) of the surveys whose instant `at` lies in the period."""
    import sqlalchemy as sa

    table = question.tables.records[SURVEY]
    moment, group, name = table.c[at], question.group, question.arguments.get("survey")
    own = [table.c[group.name].label("grp")] if group is not None and group.kind == "own" else []
    where = [moment >= question.start, moment < question.end, table.c.archived_at.is_(None)]
    where += [table.c.kind == kind] if kind else []
    where += [table.c.survey == name] if name else []
    where += [table.c.customer_id.in_(each) for each in question.scope]
    return (
        sa.select(table.c.customer_id, moment.label("occurred_at"), table.c.score, table.c.state, *own)
        .where(*where)
        .subquery("surveyed")
    )
