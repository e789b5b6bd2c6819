"""A metric as it is asked for: its name, and what it is given in brackets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from crmkit.core.errors import Invalid, NotFound
from crmkit.core.model.words import Metric, MetricParameter
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase
from crmkit.core.predicates.duration import Duration
from crmkit.core.words.registry import Words

_ASKED: Final = re.compile(r"\s*([^\s()]+)\s*(?:\((.*)\))?\s*", re.DOTALL)
_DURATION: Final = re.compile(r"([1-9][0-9]{0,5}) ?(hour|day|week|month|year)s?")


def asked(text: str, words: Words) -> tuple[Metric, Mapping[str, Any]]:
    """The metric and its arguments by name. Raises `NotFound` with the nearest name, or `Invalid`."""
    found = _ASKED.fullmatch(text)
    if not found:
        raise Invalid(
            phrase("{text} does not read as a metric", text=quoted(text)),
            hint="Write a name, such as retention(90 days).",
        )
    metric = words.metrics[found[1]]
    given = [part.strip().strip("'\"") for part in (found[2] or "").split(",")]
    return metric, _bound(metric, [part for part in given if part], words)


def _bound(metric: Metric, given: list[str], words: Words) -> dict[str, Any]:
    bound: dict[str, Any] = {}
    rest = list(given)
    for parameter in metric.parameters:
        if parameter.kind == "interaction_types":
            taken, rest = rest or ([parameter.default] if parameter.default else []), []
            bound[parameter.name] = tuple(words.interaction_types[each].name for each in taken)
            continue
        text = rest.pop(0) if rest else parameter.default
        bound[parameter.name] = None if text is None else _value(metric, parameter, text, words)
    if rest:
        raise Invalid(
            phrase("{metric} does not take {rest}", metric=metric.name, rest=quoted(rest[0])),
            hint=phrase("Write {usage}", usage=usage(metric)),
        )
    return bound


def _value(metric: Metric, parameter: MetricParameter, text: str, words: Words) -> Any:
    match parameter.kind:
        case "duration":
            return _duration(metric, text)
        case "purpose":
            return words.purposes[text].name
        case "channel":
            return words.channels[text].name
    return text


def _duration(metric: Metric, text: str) -> Duration:
    found = _DURATION.fullmatch(" ".join(text.lower().split()))
    duration = Duration(int(found[1]), found[2]) if found else None
    if duration is None or duration.is_too_long:
        raise Invalid(
            phrase("{text} is not a length of time", text=quoted(text)),
            hint=phrase("Write one such as {metric}(90 days).", metric=metric.name),
        )
    return duration


def usage(metric: Metric) -> str:
    """`retention(window)`, with … where any number can be given."""
    names = [
        f"{each.name}, …" if each.kind == "interaction_types" else each.name for each in metric.parameters
    ]
    return f"{metric.name}({', '.join(names)})" if names else metric.name


def unknown_grouping(by: str, known: list[str]) -> NotFound:
    """The error for a grouping that there is not."""
    from crmkit.core.nearest import did_you_mean

    return NotFound(
        phrase("Metrics cannot be grouped by {by}", by=quoted(by)),
        hint=did_you_mean(by, known),
    )
