"""Reading, writing and refusing the text of predicates."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings

from crmkit.core.predicates import PredicateError, from_json, parse, parse_value, sentence, to_json
from crmkit.core.predicates import format as formatted
from tests.core.predicates.house import context
from tests.core.predicates.strategies import predicates

WORDS = context()
PLAIN = settings(max_examples=100, deadline=None, derandomize=True, database=None)
EXAMPLES = (
    "is_organization",
    "count(purchase, last 90 days) >= 6",
    "was_in(regulars, 60 days ago) and days_since(purchase) > 30",
    "is_birthday(birthday)",
    "in(slipping)",
    "clv(1 year) > 1000",
    "has_tag('vip')",
    "count(purchase where outlet = 'Main' and item = 'rye', last 90 days) > 0",
    "any(works_at, is_organization and city = 'Łódź')",
    "exists(deal where stage = 'open' and value > 10000)",
    "sum(purchase, since 2025-01-01) > 100 and avg(purchase, from 2025-01-01 to 2025-04-01) > 1",
    "min(purchase) < 1 or max(purchase) > 1",
    "first(purchase) >= 2025-01-01 and last(purchase) < 30 days ago and exists(complaint)",
    "favourite_bread in ('rye', 'wheat') and points between 1 and 5 and remark is not null",
    "name contains 'lodz' and not (points + 1) * 2 / 3 - 1 > 0",
)


@pytest.mark.parametrize("text", EXAMPLES)
def test_examples(text: str) -> None:
    """What the documentation shows is read, written back, said in words and kept as JSON."""
    predicate = parse(text, WORDS)
    assert parse(formatted(predicate), WORDS) == predicate
    assert from_json(json.loads(json.dumps(to_json(predicate))), WORDS) == predicate
    assert sentence(predicate).startswith("Customers for whom ")


@PLAIN
@given(text=predicates())
def test_round_trips(text: str) -> None:
    """Written canonically or as JSON and read again, a predicate is the same; its form is stable."""
    predicate = parse(text, WORDS)
    canonical = formatted(predicate)
    assert parse(canonical, WORDS) == predicate
    assert formatted(parse(canonical, WORDS)) == canonical
    assert from_json(json.loads(json.dumps(to_json(predicate))), WORDS) == predicate
    assert sentence(predicate)


def test_sentence() -> None:
    """A predicate is read back as people speak."""
    said = sentence(
        parse("count(purchase where outlet = 'Main', last 90 days) >= 6 and not has_tag('vip')", WORDS)
    )
    assert said == (
        "Customers for whom the number of “purchase” where outlet is “Main” in the last 90 days is at least "
        "6, and it is not so that the tag “vip” is set."
    )


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("favorite_bread = 'rye'", 1, 'Did you mean "favourite_bread"?'),
        ("favourite_bread = 'ryee'", 19, "Did you mean 'rye'?"),
        ("count(purchse) > 1", 7, 'Did you mean "purchase"?'),
        ("cuont(purchase) > 1", 1, 'Did you mean "count"?'),
        ("in(regular)", 4, 'Did you mean "regulars"?'),
        ("purchase > 1", 1, "write count(purchase)"),
        ("regulars", 1, "write in(regulars)"),
        ("height > 1", 1, "tides.height, weather.height"),
        ("points = 'a'", 10, "A number is written without quotes"),
        ("birthday = '2000-01-01'", 12, "A date is written without quotes"),
        ("birthday > 1 and x", 12, "A date cannot be compared with a number"),
        ("birthday = met", 12, "Compare each with a fixed date"),
        ("days_since(purchase) > 30 days", 24, "days_since(…) is a number: write > 30"),
        ("points = null", 1, "Write is null"),
        ("points in (1, null)", 15, "or … is null"),
        ("1 < points < 4", 12, "x between 1 and 4"),
        ("credit = 1.005", 10, "The business's currency has 2 decimals"),
        ("points", 1, "A condition is needed here"),
        ("points and 1", 1, "A condition is needed here"),
        ("1 + (points > 1) = 2", 6, "this is a condition"),
        ("vegan > true", 1, "has no order"),
        ("owner = 3", 9, "An employee cannot be compared with a number"),
        ("remark + 1 = 2", 1, "Arithmetic needs numbers"),
        ("count(purchase where colour = 'x') > 1", 22, "It has: amount"),
        ("count(purchase where count(visit) > 1) > 1", 22, "cannot stand inside where"),
        ("count(purchase, from 2025-02-01 to 2025-01-01) > 1", 17, "ends before it begins"),
        ("count(purchase, last 90) > 1", 24, "hours, days, weeks, months or years"),
        ("count(purchase, 90 days) > 1", 17, "last 90 days"),
        ("was_in(northern, 60 days ago)", 1, "What city was in the past is not on record"),
        ("was_in(regulars, 60 days)", 18, "was_in(segment, 60 days ago)"),
        ("has_tag(vip, x)", 1, "has_tag('vip')"),
        ("clv(1) > 2", 1, "horizon is a duration"),
        ("clv > 2", 1, "It takes: horizon"),
        ("consent('offer', 'email')", 9, 'Did you mean "offers"?'),
        ("sum(deal) > 1", 5, "sum(deal.value)"),
        ("sum(tasting.wine) > 1", 5, "needs one number per row"),
        ("is_birthday(points)", 13, "A date field is needed here"),
        ("points = 1\n  and pionts = 2", 7, 'Did you mean "points"?'),
        ("name = \"x\"", 8, "single quotes"),
        ("name = 'x", 8, "Close it"),
        ("points == 1", 9, "Write = once"),
        ("points = 1 adn vegan", 12, 'Did you mean "and"?'),
        ("points = 1; drop table customer", 11, "no part of the language"),
        ("birthday = 2025-02-30", 12, "no such day"),
        ("points = 1e999", 10, "at most 18 digits"),
        ("points = 1e99999999999999999999", 10, "at most 18 digits"),
        ("created > 999999 years ago", 11, "at most 1,000 years"),
        ("points = ", 9, "ends too early"),
        ("remark contains ''", 17, "from 1 to 200 characters"),
        ("not" * 3, 1, "There is no field"),
    ],
)  # fmt: skip
def test_refusals(text: str, column: int, says: str) -> None:
    """An error points at its place, says what was expected or the nearest name, and has exit status 5."""
    with pytest.raises(PredicateError) as caught:
        parse(text, WORDS)
    assert says in str(caught.value)
    assert caught.value.details["column"] == column, str(caught.value)
    assert caught.value.exit_status == 5
    assert "^" in caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        "(" * 3000 + "points = 1" + ")" * 3000,
        "not " * 3000 + "vegan",
        "-" * 6000 + "1 = 1",
        "1" + " + 1" * 3000 + " = 1",
        " or ".join(["points = 1"] * 3000),
        "points in (" + ", ".join(["1"] * 7000) + ")",
        "points = " + "9" * 19_000,
        "name = '" + "x" * 30_000 + "'",
        "points" + " * points" * 40 + " > 1",
        "any(a, " * 200 + "vegan" + ")" * 200,
        "vegan\0",
        "vegan and \ud800",
        "\u202evegan",
        "' or 1=1 --",
        "name = 'a' or 'a'='a' union select",
        "",
        "   \n ",
        "points = 0x10",
        "points = NaN",
        "count(purchase where amount > (select 1)) > 0",
    ],
)
def test_hostile(text: str) -> None:
    """Damaged and hostile texts are refused clearly, and before anybody has waited for ever."""
    with pytest.raises(PredicateError):
        parse(text, WORDS)


def test_loops() -> None:
    """Segments and formulas that refer to themselves are refused, naming the way round."""
    words = context(
        segments={"a": "in(b)", "b": "vegan or was_in(a, 1 day ago)"}, formulas={"x": "y + 1", "y": "x * 2"}
    )
    with pytest.raises(PredicateError, match="segment a → segment b → segment a"):
        parse("in(a)", words)
    with pytest.raises(PredicateError, match="trait x → trait y → trait x"):
        parse("x > 1", words)


def test_inside_a_segment() -> None:
    """An error inside a segment is shown in the segment's own text, by name."""
    words = context(segments={"a": "pionts > 1"})
    with pytest.raises(PredicateError, match=r'column 1 of segment "a"'):
        parse("vegan and in(a)", words)


