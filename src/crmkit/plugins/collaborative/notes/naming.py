"""Names after an @ in a text, and whom they mean."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Final

from crmkit.plugin import fold, joined, phrase
from crmkit.plugins.collaborative.notes.model import Name

if TYPE_CHECKING:
    from crmkit import Crm, Employee, Team

# Not inside of a word, so that no e-mail address is one; a name of several words stands in quotation marks.
_NAME: Final = re.compile(r'(?<![\w@.])@(?:["“”„]([^"“”„@\n]{1,100})["“”]|(\w+(?:[.\-\']\w+)*))')


def names_in(text: str) -> list[str]:
    """The names after an @, in the order in which they stand, each once."""
    if "@" not in text:
        return []
    found: dict[str, str] = {}
    for quoted, bare in _NAME.findall(text):
        name = " ".join((quoted or bare).split())
        if key := fold(name):
            found.setdefault(key, name)
    return list(found.values())


class Directory:
    """Employees and teams by the names with which one calls them, read once."""

    def __init__(self, crm: Crm) -> None:
        self._crm = crm

    def meant(self, written: str) -> Name:
        """Whom a name means: a whole name or a team before a part of a name; two of a kind mean nobody."""
        key = fold(written)
        people, teams = self._whole.get(key, []), self._teams.get(key, [])
        if not people and not teams:
            people = self._parts.get(key, [])
        if len(people) + len(teams) > 1:
            called = [each.name for each in people]
            called += [phrase("the team {team}", team=each.name) for each in teams]
            problem = phrase(
                '"{written}" could be {names}; write @"{name}"',
                written=written,
                names=joined(phrase(" or "), called),
                name=called[0],
            )
            return Name(written, problem=problem)
        if teams:
            members = [each for each in self._people if teams[0].name in each.teams]
            return Name(written, tuple(members), teams[0].name)
        if not people:
            return Name(written, problem=phrase('"{written}" is nobody here', written=written))
        if not people[0].active:
            return Name(written, problem=phrase("{name} no longer works here", name=people[0].name))
        return Name(written, tuple(people))

    @cached_property
    def _everybody(self) -> tuple[Employee, ...]:
        return self._crm.people.list(left=True)

    @cached_property
    def _people(self) -> tuple[Employee, ...]:
        return tuple(each for each in self._everybody if each.active)

    @cached_property
    def _teams(self) -> dict[str, list[Team]]:
        return {fold(team.name): [team] for team in self._crm.people.teams()}

    @cached_property
    def _whole(self) -> dict[str, list[Employee]]:
        """By whole name and e-mail address, those who left only where nobody else is called so."""
        found: dict[str, list[Employee]] = defaultdict(list)
        for each in self._people:
            for key in {fold(each.name), *_address(each)}:
                found[key].append(each)
        for each in self._everybody:
            found.setdefault(fold(each.name), [each])
        return found

    @cached_property
    def _parts(self) -> dict[str, list[Employee]]:
        found: dict[str, list[Employee]] = defaultdict(list)
        for each in self._people:
            for key in set(fold(each.name).split()):
                found[key].append(each)
        return found


def _address(employee: Employee) -> Iterator[str]:
    """What stands before the @ of their address: anna.nowak."""
    if employee.email:
        yield fold(employee.email.partition("@")[0])
