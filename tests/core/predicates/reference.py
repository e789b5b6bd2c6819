"""What a predicate means, said again, slowly and plainly: row by row, in Python. Only tests use it."""

from __future__ import annotations

import calendar
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from operator import eq, ge, gt, le, lt, ne
from typing import Any
from zoneinfo import ZoneInfo

from crmkit.core.normalise.fold import fold
from crmkit.core.predicates import tree as t
from crmkit.core.predicates.attributes import ATTRIBUTES
from crmkit.core.predicates.context import Context

TESTS = {"=": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}
UTC = ZoneInfo("UTC")
# Decimals of each currency's minor unit.
DIGITS = {"PLN": 2, "EUR": 2, "JPY": 0, "KWD": 3}
HOUR = 3_600_000_000
DAY = 24 * HOUR


def every(truths: Sequence[bool | None]) -> bool | None:
    """And."""
    return False if False in truths else None if None in truths else True


def some(truths: Sequence[bool | None]) -> bool | None:
    """Or."""
    return True if True in truths else None if None in truths else False


class Reference:
    """One business's rows at one moment of asking."""

    def __init__(
        self,
        context: Context,
        rows: Mapping[str, Sequence[Mapping[str, Any]]],
        now: int,
        rates: Sequence[tuple[str, date, Decimal]] = (),
    ) -> None:
        self.context = context
        self.rows = rows
        self.now = now
        self.rates = rates

    def members(self, condition: Any, *, past: bool = False) -> set[int]:
        """The customers of whom the condition is true."""
        return {
            row["id"]
            for row in self.rows["customer"]
            if self.truth(condition, row["id"], self.now, past) is True
        }

    def truth(self, node: Any, who: int, now: int, past: bool) -> bool | None:
        """True, False or None for unknown."""
        match node:
            case t.AllOf(items):
                return every([self.truth(each, who, now, past) for each in items])
            case t.AnyOf(items):
                return some([self.truth(each, who, now, past) for each in items])
            case t.Not(item):
                found = self.truth(item, who, now, past)
                return None if found is None else not found
            case t.InSegment(_, condition):
                return self.truth(condition, who, now, past)
            case t.WasIn(_, ago, condition):
                return self.truth(condition, who, before(now, ago, self.context.tz), True)
            case t.HasTag(tag):
                return self.tagged(who, tag, now, past)
            case t.Consented(purpose, channel):
                said = [
                    (row["at"], row["id"], row["state"])
                    for row in self.rows.get("consent", ())
                    if (row["customer_id"], row["purpose"], row["channel"]) == (who, purpose, channel)
                    and row["at"] <= now
                ]
                return bool(said) and max(said)[2] == "granted"
            case t.Related(kind, condition):
                day = local(now, self.context.tz).date().isoformat()
                return any(
                    self.truth(condition, row["other_id"], now, past) is True
                    for row in self.rows.get("relationship", ())
                    if row["customer_id"] == who
                    and row["kind"] == kind
                    and (row["since"] is None or row["since"] <= day)
                    and (row["until"] is None or row["until"] > day)
                )
        return self.test(
            node, lambda value: self.value(value, who, now, past), lambda s: self.several(s, who), now
        )

    def test(self, node: Any, value: Any, several: Any, now: int) -> bool | None:
        """A condition about values."""
        match node:
            case t.Holds(each):
                found = value(each)
                return None if found is None else bool(found)
            case t.IsNull(t.Several() as each):
                return not several(each)
            case t.IsNull(each):
                return value(each) is None
            case t.Birthday(each, within):
                found = value(each)
                return None if found is None else birthday(found, within, local(now, self.context.tz).date())
            case t.Between(each, low, high):
                parts = [t.Compare(">=", each, low), t.Compare("<=", each, high)]
                return every([self.test(part, value, several, now) for part in parts])
        about = node.left if isinstance(node, t.Compare) else node.value
        if not isinstance(about, t.Several):
            return self.single(node, about, value(about), value, now)
        values = several(about)
        if not values:
            return None
        positive = (
            t.Compare("=", node.left, node.right)
            if isinstance(node, t.Compare) and node.operator == "!="
            else node
        )
        met = any(self.single(positive, about, each, value, now) for each in values)
        return met if positive is node else not met

    def single(self, node: Any, about: Any, one: Any, value: Any, now: int) -> bool | None:
        """A condition about one value."""
        match node:
            case t.OneOf(_, items):
                return some([self.compare("=", about, item, one, value(item), now) for item in items])
            case t.Matches(how, _, text):
                if one is None:
                    return None
                loose = loosely(text)
                return loosely(one).startswith(loose) if how == "starts" else loose in loosely(one)
        return self.compare(node.operator, node.left, node.right, one, value(node.right), now)

    def compare(self, operator: str, left: Any, right: Any, one: Any, two: Any, now: int) -> bool | None:
        """A comparison in three values."""
        if "employee" in (left.type.kind, right.type.kind):
            ids = [r["id"] for r in self.rows["employee"] if r["fold"] == fold(str(two)) or r["email"] == two]
            return None if one is None else (one in ids) == (operator == "=")
        if one is None or two is None:
            return None
        if left.type.is_numeric:
            one, two = numbers(left, right, one, two)
        elif {left.type.kind, right.type.kind} & {"date", "instant"}:
            return self.times(operator, left, right, one, two)
        elif left.type.kind == "bool":
            one, two = bool(one), bool(two)
        return bool(TESTS[operator](one, two))

    def times(self, operator: str, left: Any, right: Any, one: Any, two: Any) -> bool:
        """Dates and instants; a day compared with an instant is all of its instants."""
        if isinstance(one, int) and isinstance(two, date):
            day = local(one, self.context.tz).date()
            return bool(TESTS[operator](day, two))
        if isinstance(one, date) and isinstance(two, int):
            if isinstance(left, t.Constant | t.Today):
                return bool(TESTS[operator](one, local(two, self.context.tz).date()))
            two = local(two, self.context.tz).date()
        return bool(TESTS[operator](one, two))

    def several(self, node: t.Several, who: int) -> list[Any]:
        """The values of a word that may have many."""
        if node.group == "choice":
            rows = self.rows.get("customer_choice", ())
            return [r["value"] for r in rows if r["customer_id"] == who and r["field"] == node.name]
        word = ATTRIBUTES[node.name]
        rows = self.rows.get("contact_point", ())
        found = [r[word.column] for r in rows if r["customer_id"] == who and r["kind"] == word.kind]
        return [each for each in found if each is not None]

    def value(self, node: Any, who: int, now: int, past: bool) -> Any:
        """A value: whole numbers in their own unit, arithmetic as floats in major units."""
        match node:
            case t.Constant(_, datetime() as wall):
                return instant(wall, self.context.tz)
            case t.Constant(_, value):
                return value
            case t.Ago(duration):
                return before(now, duration, self.context.tz)
            case t.Today():
                return local(now, self.context.tz).date()
            case t.Formula(_, inner):
                return self.value(inner, who, now, past)
            case t.Arithmetic(operator, left, right):
                one, two = (self.value(each, who, now, past) for each in (left, right))
                return calculated(operator, major(left, one), major(right, two))
            case t.Attribute(name):
                return self.attribute(name, who, now, past)
            case t.FieldValue(name, type_):
                row = next((r for r in self.rows.get("customer_field", ()) if r["customer_id"] == who), {})
                found = self.as_of("field", name, who, row.get(name), now, past)
                return date.fromisoformat(found) if found is not None and type_.kind == "date" else found
        return self.aggregate(node, who, now, past)

    def attribute(self, name: str, who: int, now: int, past: bool) -> Any:
        """A word of the core."""
        word = ATTRIBUTES[name]
        row = next(each for each in self.rows["customer"] if each["id"] == who)
        found = row[word.column]
        if name not in ("id", "uid", "created", "source"):
            found = self.as_of("customer", word.column, who, found, now, past)
        return found is not None if word.place == "presence" else found

    def as_of(self, entity: str, name: str, who: int, current: Any, now: int, past: bool) -> Any:
        """`old` of the first later change, else the current value."""
        later = [
            (row["seq"], row["old"])
            for row in self.rows.get("change", ())
            if (row["entity"], row["field"], row["entity_id"]) == (entity, name, who)
            and row["customer_id"] == who
            and row["action"] == "changed"
            and row["at"] > now
        ]
        if not past or not later:
            return current
        old = min(later)[1]
        return None if old is None else json.loads(old)

    def tagged(self, who: int, tag: str, now: int, past: bool) -> bool:
        """Whether the customer carries the tag, or did."""
        mine = [r for r in self.rows.get("customer_tag", ()) if r["customer_id"] == who and r["tag"] == tag]
        if not past:
            return bool(mine)
        later: dict[int, list[tuple[int, str]]] = {}
        for row in self.rows.get("change", ()):
            of_tag = json.dumps(tag, ensure_ascii=False) in (row["old"], row["new"])
            if row["entity"] == "tag" and row["customer_id"] == who and row["at"] > now and of_tag:
                later.setdefault(row["entity_id"], []).append((row["seq"], row["action"]))
        return any(min(each)[1] == "removed" for each in later.values()) or any(
            r["id"] not in later for r in mine
        )

    def aggregate(self, node: t.Aggregate, who: int, now: int, past: bool) -> Any:
        """An aggregate over the rows that count."""
        rows = [row for row in self.counted(node, who, now, past) if self.in_window(row, node.window, now)]
        rows = [row for row in rows if node.where is None or self.row_truth(node.where, row, now) is True]
        times = [row["occurred_at"] for row in rows]
        match node.function:
            case "count":
                return len(rows)
            case "exists":
                return bool(rows)
            case "first":
                return min(times, default=None)
            case "last":
                return max(times, default=None)
            case "days_since":
                return (now - max(times)) // DAY if times else None
        assert node.key is not None
        values = [each for row in rows if (each := self.key(node.key, row)) is not None]
        match node.function:
            case "sum":
                return sum(values)
            case "avg":
                total = sum(values) if values else None
                return None if total is None else major(node.key, float(total) / len(values))
            case "min":
                return min(values, default=None)
        return max(values, default=None)

    def counted(self, node: t.Aggregate, who: int, now: int, past: bool) -> list[Any]:
        """The rows of the source that were on record and in force."""
        if node.source.kind == "record":
            rows = [{**r, "occurred_at": r["created_at"]} for r in self.rows.get(node.source.name, ())]
            return [r for r in rows if r["customer_id"] == who]
        log = self.rows.get("interaction", ())
        known = {row["seq"]: row["known_at"] for row in log}
        found = []
        for row in log:
            if (
                row["customer_id"] != who
                or row["type"] != node.source.name
                or (past and row["known_at"] > now)
            ):
                continue
            successor = row["superseded_by"]
            if successor is None or (past and known[successor] > now):
                found.append(row)
        return found

    def in_window(self, row: Any, window: t.Window | None, now: int) -> bool:
        """Whether a row lies in the window, and not in the future."""
        at, tz = row["occurred_at"], self.context.tz
        if at > now:
            return False
        if window is None:
            return True
        if window.kind == "last":
            return bool(at > before(now, window.first, tz))
        if window.kind == "this":
            day, today = local(at, tz).date(), local(now, tz).date()
            return bool(period(day, str(window.first)) == period(today, str(window.first)))
        first = instant(window.first, tz)
        if window.kind == "until":
            return bool(at < first)
        return bool(first <= at and (window.kind == "since" or at < instant(window.second, tz)))

    def row_truth(self, node: Any, row: Any, now: int) -> bool | None:
        """A condition inside `where`."""
        match node:
            case t.AllOf(items):
                return every([self.row_truth(each, row, now) for each in items])
            case t.AnyOf(items):
                return some([self.row_truth(each, row, now) for each in items])
            case t.Not(item):
                found = self.row_truth(item, row, now)
                return None if found is None else not found

        def value(each: Any) -> Any:
            if isinstance(each, t.Key):
                return self.key(each, row)
            if isinstance(each, t.Arithmetic):
                one, two = value(each.left), value(each.right)
                return calculated(each.operator, major(each.left, one), major(each.right, two))
            return self.value(each, 0, now, False)

        return self.test(node, value, lambda each: self.elements(each, row), now)

    def elements(self, node: t.Several, row: Any) -> list[Any]:
        """The values in a payload's list."""
        name, _, key = node.name.partition(".")
        found = json.loads(row["payload"]).get(name) or ()
        values = [each.get(key) for each in found] if key else list(found)
        return [each for each in (payload_value(value, node.type) for value in values) if each is not None]

    def key(self, node: t.Key, row: Any) -> Any:
        """A key of a row."""
        if node.place == "payload":
            return payload_value(json.loads(row["payload"]).get(node.name), node.type)
        if node.name == "amount" and row.get("currency") not in (None, self.context.currency):
            return self.worth(row)
        column = {"at": "occurred_at", "employee": "employee_id"}.get(node.name, node.name)
        return row[column]

    def worth(self, row: Any) -> float | None:
        """An amount in another currency, in minor units of the business's own, at the rate of its day."""
        if row["amount"] is None:
            return None
        day = local(row["occurred_at"], self.context.tz).date()
        rate = max((on, rate) for name, on, rate in self.rates if name == row["currency"] and on <= day)[1]
        own = Decimal(row["amount"]) / 10 ** DIGITS[row["currency"]] * rate
        return float(own * 10 ** DIGITS[self.context.currency])


