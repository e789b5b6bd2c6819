"""Which customers are compared at all: those who have something in common by which one could be the other.

Each pass groups everybody by keys that duplicates mostly share. A pass knows nothing of the others, so that
one mistake, in a name or a number, does not hide a pair from all of them. Names alone are no reason to
compare: those who share one must have something else in common, unless names alone reach the threshold.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Final

from attrs import define, field

from crmkit.core.duplicates.person import Person
from crmkit.core.duplicates.rules import DATE, NUMBER, Rules
from crmkit.core.duplicates.skeleton import sounds

Keys = Callable[[Person], Iterable[object]]
# In a group that is too large each is compared with so many who follow in the order of names.
NEIGHBOURS: Final = 8
_SHORTEST_LOCAL: Final = 5
_SHORTEST_NUMBER: Final = 4
# Mailboxes of a role, which many organisations have.
_ROLES: Final = frozenset({
    "admin", "biuro", "contact", "hello", "info", "kontakt", "mail", "office", "poczta", "recepcja",
    "sales", "sklep", "support",
})  # fmt: skip


@define
class Blocking:
    """The passes over `people`; `left_out` counts, by pass, the groups in which not all were compared."""

    rules: Rules
    people: Mapping[int, Person]
    focus: Collection[int] | None = None
    left_out: dict[str, int] = field(factory=dict)

    def pairs(self) -> Iterator[tuple[Person, Person]]:
        """Pairs to compare, the lower id first; one may come more than once, from different passes."""
        for name in self.rules.blocks:
            for keys in _passes(name, self.rules):
                yield from self._pass(name, keys)

    def keys(self) -> Iterator[Mapping[int, tuple[str, ...]]]:
        """For each pass the keys of everybody by id: those that others have as well, but not too many."""
        largest = self.rules.largest_block
        for name in self.rules.blocks:
            for keys in _passes(name, self.rules):
                mine = {
                    id_: tuple(map(repr, dict.fromkeys(keys(person)))) for id_, person in self.people.items()
                }
                sizes = Counter(key for each in mine.values() for key in each)
                large = sum(size > largest for size in sizes.values())
                if large:
                    self.left_out[name] = self.left_out.get(name, 0) + large
                fit = {key for key, size in sizes.items() if 1 < size <= largest}
                shared = {id_: tuple(key for key in each if key in fit) for id_, each in mine.items()}
                yield {id_: each for id_, each in shared.items() if each}

    def _pass(self, name: str, keys: Keys) -> Iterator[tuple[Person, Person]]:
        groups: dict[object, list[Person]] = defaultdict(list)
        for person in self.people.values():
            # Once each: who has a key twice is not compared with itself.
            for key in dict.fromkeys(keys(person)):
                groups[key].append(person)
        need_more = name == "name" and not self.rules.name_suffices
        for group in groups.values():
            if len(group) > self.rules.largest_block:
                self.left_out[name] = self.left_out.get(name, 0) + 1
                yield from self._neighbours(group, need_more)
            elif len(group) > 1:
                yield from self._everybody(group, need_more)

    def _everybody(self, group: list[Person], need_more: bool) -> Iterator[tuple[Person, Person]]:
        focus = self.focus
        for at, person in enumerate(group, 1):
            others = group[at:]
            if focus is not None and person.id not in focus:
                others = [other for other in others if other.id in focus]
            marks = person.marks
            for other in others:
                if not need_more or marks & other.marks:
                    yield person, other

    def _neighbours(self, group: list[Person], need_more: bool) -> Iterator[tuple[Person, Person]]:
        focus = self.focus
        group = sorted(group, key=_order)
        for at, person in enumerate(group):
            for other in group[at + 1 : at + 1 + NEIGHBOURS]:
                if need_more and not person.marks & other.marks:
                    continue
                if focus is None or person.id in focus or other.id in focus:
                    yield (person, other) if person.id < other.id else (other, person)


def _order(person: Person) -> tuple[object, ...]:
    return person.name, [value or "" for value in person.values], person.id


def _passes(name: str, rules: Rules) -> Iterator[Keys]:
    if name == "number":
        yield _identities
        yield from (_value(at) for at, rule in enumerate(rules.fields) if rule.compare == NUMBER)
    elif name == "date":
        yield from (_date(at) for at, rule in enumerate(rules.fields) if rule.compare == DATE)
    else:
        yield from _PASSES[name]


def _emails(person: Person) -> Iterable[object]:
    return person.emails


def _mailboxes(person: Person) -> Iterable[object]:
    """The part before the @, for those who change their provider."""
    for address in person.emails:
        local = address.rpartition("@")[0]
        if len(local) >= _SHORTEST_LOCAL and local not in _ROLES:
            yield local


def _phones(person: Person) -> Iterable[object]:
    return dict.fromkeys(number[-7:] for number in person.phones)


def _names(person: Person) -> Iterable[object]:
    """The sounds of both names, in whichever order they were written."""
    if person.is_organization:
        words = [sounds(word) for word in person.name.split()[:2]]
        return [" ".join(["&", *words])] if words else ()
    if not person.given or not person.family:
        return [sounds(person.name)] if person.name else ()
    return [" ".join(sorted((sounds(person.given), sounds(person.family))))]


def _family(person: Person) -> Iterable[object]:
    """The beginnings of the names, for given names that were spelt or cut in another way."""
    if person.given and person.family:
        yield " ".join(sorted((person.given[:3], person.family[:5])))


def _buildings(person: Person) -> Iterable[object]:
    return {(each.postcode, each.number): 0 for each in person.addresses if each.postcode and each.number}


def _streets(person: Person) -> Iterable[object]:
    return {(each.street[:6], each.number): 0 for each in person.addresses if each.street and each.number}


def _local_names(person: Person) -> Iterable[object]:
    """Names of one town that begin alike."""
    for each in person.addresses:
        for name in (person.family, person.given):
            if each.postcode and name:
                yield each.postcode, name[:3]


def _identities(person: Person) -> Iterable[object]:
    return dict.fromkeys(value for _, value in person.identities if len(value) >= _SHORTEST_NUMBER)


def _looks(person: Person) -> Iterable[object]:
    return (person.look,) if person.look else ()


def _value(at: int) -> Keys:
    def keys(person: Person) -> Iterable[object]:
        value = person.values[at]
        return (value,) if value and len(value) >= _SHORTEST_NUMBER else ()

    return keys


def _date(at: int) -> Keys:
    """The date, with day and month in either order."""

    def keys(person: Person) -> Iterable[object]:
        value = person.values[at]
        if not value:
            return ()
        return (value[:4] + "".join(sorted((value[4:6], value[6:]))),)

    return keys


_PASSES: Final[Mapping[str, tuple[Keys, ...]]] = {
    "email": (_emails, _mailboxes),
    "phone": (_phones,),
    "name": (_names, _family),
    "address": (_buildings, _streets, _local_names),
    "letters": (_looks,),
}
