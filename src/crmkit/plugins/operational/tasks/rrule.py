"""Rules by which a task comes again, as calendars write them: `RRULE:FREQ=WEEKLY;BYDAY=MO,TH` (RFC 5545)."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, Final

from attrs import field, frozen

from crmkit import ConfigError, Invalid
from crmkit.plugin import phrase

PREFIX: Final = "RRULE:"
_WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_UNITS: Final = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_PARTS: Final = frozenset(
    (
        "FREQ",
        "INTERVAL",
        "UNTIL",
        "WKST",
        "BYDAY",
        "BYMONTHDAY",
        "BYYEARDAY",
        "BYWEEKNO",
        "BYMONTH",
        "BYSETPOS",
    )
)
_DAYS: Final = ("BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO")
_RANGES: Final = {"BYMONTH": 12, "BYMONTHDAY": 31, "BYYEARDAY": 366, "BYWEEKNO": 53, "BYSETPOS": 366}
_MOST: Final = 999
# A rule that names no day in so many years names none: each 29 February that is a Monday comes after 28, and
# around a century without a leap day after 40.
_YEARS: Final = 41
_LEAP_YEAR: Final = date(2000, 1, 1)


@frozen(kw_only=True)
class CalendarRule:
    """A rule by days, weeks, months or years. `parts` are those of the standard: `{"FREQ": ["WEEKLY"]}`."""

    parts: dict[str, list[Any]] = field(factory=dict)

    @property
    def text(self) -> str:
        """The one way to write it; `parse_rrule` reads it."""
        from icalendar import vRecur

        rule: Any = vRecur(self.parts)
        return f"{PREFIX}{rule.to_ical().decode()}"

    @property
    def rrule(self) -> str:
        """The rule without the first word of `text`."""
        return self.text.removeprefix(PREFIX)

    def anchored(self, due: date) -> CalendarRule:
        """The rule with the day that it takes from the first task: of the week, month or year."""
        parts, unit = dict(self.parts), self.parts["FREQ"][0]
        if unit == "DAILY" or any(name in parts for name in _DAYS):
            return self
        if unit == "WEEKLY":
            parts["BYDAY"] = [_WEEKDAYS[due.weekday()]]
        else:
            parts["BYMONTHDAY"] = [due.day]
        if unit == "YEARLY" and "BYMONTH" not in parts:
            parts["BYMONTH"] = [due.month]
        return CalendarRule(parts=parts)

    def after(self, due: date, day: date) -> date | None:
        """The first day of the series after both `due` and `day`; None when it has ended."""
        from dateutil.rrule import rrulestr

        later = max(due, day)
        # What never comes would be looked for until the end of the calendar.
        years = _YEARS * int(self.parts.get("INTERVAL", [1])[0])
        last = date(min(later.year + years, date.max.year), 12, 31)
        parts = {**self.anchored(due).parts, "UNTIL": [min([last, *self.parts.get("UNTIL", ())])]}
        rule: Any = rrulestr(CalendarRule(parts=parts).text, dtstart=datetime.combine(due, time()))
        found = rule.after(datetime.combine(later, time()))
        return None if found is None else found.date()


def parse_rrule(text: str) -> CalendarRule:
    """The rule of `RRULE:FREQ=…`, with or without the first word. Raises `Invalid`, `ConfigError`."""
    try:
        from icalendar import vRecur
    except ImportError:
        raise ConfigError(
            "Rules of calendars need the package icalendar, which is not installed",
            hint="Install it: pip install 'crmkit[operational]'",
        ) from None
    written = "".join(text.upper().split()).removeprefix(PREFIX)
    names = [each.partition("=")[0] for each in written.split(";")]
    if twice := [name for name in names if names.count(name) > 1]:
        raise _refused(text, phrase("{part} stands there twice", part=twice[0]))
    try:
        parts = {str(name).upper(): list(values) for name, values in vRecur.from_ical(written).items()}
    except ValueError as error:
        raise _refused(text, str(error)) from None
    if why := _wrong(parts):
        raise _refused(text, why)
    if "UNTIL" in parts:
        last = parts["UNTIL"][0]
        parts["UNTIL"] = [last.date() if isinstance(last, datetime) else last]
    rule = CalendarRule(parts=parts)
    if _is_empty(rule):
        raise _refused(text, phrase("no day is ever in it"))
    return rule


def _is_empty(rule: CalendarRule) -> bool:
    """Whether it names days that there are not, such as 30 February."""
    parts = {name: values for name, values in rule.parts.items() if name not in ("UNTIL", "INTERVAL")}
    return CalendarRule(parts=parts).after(_LEAP_YEAR, _LEAP_YEAR) is None


def _wrong(parts: dict[str, list[Any]]) -> str:
    """What is wrong with the parts of a rule; empty if nothing is."""
    if [str(each).upper() for each in parts.get("FREQ", ())] not in [[unit] for unit in _UNITS]:
        return phrase("FREQ is one of {names}", names=", ".join(_UNITS))
    if "COUNT" in parts:
        return phrase("a task counts its own, so say the last day instead: UNTIL=20261231")
    if strange := sorted(set(parts) - _PARTS):
        return phrase("{part} says nothing about days", part=strange[0])
    if not 1 <= parts.get("INTERVAL", [1])[0] <= _MOST:
        return phrase("INTERVAL is from 1 to {most}", most=_MOST)
    for name, most in _RANGES.items():
        if any(not 1 <= abs(int(each)) <= most for each in parts.get(name, ())):
            return phrase("{part} goes up to {most}", part=name, most=most)
    return ""


def _refused(text: str, why: str) -> Invalid:
    return Invalid(
        phrase('"{text}" is not a rule of a calendar: {why}', text=text, why=why),
        hint='Write "RRULE:FREQ=WEEKLY;BYDAY=MO,TH", "RRULE:FREQ=MONTHLY;BYDAY=1FR" or "every monday".',
    )