def test_segments_that_double() -> None:
    """Segments that use each other twice do not take exponential time, which would be years here; together
    they may grow too large."""
    segments = {"s0": "points = 1"} | {f"s{n}": f"in(s{n - 1}) or in(s{n - 1})" for n in range(1, 40)}
    with pytest.raises(PredicateError, match="at most 5,000 parts"):
        parse("in(s39)", context(segments=segments))


@pytest.mark.parametrize(
    "data",
    [
        None, {}, {"version": 2, "predicate": {"name": "vegan"}}, {"version": 1, "predicate": []},
        {"version": 1, "predicate": {"op": "xor", "args": []}},
        {"version": 1, "predicate": {"name": "a or b"}},
        {"version": 1, "predicate": {"op": "not", "args": []}},
        {"version": 1, "predicate": {"number": "1e99999"}},
        {"version": 1, "predicate": {"call": "count", "args": [{"window": ["last", [1, "day) or (1"]]}]}},
        {"version": 1, "predicate": {"text": "a\nb"}}, {"version": 1, "predicate": {"op": ["="], "args": []}},
        {"version": 1, "predicate": {"call": "in", "args": []}}, {"version": 1, "predicate": {"bool": 1}},
    ],
)  # fmt: skip
def test_damaged_json(data: object) -> None:
    """What is not the JSON form is refused."""
    with pytest.raises(PredicateError):
        from_json(data, WORDS)


def test_deep_json() -> None:
    """JSON nested thousands deep is refused, not followed."""
    node: dict[str, object] = {"name": "vegan"}
    for _ in range(900):
        node = {"op": "not", "args": [node]}
    with pytest.raises(PredicateError, match="nested"):
        from_json({"version": 1, "predicate": node}, WORDS)


def test_values() -> None:
    """A value can stand alone, for a column or an order."""
    assert formatted(parse_value("sum(purchase)/count(purchase)", WORDS)) == "sum(purchase) / count(purchase)"
    with pytest.raises(PredicateError, match="this is a condition"):
        parse_value("points > 1", WORDS)


def test_words_of_the_same_name() -> None:
    """Qualified names tell words apart; keywords that are words elsewhere stay usable."""
    predicate = parse("weather.height > tides.height and sum(tasting.glasses) > 0", WORDS)
    assert formatted(predicate) == "weather.height > tides.height and sum(tasting.glasses) > 0"
    assert formatted(parse("points = 1 AND NOT vegan", WORDS)) == "points = 1 and not vegan"
