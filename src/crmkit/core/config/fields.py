"""Fields that a business declares: their types, choices and defaults."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from attrs import field, frozen

from crmkit.core.config.checks import distinct
from crmkit.core.config.faults import Fault, Faults, fault
from crmkit.core.config.problems import quoted
from crmkit.core.language import N_
from crmkit.core.phrase import phrase

FieldType = Literal[
    "text", "number", "money", "date", "datetime", "bool", "choice", "multi-choice", "reference"
]
_CHOOSING = ("choice", "multi-choice")


@frozen(kw_only=True)
class PayloadField:
    """A key of an interaction's payload."""

    type: FieldType = field(metadata={"doc": "What a value is."})
    label: str = field(default="", metadata={"doc": "What people call it; the name, if empty."})
    choices: tuple[str, ...] = field(
        default=(), validator=distinct, metadata={"doc": "What can be chosen, in the order shown."}
    )
    required: bool = field(default=False, metadata={"doc": "Refuse a record without a value."})
    decimals: int = field(default=0, metadata={"doc": "Digits after the point of a number, 0 to 9."})

    def __attrs_post_init__(self) -> None:
        found = list(self._faults())
        if found:
            raise Faults(found)

    def _faults(self) -> list[Fault]:
        return [*_choices_faults(self), *_decimals_faults(self)]


@frozen(kw_only=True)
class FieldDeclaration(PayloadField):
    """A data point of a customer. `default` has the field's own Python type.

    That is `str`, `Decimal` (number and money, in the currency of the CRS), `date`, `datetime`, `bool`, or a
    tuple of `str` (multi-choice); None where there is no default.
    """

    doc: str = field(default="", metadata={"doc": "One line on what it means."})
    personal: bool = field(
        default=True,
        metadata={"doc": "Whether an erasure looks for traces of its value in the database's file as well."},
    )
    unique: bool = field(default=False, metadata={"doc": "Refuse a value that another one has."})
    indexed: bool = field(default=False, metadata={"doc": "Keep an index, for fields often filtered by."})
    default: Any = field(default=None, metadata={"doc": "The value of one that was given none."})
    was: str | None = field(default=None, metadata={"doc": "The name before it was renamed."})

    def __attrs_post_init__(self) -> None:
        # attrs calls the most derived one only, and slots rule out a plain super() in some versions.
        found = self._faults()
        if self.default is not None:
            try:
                object.__setattr__(self, "default", default_value(self, self.default))
            except Faults as faults:
                found += [each.under("default") for each in faults.faults]
        if found:
            raise Faults(found)

    def _faults(self) -> list[Fault]:
        found = [*_choices_faults(self), *_decimals_faults(self)]
        if self.unique and self.type == "multi-choice":
            found.append(Fault(("unique",), phrase("a multi-choice field cannot be unique")))
        if self.unique and self.default is not None:
            found.append(
                Fault(
                    ("default",), phrase("a unique field cannot have a default: two customers would share it")
                )
            )
        return found


def renaming_faults(declarations: Mapping[str, FieldDeclaration]) -> list[Fault]:
    """What is wrong with the `was` of fields that are declared together."""
    taken: dict[str, str] = {}
    found = []
    for name, declaration in declarations.items():
        former = declaration.was
        if former is None:
            continue
        if former in declarations:
            found.append(Fault((name, "was"), phrase('"{former}" is still declared', former=former)))
        elif former in taken:
            found.append(
                Fault(
                    (name, "was"),
                    phrase('"{former}" was already renamed to {taken}', former=former, taken=taken[former]),
                )
            )
        taken.setdefault(former, name)
    return found


def default_value(declaration: PayloadField, value: Any) -> Any:
    """The default as a value of the field's type; Faults if it is of another."""
    kind = declaration.type
    if kind == "bool":
        return _expect(value, bool, N_("{value} is not true or false"))
    if kind in ("number", "money"):
        return _decimal(declaration, value)
    if kind in ("date", "datetime"):
        return _moment(kind, value)
    if kind == "multi-choice":
        return _several(declaration, value)
    text = _expect(value, str, N_("{value} is not text"))
    return _one_of(declaration.choices, text) if kind == "choice" else text


def _choices_faults(declaration: PayloadField) -> list[Fault]:
    if declaration.type in _CHOOSING and not declaration.choices:
        return [
            Fault(("choices",), phrase("a {type} field needs at least one choice", type=declaration.type))
        ]
    if declaration.type not in _CHOOSING and declaration.choices:
        return [
            Fault(
                ("choices",),
                phrase("only choice and multi-choice fields have choices, not {type}", type=declaration.type),
            )
        ]
    return []


def _decimals_faults(declaration: PayloadField) -> list[Fault]:
    if not 0 <= declaration.decimals <= 9:
        return [
            Fault(("decimals",), phrase("{decimals} is not between 0 and 9", decimals=declaration.decimals))
        ]
    if declaration.decimals and declaration.type != "number":
        return [
            Fault(
                ("decimals",), phrase("only number fields have decimals, not {type}", type=declaration.type)
            )
        ]
    return []


def _expect(value: Any, cls: type, otherwise: str) -> Any:
    if not isinstance(value, cls):
        raise fault(phrase(otherwise, value=quoted(value)))
    return value


def _decimal(declaration: PayloadField, value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        raise fault(phrase("{value} is not a number", value=quoted(value)))
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise fault(phrase("{value} is not a number", value=quoted(value))) from None
    if not number.is_finite():
        raise fault(phrase("{value} is not a finite number", value=quoted(value)))
    exponent = number.normalize().as_tuple().exponent
    if declaration.type == "number" and isinstance(exponent, int) and -exponent > declaration.decimals:
        raise fault(
            phrase(
                "{value} has more digits after the point than decimals = {decimals}",
                value=quoted(value),
                decimals=declaration.decimals,
            )
        )
    return number


def _moment(kind: str, value: Any) -> date | datetime:
    wanted: type[date] = datetime if kind == "datetime" else date
    described = phrase("a date and time") if kind == "datetime" else phrase("a date such as 2026-01-31")
    if isinstance(value, str):
        try:
            return wanted.fromisoformat(value)
        except ValueError:
            raise fault(
                phrase("{value} is not {described}", value=quoted(value), described=described)
            ) from None
    # A datetime is also a date for Python, but not for whoever wrote the file.
    if type(value) is not wanted:
        raise fault(phrase("{value} is not {described}", value=quoted(value), described=described))
    return value


def _several(declaration: PayloadField, value: Any) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)):
        raise fault(phrase("{value} is not an array of choices", value=quoted(value)))
    chosen = tuple(
        _one_of(declaration.choices, _expect(each, str, N_("{value} is not text"))) for each in value
    )
    if len(set(chosen)) < len(chosen):
        raise fault(phrase("a choice is given twice"))
    return chosen


def _one_of(choices: tuple[str, ...], value: str) -> str:
    from crmkit.core.config.names import choose

    return choose(value, choices)
