"""The columns of an export: what they are called, and what their values are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import frozen

if TYPE_CHECKING:
    from crmkit.core.model.words import Field

# By a field's type: what its values are in an export; all others are text.
_KINDS: Final = {
    "number": "number", "money": "money", "date": "date", "datetime": "instant", "bool": "bool",
    "multi-choice": "list",
}  # fmt: skip


@frozen
class Column:
    """One column. `target` is what it means to an import, empty where an import has no use for it.

    `kind` says what the values are, beside None for nothing: `text` is str, `bool` is bool, `number` is int,
    float or a Decimal of `scale` decimals (an int for 0), `money` is minor units of the business's currency,
    `date` is a date, `instant` is microseconds UTC, `list` is a tuple of str, `json` is
    plain data.
    """

    header: str
    kind: str = "text"
    target: str = ""
    scale: int | None = None

    @classmethod
    def of(cls, target: str, number: int = 1, kind: str = "text", scale: int | None = None) -> Column:
        """The column of a target of an import; the second `email:work` is called `email 2:work`."""
        word, colon, name = target.partition(":")
        header = f"{word} {number}{colon}{name}" if number > 1 else target
        return cls(header, kind, target, scale)

    @classmethod
    def of_field(cls, header: str, field: Field, target: str = "") -> Column:
        """The column of a declared field."""
        kind = _KINDS.get(field.type, "text")
        return cls(header, kind, target, field.decimals if kind == "number" else None)

    @property
    def said(self) -> str:
        """The header without what it may say of a person, such as a label or a topic: for the access log."""
        kind, colon, _ = self.target.partition(":")
        declared = kind in ("", "field", "identity", "consent", "consent_history")
        return self.header if not colon or declared else f"{kind}:…"
