"""Drafts of records made ready: every name known, every value as the database keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from attrs import define, field

from crmkit.core.customers.fields import to_driver
from crmkit.core.errors import CrmError, Invalid
from crmkit.core.model.record import RecordDraft
from crmkit.core.model.words import Field, RecordType
from crmkit.core.nearest import nearest
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import joined, phrase
from crmkit.core.records.states import state_named

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel


@define
class Prepared:
    """A draft that is valid by itself; whom it refers to is looked up later."""

    draft: RecordDraft
    state: str | None
    values: dict[str, Any] = field(factory=dict)
    employee_id: int | None = None
    customer_id: int | None = None


class Drafts:
    """Makes drafts of one type ready."""

    def __init__(self, kernel: Kernel, type_: RecordType) -> None:
        self._kernel = kernel
        self._type = type_
        self._fields = {each.name: each for each in type_.fields}
        self._defaults = {
            each.name: to_driver(each, each.default, kernel)
            for each in type_.fields
            if each.default is not None
        }

    def prepare(self, draft: RecordDraft) -> Prepared:
        """`draft` made ready. Raises `Invalid` with the first thing that is wrong with it."""
        state = state_named(self._type, draft.state) if draft.state is not None else None
        values = {}
        for name, value in draft.fields.items():
            word = self.word(name)
            values[word.name] = self._kept(word, value)
        if draft.id is None:
            if draft.customer is None:
                raise Invalid(
                    phrase("A {type} belongs to a customer", type=self._type.name), hint="Say to which."
                )
            if draft.version is not None:
                raise Invalid(
                    phrase("A version was given, but there is no such {type} yet", type=self._type.name),
                    hint="Leave it out.",
                )
            values = {**self._defaults, **values}
            state = state or self._type.first_state
        self._require(values, new=draft.id is None)
        return Prepared(draft, state, values)

    def word(self, name: str) -> Field:
        """The field that `name` means. Raises `Invalid` with the nearest."""
        word = self._fields.get(name)
        if word is None:
            near = nearest(name, self._fields)
            meant = phrase('Did you mean "{near}"? ', near=near) if near else ""
            known = ", ".join(self._fields) or phrase("none")
            raise Invalid(
                phrase("A {type} has no field {name}", type=self._type.name, name=quoted(name)),
                hint=phrase("{meant}Its fields: {known}.", meant=meant, known=known),
            )
        return word

    def _kept(self, word: Field, value: Any) -> Any:
        try:
            return to_driver(word, value, self._kernel)
        except Invalid as error:
            if word.name in error.message:
                raise
            raise Invalid(
                phrase("{word}: {problem}", word=word.name, problem=error.message),
                hint=error.hint,
                **error.details,
            ) from None

    def _require(self, values: dict[str, Any], *, new: bool) -> None:
        missing = [
            each.name
            for each in self._type.fields
            if each.required and (new or each.name in values) and values.get(each.name) is None
        ]
        if missing:
            raise Invalid(
                phrase(
                    "A {type} cannot be without {missing}",
                    type=self._type.name,
                    missing=joined(phrase(" and "), missing),
                ),
                hint=phrase("Give it: --set {missing}=…", missing=missing[0]),
                missing=missing,
            )


def prepared(
    drafts: Drafts, batch: Sequence[RecordDraft], errors: dict[int, CrmError]
) -> list[Prepared | None]:
    """Every draft of the batch made ready, None for those whose error is noted."""
    ready: list[Prepared | None] = []
    for position, draft in enumerate(batch):
        try:
            ready.append(drafts.prepare(draft))
        except CrmError as error:
            errors[position] = error
            ready.append(None)
    return ready
