"""The words of surveys: the record of one asking, and what customers tell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from attrs import frozen

from crmkit.plugin import Field, InteractionType, RecordType
from crmkit.plugins.collaborative.feedback import bad_feedback

SURVEY: Final = "survey"
SENT, ANSWERED, DECLINED, EXPIRED = "sent", "answered", "declined", "expired"
ANSWER: Final = "survey.answered"


@frozen(kw_only=True)
class Answered:
    """The payload of `survey.answered`: which survey, of which kind, the score, what they wrote, and the
    record that it was about, such as `case:12`."""

    survey: str
    kind: str
    score: int
    comment: str = ""
    about: str = ""


def record_types(_settings: Any) -> Iterator[RecordType]:
    """One asking of one customer."""
    yield RecordType(
        name=SURVEY,
        doc="A survey that a customer was asked to answer",
        label="Survey",
        title="survey",
        fields=(
            Field(name="survey", type="text", doc="Which survey it is", required=True, personal=False),
            Field(
                name="kind", type="choice", choices=("nps", "csat", "ces"), doc="What it measures",
                personal=False,
            ),
            Field(name="edition", type="text", doc="What tells it from before it was edited", personal=False),
            Field(name="score", type="number", doc="The score that was given"),
            Field(name="about", type="text", doc="The record that it is about, as case:12", personal=False),
            Field(
                name="effect", type="number", doc="The number of its message in the ledger", personal=False,
                unique=True,
            ),
            Field(name="sent_at", type="datetime", doc="When it was sent", personal=False, indexed=True),
            Field(
                name="answered_at", type="datetime", doc="When it was answered", personal=False, indexed=True
            ),
            Field(name="expires_at", type="datetime", doc="Until when it can be answered", personal=False),
        ),
        states=(SENT, ANSWERED, DECLINED, EXPIRED),
        moves={SENT: (ANSWERED, DECLINED, EXPIRED), DECLINED: (ANSWERED,)},
        final=(ANSWERED, DECLINED, EXPIRED),
    )  # fmt: skip


def interaction_types(_settings: Any) -> Iterator[InteractionType]:
    """Answers, and bad ones among them."""
    yield InteractionType(
        name=ANSWER,
        doc="The customer answered a survey",
        label="Survey answered",
        payload=Answered,
        summary=lambda payload: ": ".join(
            filter(None, (f"{payload.survey} {payload.score}", payload.comment))
        ),
    )
    yield bad_feedback()
