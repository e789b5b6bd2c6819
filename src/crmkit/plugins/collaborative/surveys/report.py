"""What customers say, in the report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from crmkit import CrmError
from crmkit.plugin import N_, Counted, Figure, ReportSection, _, ngettext, number, translated, wilson
from crmkit.plugins.collaborative.surveys.kinds import CES, CSAT, NPS, SCALES
from crmkit.plugins.collaborative.surveys.measuring import METHODS, estimate, share_between, written
from crmkit.plugins.collaborative.surveys.strategy_words import RATE
from crmkit.plugins.collaborative.surveys.words import SURVEY

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import ReportQuestion

_LABELS: Final = {
    NPS: N_("Net promoter score"),
    CSAT: N_("Content with us (4 and 5 of 5)"),
    CES: N_("How easy it was (1 to 7)"),
}


def section(question: ReportQuestion, crm: Crm, _settings: Any) -> Iterator[ReportSection]:
    """The section, where anybody was asked; as of now only."""
    figures = list(_figures(question, crm))
    if figures:
        yield ReportSection(
            name="surveys", title="What customers say", figures=figures, order=85,
            text=[_("The range beside each number is its interval of 95 %.")],
        )  # fmt: skip


def _figures(question: ReportQuestion, crm: Crm) -> Iterator[Figure]:
    for kind, label in _LABELS.items():
        counts = _counts(question, crm, kind)
        found = estimate(kind, counts)
        if found is not None:
            yield Figure(
                label=label,
                value=written(kind, found),
                note=ngettext(
                    "{count} answer; {method}",
                    "{count} answers; {method}",
                    found.n,
                    method=translated(METHODS[kind]),
                ),
            )
    try:
        rate = crm.metrics.value(RATE, question.period, where=question.where, as_of=question.as_of)
    except CrmError:  # not known as of a day in the past
        return
    if rate.denominator:
        counted = Counted(rate.numerator, rate.denominator)
        between = wilson(counted)
        yield Figure(
            label="Surveys that were answered",
            value=share_between(counted.rate, between.low, between.high),
            note=_("{part} of {whole}", part=number(counted.successes), whole=number(counted.n)),
        )


def _counts(question: ReportQuestion, crm: Crm, kind: str) -> dict[int, int]:
    """How often each score of a kind was given, over all surveys of it."""
    if SURVEY not in crm.tables.records:
        return {}
    names = {each.name for each in _surveys(crm) if each.kind == kind}
    found: dict[int, int] = {}
    low, high = SCALES[kind][:2]
    for name in sorted(names):
        for score in range(low, high + 1):
            try:
                value = crm.metrics.value(
                    f'survey_answers("{name}", "{score}")', question.period, where=question.where,
                    as_of=question.as_of,
                )  # fmt: skip
            except CrmError:
                return {}
            found[score] = found.get(score, 0) + value.numerator
    return found


def _surveys(crm: Crm) -> Any:
    from crmkit.plugins.collaborative.surveys.surveys import Surveys

    return [each for each in Surveys(crm).list() if each.answered]
