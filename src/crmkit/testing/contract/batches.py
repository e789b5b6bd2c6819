"""Whether a plugin's hooks answer for a batch as for its items one by one."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from crmkit.core.language import N_
from crmkit.core.phrase import phrase
from crmkit.core.plugins.hook_names import PREFIX
from crmkit.testing.contract import living

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.testing.contract.subject import Subject

_BATCH_ARGUMENTS: Final = {
    "before_customers_saved": "drafts",
    "after_customers_changed": "changes",
    "extend_profile": "customers",
    "extend_receipt": "interactions",
    "extend_privacy_export": "customers",
    "before_customers_erased": "customers",
    "before_interactions_recorded": "drafts",
    "review_proposals": "proposals",
    "after_interactions_recorded": "interactions",
}


def batches(subject: Subject) -> Iterator[str]:
    """Hooks work, leave the same for one batch as for its items one by one, and bear an empty batch."""
    with subject.business() as crm:
        yield from _empty_batches(crm, subject.name)
    failures = list(_failures(subject))
    if failures:  # what they leave says nothing then
        yield from failures
        return
    together, singly = _outcome(subject, _all_at_once), _outcome(subject, _one_by_one)
    for what, left in together.items():
        if left != singly[what]:
            yield (
                phrase(
                    "{what}: one batch leaves {left!r}, its items one by one leave {singly!r}; a hook must "
                    "look at each item of its batch",
                    what=what,
                    left=left,
                    singly=singly[what],
                )
            )


def _empty_batches(crm: Crm, name: str) -> Iterator[str]:
    module = crm.plugins[name].module
    for hook, argument in _BATCH_ARGUMENTS.items():
        function = getattr(module, PREFIX + hook, None)
        if function is None:
            continue
        with crm.transaction() as tx:
            given = {argument: (), "crm": crm, "tx": tx, "settings": crm.plugins.settings(name)}
            try:
                answer = function(**{each: given[each] for each in inspect.signature(function).parameters})
                answered = list(answer or ())
            except Exception as error:  # noqa: BLE001 - whatever it raises is the finding
                yield phrase("{hook} fails on an empty batch: {error!r}", hook=f"{PREFIX}{hook}", error=error)
                continue
        if answered:
            yield phrase(
                "{hook} answers {answered!r} to an empty batch", hook=f"{PREFIX}{hook}", answered=answered
            )


def _failures(subject: Subject) -> Iterator[str]:
    """What its hooks raise when people are met and looked at, and crmkit would go on without them."""
    with subject.business() as crm:
        people = living.settle(crm, subject)
        crm.interactions.record_all(living.contacts(crm, subject, people))
        if not living.catch_up(crm):
            yield N_(
                "an observer never comes to an end: it is served again with what it writes, so it must look "
                "at the type of each entry before it acts on it"
            )
        observer = crm.tables.observer
        failed = sa.select(observer.c.hook, observer.c.error).where(
            observer.c.plugin == subject.name, observer.c.failures > 0
        )
        with crm.reading() as execute:
            for hook, error in execute(failed):
                yield phrase("{hook} fails: {error}", hook=f"{PREFIX}{hook}", error=error)
        shown = [profile.warnings for profile in crm.customers.profiles(people)]
        said = {warning for each in (*shown, crm.today().warnings, crm.report().warnings) for warning in each}
        yield from sorted(said)


Feed = Callable[[Callable[[Sequence[Any]], Any], Sequence[Any]], list[Any]]


def _all_at_once(give: Callable[[Sequence[Any]], Any], items: Sequence[Any]) -> list[Any]:
    return [refusal.index for refusal in give(items).refused]


def _one_by_one(give: Callable[[Sequence[Any]], Any], items: Sequence[Any]) -> list[Any]:
    return [index for index, item in enumerate(items) if give([item]).refused]


def _outcome(subject: Subject, feed: Feed) -> dict[str, Any]:
    """What is refused, what the plugin's tables hold and what pages show, after the same story."""
    with subject.business() as crm:
        refused = feed(crm.customers.save_all, living.customers(crm, subject))
        known = [summary.id for summary in crm.customers.list(limit=50)[0]]
        contacts = living.contacts(crm, subject, sorted(known))
        refused_contacts = feed(crm.interactions.record_all, contacts)
        living.catch_up(crm)
        left: dict[str, Any] = {"refused customers": refused, "refused interactions": refused_contacts}
        return left | rows_of(crm, subject.name) | {"sections": _sections(crm, sorted(known), feed)}


def rows_of(crm: Crm, name: str) -> dict[str, Any]:
    """The contents of the plugin's tables without their own keys, which depend on the order of writing."""
    offered = crm.plugins.tables.get(name)
    found = {}
    for table in offered.metadata.sorted_tables if offered else ():
        columns = [column for column in table.columns if not column.primary_key]
        with crm.reading() as execute:
            rows = [tuple(row) for row in execute(sa.select(*columns))]
        found[f"table {table.name}"] = sorted(rows, key=repr)
    return found


def _sections(crm: Crm, customers: Sequence[int], feed: Feed) -> list[Any]:
    if feed is _all_at_once:
        return [profile.sections for profile in crm.customers.profiles(customers)]
    return [crm.customers.profile(customer).sections for customer in customers]
