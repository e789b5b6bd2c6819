"""What the strategy can ask of surveys and do with them: numbers, traits, and the action `survey.send`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from attrs import field, frozen
from attrs.validators import instance_of

from crmkit.plugin import N_, Action, Metric, MetricParameter, Sending, Trait, _, lazily, sending_action
from crmkit.plugins.collaborative.surveys.kinds import CES, CSAT, NPS
from crmkit.plugins.collaborative.surveys.words import SURVEY

_HERE: Final = "crmkit.plugins.collaborative.surveys"
_WHICH: Final = MetricParameter(name="survey", kind="text")
_GROUPS: Final = ("customer", "time", "survey", "edition")
ANSWERS: Final = "survey_answers"
RATE: Final = "survey_response_rate"
SEND: Final = "survey.send"


@frozen(kw_only=True)
class SurveySending(Sending):
    """What is sent: the survey; template, channel and purpose are the survey's own where a rule does
    not say others. `edition` is filled in."""

    survey: str = field(validator=instance_of(str))
    channel: str = field(default="", validator=instance_of(str))
    edition: str = field(default="", validator=instance_of(str))

    pages: ClassVar[tuple[str, ...]] = (SURVEY,)


def survey_action() -> Action:
    """`survey.send`, in rules as `survey = "nps"`."""
    return sending_action(
        SEND, N_("Asks the customer to answer a survey"), SurveySending, shorthand="survey",
        fill=lazily(f"{_HERE}.action:filled"), arrived=lazily(f"{_HERE}.action:note_asked"),
        says=lambda params: _(
            'survey "{survey}" by {channel}', survey=params.survey, channel=params.channel
        ),
    )  # fmt: skip


def survey_metrics() -> Iterator[Metric]:
    """The metrics of surveys; of all surveys of a kind, or of one by its name."""
    yield Metric(
        name=NPS, doc="Net promoter score", unit="number", parameters=(_WHICH,), groups=_GROUPS, past=False,
        formula="100 × (answers of 9 and 10 − answers of 0 to 6) / answers",
        reading="From -100 to 100. How sure it is: crm surveys results.",
        compute=lazily(f"{_HERE}.metrics:nps"),
    )  # fmt: skip
    yield Metric(
        name=CSAT, doc="Customer satisfaction: share of the answers that are 4 or 5", unit="share",
        parameters=(_WHICH,), groups=_GROUPS, past=False, formula="answers of 4 and 5 / answers",
        reading="Of surveys from 1 to 5. How sure it is: crm surveys results.",
        compute=lazily(f"{_HERE}.metrics:csat"),
    )  # fmt: skip
    yield Metric(
        name=CES, doc="Customer effort score: how easy it was, from 1 to 7", unit="number",
        parameters=(_WHICH,), groups=_GROUPS, past=False, formula="the mean of the answers",
        reading="How sure it is: crm surveys results.", compute=lazily(f"{_HERE}.metrics:ces"),
    )  # fmt: skip
    yield Metric(
        name=RATE, doc="Share of the surveys sent that were answered", unit="share",
        parameters=(_WHICH,), groups=_GROUPS, past=False,
        formula="surveys sent in the period that were answered since / surveys sent in the period",
        reading="Those sent lately may still be answered.", compute=lazily(f"{_HERE}.metrics:response_rate"),
    )  # fmt: skip
    yield Metric(
        name=ANSWERS, doc="Answers to surveys, by their score", unit="count",
        parameters=(_WHICH, MetricParameter(name="score", kind="text")), groups=_GROUPS, past=False,
        formula="surveys answered in the period with that score, such as 0..6",
        reading="survey_answers(after_visit, 9..10) are its promoters.",
        compute=lazily(f"{_HERE}.metrics:answers"),
    )  # fmt: skip


def survey_traits() -> Iterator[Trait]:
    """The traits of surveys."""
    yield Trait(
        name="nps_last",
        type="number",
        doc="The last score from 0 to 10 (NPS)",
        select=lazily(f"{_HERE}.traits:nps_last"),
    )
    yield Trait(
        name="csat_avg", type="number", select=lazily(f"{_HERE}.traits:csat_avg"),
        doc="csat_avg(window): the average satisfaction from 1 to 5 (CSAT) within it; none without an answer",
    )  # fmt: skip
    yield Trait(
        name="surveyed_last", type="number", select=lazily(f"{_HERE}.traits:surveyed_last"), past=False,
        doc="Days since a survey was sent; none where none ever was",
    )  # fmt: skip