def payload_value(value: Any, type_: t.Type) -> Any:
    """A payload's value where it is of the type that is wanted."""
    if type_.is_numeric:
        if isinstance(value, bool) or not re.fullmatch(r"-?\d+(\.\d+)?", str(value)):
            return None
        return float(value)
    wanted = bool if type_.kind == "bool" else str
    return value if isinstance(value, wanted) else None


def numbers(left: Any, right: Any, one: Any, two: Any) -> tuple[Any, Any]:
    """Whole numbers of one unit compare as they are, all else as floats in major units."""
    scales = {each.type.scale for each in (left, right) if not isinstance(each, t.Constant)}
    scale = next(iter(scales)) if len(scales) == 1 else None
    if scale is None:
        return major(left, one), major(right, two)
    scaled = [
        Decimal(v).scaleb(scale) if isinstance(n, t.Constant) else v for n, v in ((left, one), (right, two))
    ]
    if any(each != int(each) for each in scaled):
        return major(left, one), major(right, two)
    return int(scaled[0]), int(scaled[1])


def major(node: Any, value: Any) -> float | None:
    """The value as a float in major units."""
    while isinstance(node, t.Formula):
        node = node.value
    if value is None:
        return None
    if isinstance(node, t.Constant | t.Arithmetic) or not node.type.scale:
        return float(value)
    return float(value) / float(10**node.type.scale)


