"""Automatic answers: a rule that writes to whoever wrote by the same channel could do so for ever."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from crmkit.core.customers.sets import rows_among
from crmkit.core.strategy.gates.counted import COUNTED, rehearsed_too
from crmkit.core.strategy.gates.verdict import ANSWERED
from crmkit.core.strategy.proposing import Proposal
from crmkit.core.strategy.schedules import duration

if TYPE_CHECKING:
    import sqlalchemy as sa

    from crmkit.core.kernel import Kernel

# What an occasion begins with that is an event, before its number.
_EVENT: Final = "seq:"


class _Heard(NamedTuple):
    """What a customer told us: by which channel, and when."""

    channel: str
    at: int


class _Answer(NamedTuple):
    """An answer in the ledger, or one that is about to be: to which event, by which channel, when."""

    occasion: str
    channel: str
    at: int


def not_answered_too_often(
    kernel: Kernel, connection: sa.Connection, proposed: Sequence[Proposal], now: int
) -> None:
    """Nobody who was answered by rules as often as `[limits] automatic_answers` allows in the time before
    they wrote, by the channel that they wrote by.

    It goes by when they wrote: what is left unanswered stays so, so that a talk with a machine ends, and does
    not begin anew the day after.
    """
    answering = [(each, channel) for each in proposed if (channel := _channel(each)) is not None]
    heard = _heard(connection, {each.occasion for each, _ in answering})
    answering = [
        (each, channel)
        for each, channel in answering
        if each.occasion in heard and heard[each.occasion].channel == channel
    ]
    if not answering:
        return
    most, length = kernel.config.limits.answers
    window = duration(length)
    since = {each.occasion: window.before(heard[each.occasion].at, kernel.tz) for each, _ in answering}
    answers = _answers(connection, {each.customer_id for each, _ in answering}, min(since.values()))
    for each, channel in answering:
        before = answers.setdefault(each.customer_id, [])
        count = len(
            {one.occasion for one in before if one.channel == channel and one.at > since[each.occasion]}
            - {each.occasion}
        )
        if count >= most:
            each.drop(ANSWERED, _reason(most, channel, length))
        else:
            before.append(_Answer(each.occasion, channel, now))


def _reason(most: int, channel: str, length: str) -> str:
    answers, are = ("answer", "is") if most == 1 else ("answers", "are")
    return f"{most} automatic {answers} by {channel} in {length} {are} enough"


def _channel(proposal: Proposal) -> str | None:
    """By which channel it would answer an event; None where it does not."""
    touches = proposal.step.action.touches
    if proposal.rule.on is None or touches is None or not proposal.occasion.startswith(_EVENT):
        return None
    touch = touches(proposal.params)
    return None if touch is None else str(touch.channel)


def _heard(connection: sa.Connection, occasions: Iterable[str]) -> Mapping[str, _Heard]:
    """What customers told us, by its occasion."""
    numbers = sorted({int(each.removeprefix(_EVENT)) for each in occasions})
    if not numbers:
        return {}
    select = (
        "SELECT seq, channel, occurred_at FROM interaction "
        "WHERE direction = 'in' AND channel IS NOT NULL AND seq"
    )
    return {f"{_EVENT}{row[0]}": _Heard(row[1], row[2]) for row in rows_among(connection, select, numbers)}


def _answers(connection: sa.Connection, ids: set[int], since: int) -> dict[int, list[_Answer]]:
    """By customer what rules answered since then, or are about to, by the channel that was written by."""
    # What is put in are fixed words.
    select = f"""
        SELECT customer_id, occasion, channel, COALESCE(settled_at, created_at) FROM effect
        WHERE (settled_at > ? OR settled_at IS NULL) AND contact_at IS NOT NULL
        AND occasion >= '{_EVENT}' AND occasion < 'seq;'
        AND {COUNTED}{rehearsed_too(connection)} AND customer_id"""  # noqa: S608
    rows = list(rows_among(connection, select, sorted(ids), since))
    heard = _heard(connection, {row[1] for row in rows})
    found: dict[int, list[_Answer]] = {}
    for customer_id, occasion, channel, at in rows:
        if occasion in heard and heard[occasion].channel == channel:
            found.setdefault(customer_id, []).append(_Answer(occasion, channel, at))
    return found
