"""Every function of the language as the reference shows it: how it is written, what it means, an example."""

from __future__ import annotations

from typing import Final

from attrs import frozen


@frozen
class Signature:
    """`written` shows the arguments; `gives` is a kind of value; `example` is a whole predicate."""

    name: str
    written: str
    gives: str
    doc: str
    example: str


_OVER: Final = "What stands in brackets: TYPE, or TYPE where CONDITION, then a window, if any."
SIGNATURES: Final = (
    Signature(
        "count", "count(TYPE where CONDITION, WINDOW)", "number",
        f"How many there are; 0 where there are none. {_OVER}",
        "count(purchase where outlet = 'Main', last 90 days) >= 6",
    ),
    Signature(
        "exists", "exists(TYPE where CONDITION, WINDOW)", "condition",
        "Whether there is at least one.",
        "exists(complaint, last 1 year)",
    ),
    Signature(
        "sum", "sum(TYPE.KEY where CONDITION, WINDOW)", "number or money",
        "The sum of a key, of the amount where an interaction's key is left out; 0 where there are none.",
        "sum(purchase, this year) > 1000",
    ),
    Signature(
        "avg", "avg(TYPE.KEY where CONDITION, WINDOW)", "number or money",
        "The mean of a key over the rows that have it; unknown where none has.",
        "avg(purchase) > 25.50",
    ),
    Signature(
        "min", "min(TYPE.KEY where CONDITION, WINDOW)", "number, money or date",
        "The smallest value, or the earliest date; unknown where there is none.",
        "min(purchase) < 5",
    ),
    Signature(
        "max", "max(TYPE.KEY where CONDITION, WINDOW)", "number, money or date",
        "The largest value, or the latest date; unknown where there is none.",
        "max(cake_order.price) >= 400",
    ),
    Signature(
        "first", "first(TYPE where CONDITION, WINDOW)", "date and time",
        "When the earliest happened; unknown where there is none.",
        "first(purchase) >= 2025-01-01",
    ),
    Signature(
        "last", "last(TYPE where CONDITION, WINDOW)", "date and time",
        "When the latest happened; unknown where there is none.",
        "last(purchase) < 30 days ago",
    ),
    Signature(
        "days_since", "days_since(TYPE where CONDITION, WINDOW)", "number",
        "Whole days of 24 hours since the latest; unknown where there is none.",
        "days_since(purchase) > 30",
    ),
    Signature(
        "in", "in(SEGMENT)", "condition",
        "Whether the customer meets the segment's condition now, or is on its list.",
        "in(regulars)",
    ),
    Signature(
        "was_in", "was_in(SEGMENT, DURATION ago)", "condition",
        "Whether the customer met the segment's condition then, by what was on record then.",
        "was_in(regulars, 60 days ago)",
    ),
    Signature(
        "has_tag", "has_tag('TAG')", "condition",
        "Whether the customer carries the tag, in exactly this spelling.",
        "has_tag('vip')",
    ),
    Signature(
        "is_birthday", "is_birthday(FIELD, N days)", "condition",
        "Whether the anniversary of a date is today or, with days, at most so many days ahead.",
        "is_birthday(birthday, 7 days)",
    ),
    Signature(
        "consent", "consent('PURPOSE', 'CHANNEL')", "condition",
        "Whether the last word on record for the purpose and channel is that it was granted.",
        "consent('offers', 'email')",
    ),
    Signature(
        "any", "any(KIND, CONDITION)", "condition",
        "Whether a customer to whom this one is tied by the relationship, today, meets the condition.",
        "any(works_at, is_organization and city = 'Łódź')",
    ),
    Signature(
        "none", "none(KIND, CONDITION)", "condition",
        "The opposite of any: also true where there is no such tie.",
        "none(works_at, has_tag('competitor'))",
    ),
)  # fmt: skip
