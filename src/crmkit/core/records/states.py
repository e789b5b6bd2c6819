"""States of records, and which moves between them are allowed."""

from __future__ import annotations

from crmkit.core.errors import Invalid
from crmkit.core.model.words import RecordType
from crmkit.core.nearest import nearest
from crmkit.core.normalise import fold
from crmkit.core.normalise.text import quoted


def state_named(type_: RecordType, text: str) -> str:
    """The declared state that a person wrote, in any case. Raises `Invalid` with the nearest."""
    if not type_.states:
        raise Invalid(
            f"A {type_.name} has no states", hint=f"Declare some: states = […] under [records.{type_.name}]"
        )
    if text in type_.states:
        return text
    wanted = fold(text)
    for state in type_.states:
        if fold(state) == wanted:
            return state
    near = nearest(text, type_.states)
    meant = f'Did you mean "{near}"? ' if near else ""
    raise Invalid(
        f"{quoted(text)} is not a state of a {type_.name}",
        hint=f"{meant}States: {', '.join(type_.states)}.",
        nearest=near,
    )


def require_move(type_: RecordType, ref: str, before: str | None, after: str) -> None:
    """Raise `Invalid`, naming the moves that are allowed, unless `after` may follow `before`."""
    allowed = type_.leads_to(before)
    if after in allowed:
        return
    hint = f'From "{before}" it can move to: {", ".join(allowed)}.'
    if not allowed:
        hint = f'Nothing follows "{before}": there it ends.'
    raise Invalid(f'{ref} cannot move from "{before}" to "{after}"', hint=hint, allowed=list(allowed))