def calculated(operator: str, one: float | None, two: float | None) -> float | None:
    """Arithmetic; with nothing there is nothing, and nothing comes of dividing by zero."""
    if one is None or two is None or (operator == "/" and two == 0):
        return None
    return {"+": lambda: one + two, "-": lambda: one - two, "*": lambda: one * two, "/": lambda: one / two}[
        operator
    ]()


def local(at: int, tz: ZoneInfo) -> datetime:
    """Local wall time."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)).astimezone(tz)


def instant(wall: Any, tz: ZoneInfo) -> int:
    """The instant of local wall time; inside a gap the end of the gap."""
    if not isinstance(wall, datetime):
        wall = datetime(wall.year, wall.month, wall.day)  # noqa: DTZ001
    at = wall.replace(tzinfo=tz).astimezone(UTC)
    if at.astimezone(tz).replace(tzinfo=None) != wall:
        step = wall
        while instant_exists(step, tz) is None:
            step += timedelta(minutes=1)
        at = step.replace(tzinfo=tz, second=0, microsecond=0).astimezone(UTC)
    return int((at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1))


def instant_exists(wall: datetime, tz: ZoneInfo) -> datetime | None:
    """Local wall time that the clocks do show, or None."""
    return (
        wall if wall.replace(tzinfo=tz).astimezone(UTC).astimezone(tz).replace(tzinfo=None) == wall else None
    )


@lru_cache(10_000)
def before(now: int, duration: Any, tz: ZoneInfo) -> int:
    """The instant so long before."""
    if duration.unit == "hour":
        return int(now - duration.amount * HOUR)
    if not duration.amount:
        return now
    wall = local(now, tz).replace(tzinfo=None)
    if duration.unit in ("day", "week"):
        return instant(wall - timedelta(days=duration.amount * (7 if duration.unit == "week" else 1)), tz)
    months = wall.year * 12 + wall.month - 1 - duration.amount * (12 if duration.unit == "year" else 1)
    year, month = divmod(months, 12)
    day = min(wall.day, calendar.monthrange(year, month + 1)[1])
    return instant(wall.replace(year=year, month=month + 1, day=day), tz)


def period(day: date, unit: str) -> Any:
    """What days of one period have in common."""
    return {"day": day, "week": day.isocalendar()[:2], "month": (day.year, day.month), "year": day.year}[unit]


def birthday(born: date, within: int, today: date) -> bool:
    """Whether the anniversary falls on one of the days; 29 February on the 28th where there is none."""
    for offset in range(within + 1):
        day = today + timedelta(days=offset)
        kept = (born.month, born.day)
        if kept == (2, 29) and not calendar.isleap(day.year):
            kept = (2, 28)
        if kept == (day.month, day.day):
            return True
    return False


@lru_cache(10_000)
def loosely(text: str) -> str:
    """Each character by what it is taken for."""
    from crmkit.core.predicates.sql.matching import loosely as one

    return "".join(one(char) for char in unicodedata.normalize("NFC", text))
