"""Values of declared fields: from text, into the database, out of it, and shown to a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

from crmkit.core.errors import Invalid
from crmkit.core.instants import (
    FIRST_INSTANT,
    LAST_INSTANT,
    format_instant,
    local_date,
    parse_date,
    parse_instant,
)
from crmkit.core.model.money import Money, format_amount, parse_amount
from crmkit.core.model.words import Field
from crmkit.core.nearest import nearest
from crmkit.core.normalise import clean_text, fold
from crmkit.core.normalise.numbers import plain_number
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel

_LARGEST: Final = 2**63 - 1
_EPOCH: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_YES: Final = frozenset(("yes", "y", "true", "t", "1", "on"))
_NO: Final = frozenset(("no", "n", "false", "f", "0", "off"))


def parse_field(field: Field, text: str, kernel: Kernel) -> Any:
    """The Python value that a person wrote as `text`; None for nothing.

    Numbers take a decimal point or comma, money also the currency beside it, dates ISO or `today`, choices in
    any case, several choices parted by `;` (or `,`). Raises `Invalid`, naming the field.
    """
    cleaned = clean_text(text, lines=field.type == "text", what=_called(field))
    return _PARSERS[field.type](field, cleaned, kernel) if cleaned else None


def to_driver(field: Field, value: Any, kernel: Kernel) -> Any:
    """What the database keeps for `value`; a tuple of choices for a multi-choice field; None for nothing.

    `value` is the field's Python type, or text as `parse_field` reads it. A reference is not looked up here.
    """
    if isinstance(value, str):
        value = parse_field(field, value, kernel)
    if value is None:
        return None
    return _WRITERS[field.type](field, value, kernel)


def from_driver(field: Field, kept: Any, currency: str) -> Any:
    """The Python value of what the database keeps."""
    if kept is None:
        return None
    read = reader_of(field, currency)
    return read(kept) if read else kept


def reader_of(field: Field, currency: str) -> Callable[[Any], Any] | None:
    """What makes the Python value of what the database keeps; None where that is the value."""
    match field.type:
        case "number" if field.decimals:
            return lambda kept: Decimal(kept).scaleb(-field.decimals)
        case "money":
            return lambda kept: Money(kept, currency)
        case "date":
            return date.fromisoformat
        case "bool":
            return bool
    return None


def plain_value(field: Field, kept: Any, currency: str) -> Any:
    """What the database keeps, as a plain JSON value for people and programs: `"12.50"`, not `1250`."""
    if kept is None or isinstance(kept, list):
        return kept
    value = from_driver(field, kept, currency)
    return str(value) if isinstance(value, Decimal | Money | date) else value


def show_field(field: Field, value: Any, tz: tzinfo) -> str:
    """`value`, of the field's Python type, as a person reads it; empty for None."""
    if value is None:
        return ""
    match field.type:
        case "bool":
            return phrase("yes") if value else phrase("no")
        case "number":
            return f"{value:f}" if isinstance(value, Decimal) else str(value)
        case "datetime":
            return format_instant(value, tz)
        case "multi-choice":
            return ", ".join(value)
    return str(value)


def _called(field: Field) -> str:
    return phrase("field {name}", name=field.name)


def _parse_text(_: Field, text: str, __: Kernel) -> str:
    return text


def _parse_number(field: Field, text: str, _: Kernel) -> Any:
    try:
        return Decimal(plain_number(text))
    except InvalidOperation:
        raise Invalid(
            phrase("{field}: {text} is not a number", field=field.name, text=quoted(text)),
            hint="Write digits, such as 12 or 12.5.",
        ) from None


def _parse_money(field: Field, text: str, kernel: Kernel) -> Money:
    amount, currency = text, kernel.currency
    head, _, tail = text.rpartition(" ")
    if tail.isalpha():
        amount, currency = head, tail.upper()
    elif text[:3].isalpha() and text[3:4] == " ":
        amount, currency = text[4:], text[:3].upper()
    _require_currency(field, currency, kernel)
    return Money(parse_amount(amount, currency), currency)


def _parse_date(_: Field, text: str, kernel: Kernel) -> date:
    return parse_date(text, local_date(kernel.clock.now(), kernel.tz))


def _parse_datetime(_: Field, text: str, kernel: Kernel) -> int:
    return parse_instant(text, kernel.tz, kernel.clock.now())


def _parse_bool(field: Field, text: str, _: Kernel) -> bool:
    word = text.casefold()
    if word not in _YES and word not in _NO:
        raise Invalid(
            phrase("{field}: {text} is neither yes nor no", field=field.name, text=quoted(text)),
            hint="Write yes or no.",
        )
    return word in _YES


