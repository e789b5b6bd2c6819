"""How a business decides: its rules, and the limits of contact that all of them share."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal

from attrs import field, frozen
from attrs.validators import optional

from crmkit.core.config.checks import positive
from crmkit.core.config.problems import Fault, Faults, fault, quoted
from crmkit.core.config.strategy import length_of_time

if TYPE_CHECKING:
    from attrs import Attribute

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_LIMIT: Final = re.compile(
    r"([1-9]\d{0,3}) (?:per|in|every) (?:([1-9]\d{0,3}) )?(hour|day|week|month|year)s?"
)
_HOURS: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d) ?[-–] ?([01]?\d|2[0-3]):([0-5]\d)")


def contact_limit(_: object, __: Attribute[Any], value: str | None) -> None:
    """So many contacts in such a time."""
    if value is not None and _LIMIT.fullmatch(value) is None:
        raise fault(f"{quoted(value)} is not a limit such as 2 per 7 days")


def quiet_hours(_: object, __: Attribute[Any], value: str | None) -> None:
    """From one time of day to another."""
    if value is not None and _HOURS.fullmatch(value) is None:
        raise fault(f"{quoted(value)} are not hours such as 21:00-08:00")


@frozen(kw_only=True)
class LimitSettings:
    """`[limits]`: one budget of contact for each customer, over all rules and plugins."""

    marketing: str | None = field(
        default=None, validator=contact_limit, metadata={"doc": "Of all marketing, such as 2 per 7 days."}
    )
    service: str | None = field(
        default=None, validator=contact_limit, metadata={"doc": "Of what serves, such as 5 per 1 day."}
    )
    quiet_hours: str | None = field(
        default=None,
        validator=quiet_hours,
        metadata={"doc": "The customer's own hours in which nobody writes, such as 21:00-08:00."},
    )


@frozen(kw_only=True)
class StepDeclaration:
    """`[[rules.NAME.do]]`: one action, by its shorthand or as `action` with its parameters beside it."""

    id: str = field(default="", metadata={"doc": "Its name among the rule's steps; kept when others move."})
    only_if: str = field(default="", metadata={"doc": "A condition on the customer, beside the rule's."})
    purpose: str = field(default="", metadata={"doc": "Why somebody is written to; the rule's, if empty."})
    channel: str = field(default="", metadata={"doc": "The channel, for actions that leave it open."})
    said: Mapping[str, Any] = field(default=_NOTHING, metadata={"doc": "The action and its parameters."})


@frozen(kw_only=True)
class RuleDeclaration:
    """`[rules.NAME]`: for whom, when, and what is done; a single action stands beside these keys."""

    who: str = field(
        default="", metadata={"doc": "The condition that a customer meets; everybody, if empty."}
    )
    run: str = field(default="", metadata={"doc": "When, such as daily at 09:00, by the business's clock."})
    on: str = field(default="", metadata={"doc": "The interaction type upon which it acts, in place of run."})
    do: tuple[StepDeclaration, ...] = field(
        default=(), metadata={"doc": "The steps, where there are several."}
    )
    goal: str = field(default="", metadata={"doc": "The goal that it serves."})
    purpose: str = field(default="", metadata={"doc": "Why somebody is written to."})
    priority: int = field(
        default=0, metadata={"doc": "Higher goes first; else the order in the file decides."}
    )
    once: Literal["per occasion", "per entry", "ever"] = field(
        default="per occasion",
        metadata={"doc": "Done anew each time, once for each entry into who, or once ever for a customer."},
    )
    not_again_for: str | None = field(
        default=None, validator=length_of_time, metadata={"doc": "How long it leaves a customer alone."}
    )
    starts: dt.date | None = field(default=None, metadata={"doc": "The first day of the rule."})
    ends: dt.date | None = field(default=None, metadata={"doc": "The last day of the rule."})
    ask_first: bool = field(default=True, metadata={"doc": "Whether its plans wait for a person."})
    max_age: str = field(
        default="2 days", validator=length_of_time, metadata={"doc": "Older events it leaves alone."}
    )
    max_acts: int | None = field(
        default=None,
        validator=optional(positive),
        metadata={"doc": "It stops and asks when there would be more."},
    )
    enabled: bool = field(default=True, metadata={"doc": "false sets it aside."})
    doc: str = field(default="", metadata={"doc": "One line on what it is for."})
    said: Mapping[str, Any] = field(default=_NOTHING, metadata={"doc": "A single action and its parameters."})

    def __attrs_post_init__(self) -> None:
        found = list(self._faults())
        if found:
            raise Faults(found)

    def _faults(self) -> list[Fault]:
        found = []
        if bool(self.run) == bool(self.on):
            found.append(Fault((), "needs one of run (a schedule) and on (an interaction type)"))
        if bool(self.do) == bool(self.said):
            found.append(Fault((), "needs something to do: one action such as task, or [[rules.NAME.do]]"))
        if self.starts and self.ends and self.ends < self.starts:
            found.append(Fault(("ends",), "comes before it starts"))
        names = [step.id for step in self.do if step.id]
        found += [Fault(("do",), f'has two steps "{n}"') for n in sorted(names) if names.count(n) > 1][:1]
        return found


def limit_of(text: str) -> tuple[int, int, str]:
    """(how many, per how many, of which unit) of a limit such as `2 per 7 days`."""
    found = _LIMIT.fullmatch(text)
    assert found is not None
    return int(found[1]), int(found[2] or 1), found[3]


def hours_of(text: str) -> tuple[dt.time, dt.time]:
    """The two times of quiet hours such as `21:00-08:00`."""
    found = _HOURS.fullmatch(text)
    assert found is not None
    return dt.time(int(found[1]), int(found[2])), dt.time(int(found[3]), int(found[4]))
