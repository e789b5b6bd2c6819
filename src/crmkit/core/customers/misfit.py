"""What of a draft is of another type than its class says, for programs that fill it in from elsewhere.

It is asked when reading a draft has failed: what is of the right types is not looked at twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import fields

from crmkit.core.errors import Invalid
from crmkit.core.model.customer import ContactPoint, CustomerDraft, Identity, Preference
from crmkit.core.phrase import phrase

_MANY: Final[Mapping[str, type[Any]]] = {
    "contact_points": ContactPoint, "identities": Identity, "preferences": Preference, "tags": str,
}  # fmt: skip
_MADE: Final[tuple[type[Any], ...]] = (CustomerDraft, ContactPoint, Identity, Preference)
_TEXTS: Final = frozenset(
    each.name for cls in _MADE for each in fields(cls) if str(each.type) in ("str", "str | None")
)


def misfit(draft: Any) -> Invalid | None:
    """The first thing in a draft that is not of its type, as an error to raise; None where all is."""
    if not isinstance(draft, CustomerDraft):
        return Invalid(
            phrase("{given} is no CustomerDraft", given=type(draft).__name__),
            hint="Give CustomerDraft(name=…), with what else is known.",
        )
    for name, value, wanted in _wrong(draft):
        given = type(value).__name__
        return Invalid(phrase("{name} is {given}, and not {wanted}", name=name, given=given, wanted=wanted))
    return None


def _wrong(draft: Any) -> Iterator[tuple[str, Any, str]]:
    """(attribute, value, what it should be) of what is of another type."""
    yield from _texts_of(draft, "")
    if not isinstance(draft.fields, Mapping):
        yield "fields", draft.fields, phrase("a mapping")
    for name, cls in _MANY.items():
        value = getattr(draft, name)
        if not isinstance(value, tuple | list | set | frozenset):
            yield name, value, phrase("a tuple of {cls}", cls=cls.__name__)
            continue
        for index, each in enumerate(value):
            if not isinstance(each, cls):
                yield f"{name}[{index}]", each, cls.__name__
            elif cls is not str:
                yield from _texts_of(each, f"{name}[{index}].")


def _texts_of(holder: Any, before: str) -> Iterator[tuple[str, Any, str]]:
    for each in fields(type(holder)):
        value = getattr(holder, each.name)
        may_lack = value is None and each.type != "str"
        if each.name in _TEXTS and not may_lack and not isinstance(value, str):
            yield f"{before}{each.name}", value, "str"