def _parse_choices(field: Field, text: str, _: Kernel) -> tuple[str, ...]:
    if text in field.choices:
        return (text,)
    return tuple(part.strip() for part in text.split(";" if ";" in text else ",") if part.strip())


_PARSERS: Final[Mapping[str, Callable[[Field, str, Kernel], Any]]] = {
    "text": _parse_text,
    "number": _parse_number,
    "money": _parse_money,
    "date": _parse_date,
    "datetime": _parse_datetime,
    "bool": _parse_bool,
    "choice": _parse_text,
    "multi-choice": _parse_choices,
    "reference": _parse_text,
}


def _keep_text(field: Field, value: Any, _: Kernel) -> str:
    if not isinstance(value, str):
        raise _wrong(field, value, phrase("text"))
    return value


def _keep_number(field: Field, value: Any, _: Kernel) -> int:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise _wrong(field, value, phrase("a whole number") if not field.decimals else phrase("a Decimal"))
    number = Decimal(value)
    if not number.is_finite() or number.adjusted() > 20:
        raise _wrong(field, value, phrase("a number of at most 18 digits"))
    scaled = number.scaleb(field.decimals)
    if scaled != scaled.to_integral_value():
        digits = (
            phrase("at most {decimals} digits after the point", decimals=field.decimals)
            if field.decimals
            else phrase("a whole number")
        )
        raise Invalid(
            phrase(
                "{field}: {value} does not fit, it takes {digits}",
                field=field.name,
                value=quoted(value),
                digits=digits,
            )
        )
    return _in_range(field, int(scaled))


def _keep_money(field: Field, value: Any, kernel: Kernel) -> int:
    if isinstance(value, Decimal):
        value = Money.of(value, kernel.currency)
    if not isinstance(value, Money):
        raise _wrong(field, value, phrase("Money"))
    _require_currency(field, value.currency, kernel)
    return value.minor


def _keep_date(field: Field, value: Any, _: Kernel) -> str:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise _wrong(field, value, phrase("a date"))
    return value.isoformat()


def _keep_datetime(field: Field, value: Any, kernel: Kernel) -> int:
    if isinstance(value, datetime):
        local = value if value.tzinfo else value.replace(tzinfo=kernel.tz)
        since = local - _EPOCH
        return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    if isinstance(value, bool) or not isinstance(value, int) or not FIRST_INSTANT <= value <= LAST_INSTANT:
        raise _wrong(field, value, phrase("an instant in microseconds"))
    return value


def _keep_bool(field: Field, value: Any, _: Kernel) -> int:
    if not isinstance(value, bool):
        raise _wrong(field, value, phrase("true or false"))
    return int(value)


def _keep_choice(field: Field, value: Any, _: Kernel) -> str:
    if value in field.choices:
        return str(value)
    wanted = fold(str(value))
    for choice in field.choices:
        if fold(choice) == wanted:
            return choice
    near = nearest(str(value), field.choices)
    hint = phrase('Did you mean "{near}"? ', near=near) if near else ""
    raise Invalid(
        phrase("{field}: {value} is not one of its choices", field=field.name, value=quoted(value)),
        hint=phrase("{hint}Choices: {choices}.", hint=hint, choices=", ".join(field.choices)),
        nearest=near,
    )


def _keep_choices(field: Field, value: Any, kernel: Kernel) -> tuple[str, ...]:
    if not isinstance(value, tuple | list | set | frozenset):
        raise _wrong(field, value, phrase("a tuple of choices"))
    chosen = {_keep_choice(field, each, kernel) for each in value}
    return tuple(choice for choice in field.choices if choice in chosen)


_WRITERS: Final[Mapping[str, Callable[[Field, Any, Kernel], Any]]] = {
    "text": _keep_text,
    "number": _keep_number,
    "money": _keep_money,
    "date": _keep_date,
    "datetime": _keep_datetime,
    "bool": _keep_bool,
    "choice": _keep_choice,
    "multi-choice": _keep_choices,
    "reference": _keep_text,
}


def _in_range(field: Field, number: int) -> int:
    if not -_LARGEST <= number <= _LARGEST:
        raise _wrong(field, number, phrase("a number of at most 18 digits"))
    return number


def _require_currency(field: Field, currency: str, kernel: Kernel) -> None:
    if currency != kernel.currency:
        raise Invalid(
            phrase(
                "{field}: money is kept in {currency} here, not in {given}",
                field=field.name,
                currency=kernel.currency,
                given=quoted(currency),
            ),
            hint=phrase(
                "Convert the amount, and write for example {amount}.",
                amount=format_amount(1250, kernel.currency),
            ),
        )


def _wrong(field: Field, value: Any, wanted: str) -> Invalid:
    return Invalid(
        phrase("{field}: {value} is not {wanted}", field=field.name, value=quoted(value), wanted=wanted)
    )
