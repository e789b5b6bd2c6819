"""What plugins answer, looked at before it is used: of the right kind, and about what they were given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from crmkit.core.model.batches import Refusal, Replace
from crmkit.core.phrase import joined, phrase
from crmkit.core.plugins.calls import Call, WrongAnswer, refuse

T = TypeVar("T")


def as_it_is(answer: Any) -> Any:
    """The answer, of whatever kind."""
    return answer


def listed(answer: Any) -> list[Any]:
    """The items of an answer, also of a generator; None has none. Errors: WrongAnswer."""
    if answer is None:
        return []
    if isinstance(answer, str | Mapping | Replace | Refusal):
        raise WrongAnswer(phrase("it returned {shown}, not a list", shown=shown(answer)))
    if not isinstance(answer, Iterable):
        raise WrongAnswer(
            phrase("it returned {shown}, not a list; write yield in place of return", shown=shown(answer))
        )
    return list(answer)


def of_kind(call: Call, answer: Any, kinds: tuple[type[Any], ...]) -> Any:
    """The answer, which is of one of the kinds. Errors: PluginError."""
    if not isinstance(answer, kinds):
        refuse(
            call,
            phrase(
                "it returned {shown} where {kinds} is expected",
                shown=shown(answer),
                kinds=joined(phrase(" or "), [k.__name__ for k in kinds]),
            ),
        )
    return answer


def of_customer(call: Call, answer: Any, known: set[int], kind: type[T]) -> tuple[int, T]:
    """The answer: a known customer's id and something of `kind` about them. Errors: PluginError."""
    if not isinstance(answer, tuple) or len(answer) != 2 or not isinstance(answer[1], kind):
        refuse(
            call,
            phrase(
                "it returned {shown} where (customer id, {name}) is expected",
                shown=shown(answer),
                name=kind.__name__,
            ),
        )
    customer_id, value = answer
    if not isinstance(customer_id, int) or customer_id not in known:
        refuse(
            call,
            phrase(
                "it returned a {name} for {customer_id!r}, who is not among those given",
                name=kind.__name__,
                customer_id=customer_id,
            ),
        )
    return customer_id, value


def remark(call: Call, answer: Any, known: set[int]) -> str:
    """The text of an answer that is (number of a known interaction, text). Errors: PluginError."""
    if not isinstance(answer, tuple) or len(answer) != 2 or not isinstance(answer[1], str):
        refuse(
            call,
            phrase(
                "it returned {shown} where (number of an interaction, text) is expected", shown=shown(answer)
            ),
        )
    if answer[0] not in known:
        refuse(
            call,
            phrase(
                "it returned a sentence for number {answer!r}, which is not among those given",
                answer=answer[0],
            ),
        )
    return answer[1]


def shown(answer: Any) -> str:
    """An answer as a message shows it: its type, and the beginning of what it is."""
    if answer is None:
        return "None"
    text = repr(answer)
    if text.startswith(f"{type(answer).__name__}("):
        return text if len(text) <= 80 else text[:77] + "…"
    return f"{type(answer).__name__} {text if len(text) <= 60 else text[:57] + '…'}"


def in_batch(call: Call, answer: Any, size: int) -> int:
    """The position in a batch of `size` that an answer is about. Errors: PluginError."""
    index = answer.index
    if type(index) is not int or not 0 <= index < size:
        refuse(call, phrase("it answered for item {index!r} of a batch of {size}", index=index, size=size))
    return index
