"""By what metrics are grouped: what customers are, where and how contact was made, and when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import frozen

from crmkit.core.errors import Invalid
from crmkit.core.metrics.labels import yes_or_no
from crmkit.core.metrics.naming import unknown_grouping
from crmkit.core.metrics.past import attribute_at, field_at
from crmkit.core.phrase import phrase
from crmkit.core.rates.local_days import iso_day

if TYPE_CHECKING:
    from crmkit.core.metrics.question import MetricQuestion
    from crmkit.core.model.words import Field, Metric
    from crmkit.core.words.registry import Words

Attach = Callable[["MetricQuestion", Any], Any]
_ATTRIBUTES: Final[Mapping[str, tuple[str, str]]] = {
    "lifecycle": ("lifecycle", "text"),
    "owner": ("owner_id", "number"),
    "is_organization": ("is_organization", "bool"),
    "locale": ("locale", "text"),
}
_PLACES: Final = ("city", "region", "country")
_CONTACT: Final[Mapping[str, str]] = {
    "outlet": "outlet", "channel": "channel", "type": "type", "direction": "direction", "source": "source",
    "employee": "employee_id",
}  # fmt: skip
_TIME: Final = ("day", "week", "month", "year")
_TRAITS: Final = ("customer_type", "level")
# Members of a segment, and everybody else: `segment:vip`.
_SEGMENT: Final = "segment:"


@frozen(kw_only=True, eq=False)
class Grouping:
    """One way to group: `kind` is customer, contact, time or own (the metric itself makes the groups)."""

    name: str
    kind: str
    attach: Attach
    show: str = "text"

    def shown(
        self, connection: sa.Connection, question: MetricQuestion, keys: Iterable[Any]
    ) -> dict[Any, str]:
        """What groups are called, by their keys."""
        present = [key for key in keys if key is not None]
        if self.show == "employee" and present:
            table = question.tables.employee
            rows = connection.execute(sa.select(table.c.id, table.c.name).where(table.c.id.in_(present)))
            return {row.id: row.name for row in rows}
        if self.show == "bool":
            return {key: yes_or_no(key) for key in present}
        if self.show == "field":
            return {key: question.label(self.name, key) for key in present}
        return {key: str(key) for key in present}


def grouping(by: str, metric: Metric, words: Words) -> Grouping:
    """The grouping called `by`. Raises `NotFound` with the nearest name, `Invalid` where it does not suit."""
    found = _own(by, metric) or _known(by, words)
    if found is None:
        raise unknown_grouping(by, available(metric, words))
    if found.kind not in metric.groups and found.kind != "own":
        raise Invalid(
            phrase(
                "{metric} cannot be grouped by {by}: {why}", metric=metric.name, by=by, why=_WHY[found.kind]
            ),
            hint=phrase("It can be by: {available}", available=", ".join(available(metric, words))),
        )
    return found


_WHY: Final[Mapping[str, str]] = {
    "customer": phrase("it is not about single customers"),
    "contact": phrase("it is about customers, not about single contacts"),
    "time": phrase("it is about one moment"),
}


def available(metric: Metric, words: Words) -> list[str]:
    """Everything by which `metric` can be grouped."""
    of_customers = [*_TRAITS, *_ATTRIBUTES, *_PLACES, *(field.name for field in words.fields)]
    names = {"customer": of_customers, "contact": [*_CONTACT], "time": [*_TIME]}
    return [name for kind in metric.groups for name in names.get(kind, [kind])]


def _own(by: str, metric: Metric) -> Grouping | None:
    if by in metric.groups and by not in _WHY:
        return Grouping(name=by, kind="own", attach=lambda _, rows: rows)
    return None


def _known(by: str, words: Words) -> Grouping | None:
    if by.startswith(_SEGMENT):
        return _of_segment(by, words.segments[by.removeprefix(_SEGMENT)].name)
    return _plain(by, words)


def _plain(by: str, words: Words) -> Grouping | None:
    if by in _CONTACT:
        show = "employee" if by == "employee" else "text"
        return Grouping(name=by, kind="contact", attach=_by_column(_CONTACT[by]), show=show)
    if by in _TIME:
        return Grouping(name=by, kind="time", attach=_by_time(by))
    if by in _ATTRIBUTES:
        column, kind = _ATTRIBUTES[by]
        show = {"owner": "employee", "is_organization": "bool"}.get(by, "text")
        return _of_customers(by, lambda question: attribute_at(question, column, kind), show=show)
    if by in _PLACES:
        return _of_customers(by, lambda question: _place(question, by))
    if by in _TRAITS:
        return _of_customers(by, lambda question: question.trait(by))
    field = words.fields.get(by)
    return None if field is None else _field(field)


def _of_segment(by: str, segment: str) -> Grouping:
    def labels(question: MetricQuestion) -> Any:
        members = question.select_members(f"in({segment})", question.at).subquery("members")
        return sa.select(
            members.c[0].label("customer_id"), sa.literal(segment, sa.Text).label("value")
        ).subquery("of_segment")

    return _of_customers(by, labels)


def _field(field: Field) -> Grouping:
    if field.type == "multi-choice":
        return _of_customers(field.name, lambda question: _choices(question, field))
    return _of_customers(field.name, lambda question: field_at(question, field), show="field")


def _of_customers(name: str, labels: Callable[[MetricQuestion], Any], *, show: str = "text") -> Grouping:
    def attach(question: MetricQuestion, rows: Any) -> Any:
        label = labels(question)
        joined = rows.outerjoin(label, label.c.customer_id == rows.c.customer_id)
        return sa.select(*rows.c, label.c.value.label("grp")).select_from(joined).subquery("grouped")

    return Grouping(name=name, kind="customer", attach=attach, show=show)


def _by_column(column: str) -> Attach:
    return lambda _, rows: sa.select(*rows.c, rows.c[column].label("grp")).subquery("grouped")


def _by_time(unit: str) -> Attach:
    def attach(question: MetricQuestion, rows: Any) -> Any:
        number = question.day_number(rows.c.occurred_at)
        numbered = sa.select(*rows.c, number.label("day_number")).subquery("dated")
        label = _time_label(numbered.c.day_number, unit, question.dialect)
        return sa.select(*(numbered.c[each.key] for each in rows.c), label.label("grp")).subquery("grouped")

    return attach


def _time_label(day: Any, unit: str, dialect: str) -> Any:
    """The day, the Monday of the week, the month or the year, as text that sorts."""
    if unit == "week":
        # Day 0 of 1970 was a Thursday; the far past keeps the remainder from being negative.
        day = day - (day + sa.literal(7_000_003, sa.BigInteger)) % sa.literal(7, sa.BigInteger)
    text = iso_day(day, dialect)
    width = {"month": 7, "year": 4}.get(unit)
    return sa.func.substr(text, 1, width, type_=sa.Text()) if width else text


def _place(question: MetricQuestion, name: str) -> Any:
    """City, region or country of the primary address, as it is on record now."""
    if question.at_past:
        raise Invalid(
            phrase(
                "Where customers lived then is not on record, so they cannot be grouped by {name}", name=name
            ),
            hint="Group as of now, or by what has a past: lifecycle, owner, customer_type, a field.",
        )
    point = question.tables.contact_point
    primary = sa.select(point.c.customer_id, sa.func.min(point.c[name]).label("value")).where(
        point.c.kind == "address", point.c.is_primary == 1
    )
    return primary.group_by(point.c.customer_id).subquery()


def _choices(question: MetricQuestion, field: Field) -> Any:
    """Every choice of a multi-choice field: who chose two is in both groups."""
    if question.at_past:
        raise Invalid(
            phrase("What {field} was in the past is not on record", field=field.name),
            hint="Group as of now.",
        )
    choice = question.tables.customer_choice
    return sa.select(choice.c.customer_id, choice.c.value).where(choice.c.field == field.name).subquery()


def in_order(groups: Sequence[Any], grouping: Grouping) -> list[Any]:
    """Groups by time in its order, others the largest first; what belongs to no group last."""
    by_name = sorted(groups, key=lambda each: each.group or "")
    if grouping.kind == "time":
        return by_name
    return sorted(by_name, key=lambda each: (each.group is None, -each.numerator))
