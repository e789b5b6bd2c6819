"""How often, and in which hours, customers are written to for marketing."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any, Final

from attrs import field, frozen

from crmkit.core.config.faults import fault
from crmkit.core.config.problems import quoted
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from attrs import Attribute

_LIMIT: Final = re.compile(r"([1-9]\d{0,3}) per (?:([1-9]\d{0,3}) )?(hour|day|week|month|year)s?")
_HOURS: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d) ?- ?([01]?\d|2[0-3]):([0-5]\d)")


def _contact_limit(_: object, __: Attribute[Any], value: str | None) -> None:
    if value is not None and _LIMIT.fullmatch(value) is None:
        raise fault(phrase("{value} is not a limit such as 2 per 7 days", value=quoted(value)))


def _hours(_: object, __: Attribute[str | None], value: str | None) -> None:
    found = _HOURS.fullmatch(value) if value is not None else None
    if value is not None and found is None:
        raise fault(phrase("{value} are not hours such as 21:00-08:00", value=quoted(value)))
    if found is not None and (int(found[1]), found[2]) == (int(found[3]), found[4]):
        raise fault(phrase("{value} end when they begin; write such as 21:00-08:00", value=quoted(value)))


def _limit_of(text: str | None) -> tuple[int, str] | None:
    found = _LIMIT.fullmatch(text or "")
    if found is None:
        return None
    number = int(found[2] or 1)
    return int(found[1]), f"{number} {found[3]}{'s' * (number != 1)}"


@frozen(kw_only=True)
class LimitSettings:
    """`[limits]`: one budget of contact for each customer, over all rules and plugins."""

    marketing: str | None = field(
        default=None,
        validator=_contact_limit,
        metadata={"doc": "How often marketing reaches a customer at most, such as 2 per 7 days."},
    )
    quiet_hours: str | None = field(
        default=None,
        validator=_hours,
        metadata={"doc": "Hours by the customer's own clock in which marketing waits: 21:00-08:00."},
    )

    automatic_answers: str = field(
        default="4 per day",
        validator=_contact_limit,
        metadata={
            "doc": "How often rules answer a customer at most by the channel that the customer wrote by; it "
            "keeps two machines from answering each other for ever."
        },
    )

    @property
    def answers(self) -> tuple[int, str]:
        """`automatic_answers` as (so many, in so long): `(4, "1 day")`."""
        return _limit_of(self.automatic_answers) or (0, "1 day")

    @property
    def contacts(self) -> tuple[int, str] | None:
        """(so many, in so long) such as `(2, "7 days")`; None without a limit."""
        return _limit_of(self.marketing)

    @property
    def quiet(self) -> tuple[dt.time, dt.time] | None:
        """From when to when it is quiet, over midnight where the second is earlier; None if never."""
        found = _HOURS.fullmatch(self.quiet_hours or "")
        if found is None:
            return None
        return dt.time(int(found[1]), int(found[2])), dt.time(int(found[3]), int(found[4]))
