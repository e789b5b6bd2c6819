"""Bad feedback, wherever it was given: in answers to surveys, in reviews."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from crmkit.plugin import InteractionType

BAD: Final = "feedback.bad"


@frozen(kw_only=True)
class BadFeedback:
    """The payload of `feedback.bad`: where it was said (`survey:nps`, `review:maps`), the score and the
    words."""

    where: str
    score: int
    text: str = ""
    about: str = ""


def bad_feedback() -> InteractionType:
    """What tells that a customer is not content, upon which one rule hears of all of it."""
    return InteractionType(
        name=BAD,
        doc="The customer is not content: a bad answer to a survey, a bad review",
        label="Bad feedback",
        payload=BadFeedback,
        summary=lambda payload: ": ".join(filter(None, (f"{payload.where} {payload.score}", payload.text))),
        contact=False,
    )
