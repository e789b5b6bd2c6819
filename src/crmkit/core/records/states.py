"""States of records, and which moves between them are allowed."""

from __future__ import annotations

from crmkit.core.errors import Invalid
from crmkit.core.model.words import RecordType
from crmkit.core.nearest import nearest
from crmkit.core.normalise import fold
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase


def state_named(type_: RecordType, text: str) -> str:
    """The declared state that a person wrote, in any case. Raises `Invalid` with the nearest."""
    if not type_.states:
        raise Invalid(
            phrase("A {type} has no states", type=type_.name),
            hint=phrase("Declare some: states = […] under [records.{type}]", type=type_.name),
        )
    if text in type_.states:
        return text
    wanted = fold(text)
    for state in type_.states:
        if fold(state) == wanted:
            return state
    near = nearest(text, type_.states)
    meant = phrase('Did you mean "{near}"? ', near=near) if near else ""
    raise Invalid(
        phrase("{text} is not a state of a {type}", text=quoted(text), type=type_.name),
        hint=phrase("{meant}States: {states}.", meant=meant, states=", ".join(type_.states)),
        nearest=near,
    )


def require_move(type_: RecordType, ref: str, before: str | None, after: str) -> None:
    """Raise `Invalid`, naming the moves that are allowed, unless `after` may follow `before`."""
    allowed = type_.leads_to(before)
    if after in allowed:
        return
    hint = phrase('From "{before}" it can move to: {allowed}.', before=before, allowed=", ".join(allowed))
    if not allowed:
        hint = phrase('Nothing follows "{before}": there it ends.', before=before)
    raise Invalid(
        phrase('{ref} cannot move from "{before}" to "{after}"', ref=ref, before=before, after=after),
        hint=hint,
        allowed=list(allowed),
    )
