"""Two customers side by side, rule by rule, with the values that were compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from crmkit.core.duplicates.comparing import LEVELS
from crmkit.core.duplicates.finding import named
from crmkit.core.duplicates.judging import HOUSEHOLD, Judge
from crmkit.core.duplicates.person import Person
from crmkit.core.duplicates.rules import EXACT, SCALE, Rule
from crmkit.core.duplicates.values import Compared, Comparison
from crmkit.core.normalise import split_name

if TYPE_CHECKING:
    from crmkit.core.model.customer import Customer

_OF_ADDRESSES = ("postcode", "city", "region")


def comparison(
    judge: Judge, people: tuple[Person, Person], customers: tuple[Customer, Customer], state: str | None
) -> Comparison:
    """The pair as the rules see it. Rules that neither side has a value for are left out."""
    evidence = judge.evidence(*people)
    levels = dict(evidence)
    rows = []
    for position, rule in enumerate(judge.rules.rules):
        ours, theirs = (_values(rule, customer) for customer in customers)
        level = levels.get(position)
        if level is None and not (ours or theirs):
            continue
        if position == HOUSEHOLD:
            rows.append(_row(rule, None, (level or 0) / SCALE))
            continue
        points = 0 if level is None else judge.rules.points[position][level] / SCALE
        rows.append(_row(rule, None if level is None else LEVELS[level], points, ours, theirs))
    return Comparison(
        customer_id=people[0].id, other_id=people[1].id,
        score=judge.points(evidence) / SCALE if evidence else 0.0,
        threshold=judge.rules.threshold / SCALE, rules=rows,
        doubts=tuple(named(judge, *each) for each in judge.doubts(evidence)), state=state,
    )  # fmt: skip


def judged_comparison(
    judge: Judge, kept: Mapping[str, Any], customers: tuple[Customer, Customer], state: str | None
) -> Comparison:
    """The pair as another judge saw it when it was suggested, from the evidence on the list."""
    rules = {rule.name: rule for rule in judge.rules.rules}
    rows, score = [], 0.0
    for name, level, points in kept["evidence"]:
        rule = rules.get(name) or Rule(name, EXACT, 0, 0, 0)
        rows.append(_row(rule, level, points, *(_values(rule, customer) for customer in customers)))
        score += points
    return Comparison(
        customer_id=customers[0].id, other_id=customers[1].id, score=round(score, 3),
        threshold=kept["needed"], rules=rows, doubts=tuple(kept["doubts"]), state=state, judge=kept["judge"],
        probability=kept["probability"],
    )  # fmt: skip


def _row(
    rule: Rule, level: str | None, points: float, ours: tuple[str, ...] = (), theirs: tuple[str, ...] = ()
) -> Compared:
    return Compared(rule=rule.name, doc=rule.doc, level=level, points=points, ours=ours, theirs=theirs)


def _values(rule: Rule, customer: Customer) -> tuple[str, ...]:
    """What a customer has that the rule is about, as it was written."""
    if rule.field:
        value = customer.fields.get(rule.field)
        return () if value is None else (str(value),)
    if rule.name == "identity":
        return tuple(map(str, customer.identities))
    if rule.name in ("organization", "given_name", "family_name"):
        return _filled([_name(rule.name, customer)])
    return _filled(_reach(rule.name, customer))


def _reach(rule: str, customer: Customer) -> Iterator[str | None]:
    for point in customer.contact_points:
        if point.kind == rule:
            yield point.value
        elif point.kind == "address" and rule in _OF_ADDRESSES:
            yield getattr(point, rule)
        elif point.kind == "address" and rule in ("street", "house_number"):
            yield point.street or (None if point.city or point.postcode else point.value)


def _name(rule: str, customer: Customer) -> str:
    if customer.is_organization or rule == "organization":
        return customer.name if customer.is_organization and rule == "organization" else ""
    given, family = customer.given_name, customer.family_name
    if not given and not family:
        given, family = split_name(customer.name)
    return given if rule == "given_name" else family


def _filled(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
