"""Records: the orders, deals and other things that a business keeps of its customers."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from attrs import field, frozen

from crmkit.core.phrase import phrase

_PLACE: Final = re.compile(r"\{([^{}]*)\}")


@frozen(kw_only=True)
class RecordDraft:
    """A record as somebody wants it saved: a new one for `customer`, or what is different about `id`.

    `customer` and `owner` are references (id, e-mail, name, …) to a customer and an employee. `fields` are
    values by name, None to clear one; an `owner` of "" is nobody. `version` is the one that was seen:
    another on record is a conflict.
    """

    customer: int | str | None = None
    fields: Mapping[str, Any] = field(factory=dict)
    state: str | None = None
    owner: int | str | None = None
    id: int | None = None
    version: int | None = None


@frozen(kw_only=True)
class Record:
    """A record as it is. `fields` holds every declared field that has a value; instants are microseconds."""

    type: str
    id: int
    customer_id: int
    title: str
    state: str | None
    owner_id: int | None
    fields: Mapping[str, Any]
    version: int
    created_at: int
    updated_at: int
    archived_at: int | None = None

    @property
    def ref(self) -> str:
        """How people and fields refer to it: `cake_order:12`."""
        return f"{self.type}:{self.id}"


@frozen(kw_only=True)
class RecordPage:
    """Some records of a list, and the cursor of the next page, if any."""

    records: Sequence[Record]
    next_cursor: str | None = None


def states_of(key: str) -> tuple[str, ...]:
    """The states that a key of `tells` names: one for `open` and `> open`, two for `closed > open`."""
    return tuple(key.removeprefix("> ").split(" > "))


def title_fields(pattern: str, fields: Collection[str]) -> tuple[str, ...]:
    """The fields that a title is made of. Raises ValueError, whose text says what is wrong.

    A pattern is the name of a field, or text with names in braces.
    """
    named = _PLACE.findall(pattern)
    rest = _PLACE.sub("", pattern)
    if "{" in rest or "}" in rest:
        raise ValueError(phrase("the braces do not match; write {field} for the value of a field"))
    if not named:
        named = [pattern.strip()] if pattern.strip() else []
    for name in named:
        if name not in fields:
            raise ValueError(phrase('"{name}" is not a field of it', name=name))
    return tuple(named)


def titled(pattern: str, shown: Mapping[str, str]) -> str:
    """The title that `pattern` makes of values as people read them.

    Of `{flavour} for {occasion}` only the flavour is left where there is no occasion: text before a value
    that is not there is left out, and so is text between nothing and a value.
    """
    if "{" not in pattern:
        return shown.get(pattern.strip(), "")
    *pairs, tail = _PLACE.split(pattern)
    said = ""
    for place, text in enumerate(pairs[::2]):
        if value := shown.get(pairs[2 * place + 1], ""):
            said += (text if said or not place else "") + value
    last = shown.get(pairs[-1], "") if pairs else ""
    return " ".join((said + (tail if last else "")).split())
