"""A length of time as people say it in the language spoken: `90 days`, `90 dni`."""

from __future__ import annotations

from crmkit.core.language import ngettext
from crmkit.core.predicates.duration import Duration, parse_duration


def length(duration: Duration) -> str:
    """So long, in the accusative where a language has one: before "ago", and after a preposition with it."""
    count = duration.amount
    match duration.unit:
        case "hour":
            return ngettext("{count} hour", "{count} hours", count, count=count)
        case "day":
            return ngettext("{count} day", "{count} days", count, count=count)
        case "week":
            return ngettext("{count} week", "{count} weeks", count, count=count)
        case "month":
            return ngettext("{count} month", "{count} months", count, count=count)
    return ngettext("{count} year", "{count} years", count, count=count)


def written_length(text: str) -> str:
    """The same of a text such as `90 days`; of one that is no length, the text."""
    try:
        return length(parse_duration(text))
    except ValueError:
        return text


def lately(what: str, duration: Duration) -> str:
    """Of what is told, that which happened no longer ago than `duration`."""
    count = duration.amount
    match duration.unit:
        case "hour":
            return ngettext(
                "{what} in the last {count} hour",
                "{what} in the last {count} hours",
                count,
                count=count,
                what=what,
            )
        case "day":
            return ngettext(
                "{what} in the last {count} day",
                "{what} in the last {count} days",
                count,
                count=count,
                what=what,
            )
        case "week":
            return ngettext(
                "{what} in the last {count} week",
                "{what} in the last {count} weeks",
                count,
                count=count,
                what=what,
            )
        case "month":
            return ngettext(
                "{what} in the last {count} month",
                "{what} in the last {count} months",
                count,
                count=count,
                what=what,
            )
    return ngettext(
        "{what} in the last {count} year", "{what} in the last {count} years", count, count=count, what=what
    )
