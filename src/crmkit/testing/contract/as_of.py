"""Whether what a plugin says of the past stays what it was."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.core.errors import CrmError, PluginError
from crmkit.core.language import N_
from crmkit.core.model.customer import CustomerDraft
from crmkit.core.phrase import phrase
from crmkit.core.traits.selecting import needs_instant
from crmkit.testing.contract import living
from crmkit.testing.contract.applying import NotConcerned

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.model.words import Trait
    from crmkit.testing.contract.subject import Subject

# What crmkit gives to a trait's statement by itself.
_GIVEN: Final = {"as_of", "tables", "past", "tz", "currency", "worth", "whose"}
_PAUSE: Final = 40  # days


def as_of(subject: Subject) -> Iterator[str]:
    """Traits and metrics answer, and say of an instant in the past what they said then, whatever happened."""
    with subject.business() as crm:
        own = [word for word in crm.words.traits if word.owner == subject.name]
        traits = [word for word in own if _looks_back(word)]
        metrics = [word.name for word in crm.words.metrics if word.owner == subject.name and word.past]
        if not own and not metrics:
            raise NotConcerned(N_("it has no trait and no metric"))
        people = living.settle(crm, subject)
        living.live(crm, subject, people)
        if faults := list(_at_present(crm, subject, own, metrics, people)):
            yield from faults
            return
        crm.clock.sleep(_PAUSE * 86_400)
        then = crm.clock.now()
        before = _said(crm, subject, traits, metrics, people, then)
        crm.clock.sleep(_PAUSE * 86_400)
        living.live(crm, subject, people)
        crm.clock.sleep(1)
        _take_back(crm, then)
        crm.customers.save(CustomerDraft(id=people[0], lifecycle="former"))
        living.catch_up(crm)
        after = _said(crm, subject, traits, metrics, people, then)
    for what, said in before.items():
        if said != after.get(what, said):
            yield (
                phrase(
                    "{what} was {said} and, asked later as of that same instant, is {after}; look only at "
                    "what was known at as_of, or say past=False",
                    what=what,
                    said=said,
                    after=after[what],
                )
            )


def _at_present(
    crm: Crm, subject: Subject, traits: Sequence[Trait], metrics: Sequence[str], people: Sequence[int]
) -> Iterator[str]:
    """What is wrong with what is asked as of now: it fails, or has more than one answer for a customer."""
    for word in traits:
        given = subject.samples.get(word.name, {})
        if word.formula or _lacking(word, given):
            continue
        try:
            crm.trait(word.name, people[0], **given)
        except PluginError as error:
            yield error.message
            continue
        except CrmError:  # it needs what nobody can make up
            continue
        if repeated := _repeated(crm, word, given):
            yield phrase(
                "the trait {name} gives {count} rows for customer {customer}, who counts as often in every "
                "list; group its rows by customer_id",
                name=word.name,
                count=repeated[1],
                customer=repeated[0],
            )
    for name in metrics:
        try:
            crm.metrics.value(_asked(name, subject))
        except PluginError as error:
            yield error.message
        except CrmError:
            continue


def _repeated(crm: Crm, word: Trait, given: Any) -> Any:
    """(customer, number of rows) of the first for whom a trait's statement has several, if there is one.

    One that asks for more than the instant is left out: what else it is given is only there in a condition.
    """
    if word.select is None or not needs_instant(word):
        return None
    takes = inspect.signature(word.select).parameters
    offered = {"as_of": crm.clock.now(), "tables": crm.tables, "past": False, **given}
    if any(each.default is each.empty and each.name not in offered for each in takes.values()):
        return None
    rows = word.select(**{name: value for name, value in offered.items() if name in takes}).subquery()
    customer, count = rows.c[0], sa.func.count()
    several = sa.select(customer, count).group_by(customer).having(count > 1).order_by(customer)
    with crm.reading() as execute:
        return execute(several).first()


def _looks_back(word: Trait) -> bool:
    return word.past and word.compute is None


def _said(
    crm: Crm,
    subject: Subject,
    traits: Sequence[Trait],
    metrics: Sequence[str],
    people: Sequence[int],
    then: int,
) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for word in traits:
        given = subject.samples.get(word.name, {})
        if _lacking(word, given):
            continue
        for person in people:
            try:
                value = crm.trait(word.name, person, as_of=then, **given)
            except CrmError:  # it is refused where the past is asked for, which is honest
                continue
            said[f"the trait {word.name} of customer {person}"] = value
    for name in metrics:
        try:
            found = crm.metrics.value(_asked(name, subject), as_of=then)
        except CrmError:  # it needs what nobody can make up: arguments, a rate
            continue
        said[f"the metric {name}"] = (found.numerator, found.denominator)
    return said


def _asked(name: str, subject: Subject) -> str:
    arguments = ", ".join(str(value) for value in subject.samples.get(name, {}).values())
    return f"{name}({arguments})" if arguments else name


def _lacking(word: Trait, given: Any) -> bool:
    """Whether it needs arguments that nobody gave."""
    if word.select is None or not needs_instant(word):
        return False
    takes = inspect.signature(word.select).parameters.values()
    return any(
        each.default is each.empty
        and each.name not in {*_GIVEN, *given}
        and each.kind is not each.VAR_KEYWORD
        for each in takes
    )


def _take_back(crm: Crm, then: int) -> None:
    """Void one contact of each type from before."""
    seen: dict[str, int] = {}
    for each in crm.interactions.list(limit=200).interactions:
        if each.recorded_at < then and each.type != "voided":
            seen[each.type] = each.seq
    for seq in seen.values():
        try:
            crm.interactions.void(seq, "it never happened")
        except CrmError:  # the plugin has a say in it
            continue
