"""The action `survey.send`: what rules, campaigns and people say of it."""

from __future__ import annotations

from typing import ClassVar, Final

from attrs import field, frozen
from attrs.validators import instance_of

from crmkit.plugin import Action, Sending, lazily, sending_action
from crmkit.plugins.collaborative.surveys.words import SURVEY

SEND: Final = "survey.send"
_ACTION: Final = "crmkit.plugins.collaborative.surveys.action"


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
        SEND, "Asks the customer to answer a survey", SurveySending, shorthand="survey",
        fill=lazily(f"{_ACTION}:filled"), arrived=lazily(f"{_ACTION}:note_asked"),
        says=lambda params: f'survey "{params.survey}" by {params.channel}',
    )  # fmt: skip
