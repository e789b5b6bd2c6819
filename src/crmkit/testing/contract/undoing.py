"""Whether an action's undo takes back what the action did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve

from crmkit.core.errors import CrmError
from crmkit.core.language import N_
from crmkit.core.model.acting import ActionItem, Performed
from crmkit.core.model.batches import Refusal
from crmkit.core.phrase import phrase
from crmkit.testing.contract import living, samples
from crmkit.testing.contract.applying import NotConcerned
from crmkit.testing.contract.batches import rows_of

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.model.words import Action, RecordType
    from crmkit.testing.contract.subject import Subject

_TRAIT: Final = "trait "
_EFFECT: Final = 1_000_000  # beyond those that there are


def undo(subject: Subject) -> Iterator[str]:
    """What an action does inside of the business its undo takes back, or refuses item by item."""
    with subject.business() as crm:
        names = [word.name for word in crm.words.actions if _is_inside(word, subject.name)]
    if not names:
        raise NotConcerned(N_("it has no action that acts inside of the business"))
    for name in names:
        with subject.business() as crm:  # one anew for each: what stays of one is not held against the next
            people = living.settle(crm, subject)
            living.live(crm, subject, people)
            yield from _undone(crm, subject, crm.words.actions[name], people)


def _is_inside(word: Action, owner: str) -> bool:
    return word.owner == owner and word.prepare is None


def _undone(crm: Crm, subject: Subject, action: Action, people: Sequence[int]) -> Iterator[str]:
    given = subject.samples.get(action.name, {})
    try:
        params = action.params(**samples.parameters(action.params, given))
        if action.check is not None:
            params = action.check(params, crm) or params
    except (CrmError, TypeError, ValueError) as error:
        yield phrase(
            "{name} does not take made-up parameters ({error}); its manifest can say others: "
            '[check.samples] "{name}" = {{ KEY = … }}',
            name=action.name,
            error=error,
        )
        return
    items = [_item(number, customer, params) for number, customer in enumerate(people)]
    before, rows = _seen(crm, subject, people), rows_of(crm, subject.name)
    done = _performed(crm, action, items)
    if not done:  # it did nothing to anybody, so there is nothing to take back
        return
    between, changed = _seen(crm, subject, people), rows_of(crm, subject.name)
    if action.undo is None:
        if (between, changed) != (before, rows):
            yield phrase(
                "{name} changes what the plugin keeps and has no undo; give it one", name=action.name
            )
        return
    with crm.transaction() as tx:
        left = [each for each in action.undo(done, crm, tx) or () if isinstance(each, Refusal)]
    living.catch_up(crm)
    after, remains = _seen(crm, subject, people), rows_of(crm, subject.name)
    seen = _changed(before, between)
    if seen:
        is_back = all(after[what] == before[what] for what in seen)
    else:
        is_back = remains != changed or changed == rows
    if not is_back and not left:
        left_over = _different(before, after, seen)
        yield phrase(
            "the undo of {name} refuses nobody and leaves what the action did; {left_over}",
            name=action.name,
            left_over=left_over,
        )


def _item(number: int, customer: int, params: Any) -> ActionItem:
    effect = _EFFECT + number
    return ActionItem(
        effect=effect,
        customer_id=customer,
        params=params,
        rule="check",
        source="plan:1000000",
        key=f"check-{effect}",
        occasion="ever",
    )


def _changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """What is seen to be different, by what tells most: a trait, else a record, a section, a contact.

    What tells in the log, or on a page, of something that was taken back may stay.
    """
    changed = [what for what, was in before.items() if after[what] != was]
    traits = [what for what in changed if what.startswith(_TRAIT)]
    return traits or changed[:1]


def _performed(crm: Crm, action: Action, items: list[ActionItem]) -> list[ActionItem]:
    """The items that were done, with their results."""
    with crm.transaction() as tx:
        answers = list(action.perform(items, crm, tx) or ())
    living.catch_up(crm)
    refused = {each.index for each in answers if isinstance(each, Refusal)}
    results = {each.index: each.result for each in answers if isinstance(each, Performed)}
    return [
        evolve(item, result=results.get(index)) for index, item in enumerate(items) if index not in refused
    ]


def _seen(crm: Crm, subject: Subject, people: Sequence[int]) -> dict[str, Any]:
    """What is seen of the plugin: its traits, its open records, its sections of pages, its contacts."""
    own = [word.name for word in crm.words.traits if word.owner == subject.name and word.compute is None]
    seen: dict[str, Any] = {f"{_TRAIT}{name}": [_value(crm, name, each) for each in people] for name in own}
    seen["records"] = {
        word.name: [_open(crm, word, person) for person in people]
        for word in crm.words.record_types
        if word.owner == subject.name
    }
    seen["sections"] = [repr(profile.sections) for profile in crm.customers.profiles(people)]
    types = [word.name for word in crm.words.interaction_types if word.owner == subject.name]
    return seen | {"contacts": {name: crm.interactions.count(name) for name in types}}


def _open(crm: Crm, word: RecordType, person: int) -> list[tuple[int, str | None]]:
    """The records of a customer that are open: what was closed or put away was taken back."""
    found = [(each.id, each.state) for each in crm.records.list(word.name, customer=person).records]
    return [each for each in found if each[1] not in word.closed_states]


def _value(crm: Crm, name: str, person: int) -> Any:
    try:
        return crm.trait(name, person)
    except (CrmError, TypeError):  # it needs arguments
        return None


def _different(before: dict[str, Any], after: dict[str, Any], seen: Sequence[str]) -> str:
    for what in seen:
        if after[what] != before[what]:
            return phrase(
                "{what}: {before!r} before, {after!r} after",
                what=what,
                before=before[what],
                after=after[what],
            )
    return phrase("its rows stay as they were")
