"""What single settings accept, as validators for attrs fields."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from crmkit.core.config.faults import Fault, Faults, fault
from crmkit.core.config.problems import quoted
from crmkit.core.config.secrets import Secret
from crmkit.core.nearest import nearest
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from attrs import Attribute

_LOCALE = re.compile(r"[a-z]{2,3}([_-][A-Z][a-z]{3})?([_-]([A-Z]{2}|[0-9]{3}))?")


def filled(_: object, __: Attribute[Any], value: str) -> None:
    """Text that says something."""
    if not value.strip():
        raise fault(phrase("must not be empty"))


def currency(_: object, __: Attribute[Any], value: str) -> None:
    """An ISO 4217 code."""
    from crmkit.core.model.money import currencies

    known = currencies()
    if value not in known:
        upper = value.strip().upper()
        raise fault(
            phrase("{value} is not an ISO 4217 currency code such as EUR", value=quoted(value)),
            suggestion=upper if upper in known else nearest(upper, known),
        )


def timezone(_: object, __: Attribute[Any], value: str) -> None:
    """A zone of the IANA database."""
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(value)
    except (LookupError, ValueError, OSError):
        from zoneinfo import available_timezones

        from crmkit.core.nearest import nearest

        message = phrase("{value} is not an IANA time zone such as Europe/Warsaw", value=quoted(value))
        raise fault(message, suggestion=nearest(value, available_timezones())) from None


def locale(_: object, __: Attribute[Any], value: str) -> None:
    """A language, perhaps with a script and a region."""
    if _LOCALE.fullmatch(value) is None:
        raise fault(phrase("{value} is not a language such as en, pl or pt_BR", value=quoted(value)))


def database(_: object, __: Attribute[Any], value: str | Secret) -> None:
    """A file's path, a PostgreSQL URL or a reference to either."""
    if isinstance(value, Secret):
        return
    if not value.strip() or "\0" in value:
        raise fault(phrase("must be the path of a file or a URL postgresql://…"))
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*)://", value)
    if scheme and scheme[1] != "postgresql":
        near = "postgresql://…" if scheme[1].startswith("postgres") else None
        raise fault(
            phrase("{value} is neither the path of a file nor a URL postgresql://…", value=quoted(value)),
            suggestion=near,
        )


def local_instant(_: object, __: Attribute[Any], value: str | None) -> None:
    """A date and time without a zone, as ISO 8601 has it."""
    from datetime import datetime

    if value is None:
        return
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        parsed = None
    if parsed is None or parsed.tzinfo is not None or not re.match(r"\d{4}-\d\d-\d\d[T ]", value):
        raise fault(
            phrase("{value} is not a local date and time such as 1998-07-01T09:00", value=quoted(value))
        )


def distinct(_: object, __: Attribute[Any], values: Sequence[str]) -> None:
    """Filled texts, none of them twice."""
    faults = [
        Fault((at,), phrase("must not be empty")) for at, value in enumerate(values) if not value.strip()
    ]
    faults += [
        Fault((at,), phrase("{value} is given twice", value=quoted(value)))
        for at, value in enumerate(values)
        if value.strip() and value in values[:at]
    ]
    if faults:
        raise Faults(faults)


def positive(_: object, __: Attribute[Any], value: int) -> None:
    """A version number."""
    if value < 1:
        raise fault(phrase("{value} is less than 1", value=value))


def matching_keys(_: object, __: Attribute[Any], values: Sequence[str]) -> None:
    """Keys by which a customer may be found."""
    from crmkit.core.config.names import choose

    for at, value in enumerate(values):
        if value == "phone":
            reason = phrase("a number may belong to a household or a switchboard")
            raise fault(phrase('"phone" never finds a customer by itself: {reason}', reason=reason), at)
        try:
            choose(value, ("identities", "email"))
        except Faults as faults:
            raise Faults([each.under(at) for each in faults.faults]) from None
    distinct(_, __, values)
