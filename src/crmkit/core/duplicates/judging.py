"""What speaks for two customers being one, and what against: the one place where pairs are judged."""

from __future__ import annotations

from typing import Final

from crmkit.core.duplicates.comparing import DIFFERENT, SAME, SIMILAR, Comparators, best
from crmkit.core.duplicates.person import Address, Person
from crmkit.core.duplicates.rules import BUILT_IN, DECISIVE, SHARED, Rules

# (position of the rule, level); the level of swapped names is one of the three, and marked by SWAPPED.
Evidence = list[tuple[int, int]]
_AT: Final = {rule.name: position for position, rule in enumerate(BUILT_IN)}
GIVEN, FAMILY, COMPANY, LETTERS = (_AT[n] for n in ("given_name", "family_name", "organization", "letters"))
EMAIL, PHONE, STREET, NUMBER = (_AT[n] for n in ("email", "phone", "street", "house_number"))
POSTCODE, CITY, REGION, IDENTITY = (_AT[n] for n in ("postcode", "city", "region", "identity"))
HOUSEHOLD: Final = _AT["household"]
_NEVER: Final = -(10**9)


class Judge:
    """Judges pairs by the rules in force. Raises `ExtraMissing` where rapidfuzz is not installed."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        known = Comparators()
        self._name, self._text, self._code = known.name, known.text, known.code
        self._email, self._number = known.email, known.number
        self._fields = [known.named(rule.compare) for rule in rules.fields]
        self._first_field = rules.first_field
        self._points = rules.points
        self._shared = frozenset(position for name, position in _AT.items() if name in SHARED)
        decisive = {position for name, position in _AT.items() if name in DECISIVE}
        of_fields = {
            self._first_field + position
            for position, rule in enumerate(rules.fields)
            if rule.compare in ("date", "number") and rule.different < 0
        }
        self._decisive = frozenset(decisive | of_fields)
        numbers = {
            self._first_field + position
            for position, rule in enumerate(rules.fields)
            if rule.compare == "number"
        }
        self._personal = frozenset({IDENTITY, *numbers})

    def points(self, evidence: Evidence) -> int:
        """The sum in thousandths; far below zero for a person and an organisation, who are never compared."""
        if not evidence:
            return _NEVER
        points = self._points
        total = 0
        for rule, level in evidence:
            total += points[rule][level] if rule != HOUSEHOLD else level
        return total

    def evidence(self, a: Person, b: Person) -> Evidence:
        """Every rule that has something to say about the pair, with its level. Symmetric.

        The level of `household` is what it takes back, in thousandths.
        """
        found: Evidence = []
        if a.is_organization != b.is_organization:
            return found
        if a.is_organization:
            if a.name and b.name:
                found.append((COMPANY, SAME if a.look == b.look else self._name(a.name, b.name)))
            self._letters(a, b, found)
        else:
            self._names(a, b, found)
        self._reach(a, b, found)
        self._values(a, b, found)
        if found and found[0] == (GIVEN, DIFFERENT) and not self._is_named_by_number(found):
            self._household(found)
        return found

    def doubts(self, evidence: Evidence) -> list[tuple[int, int]]:
        """What keeps a pair from being merged unless a person has looked at it.

        Given names that are only similar are: twins have such, and much else in common.
        """
        named_by_number = self._is_named_by_number(evidence)
        return [
            (rule, level)
            for rule, level in evidence
            if rule in (LETTERS, HOUSEHOLD)
            or (level == DIFFERENT and rule in self._decisive)
            or (rule == GIVEN and level == SIMILAR and not named_by_number)
        ]

    def _names(self, a: Person, b: Person, found: Evidence) -> None:
        name = self._name
        if a.look == b.look and a.look:
            if a.given and b.given:
                found.append((GIVEN, SAME))
            if a.family and b.family:
                found.append((FAMILY, SAME))
            self._letters(a, b, found)
            return
        given = name(a.given, b.given) if a.given and b.given else None
        family = name(a.family, b.family) if a.family and b.family else None
        if (given == DIFFERENT or family == DIFFERENT) and _may_be_swapped(a, b):
            across = name(a.given, b.family), name(a.family, b.given)
            if max(across) <= SIMILAR and sum(across) < (given or 0) + (family or 0):
                # Which of the two is whose given name nobody knows: the lesser agreement counts as that.
                given, family = max(across), min(across)
        if given is not None:
            found.append((GIVEN, given))
        if family is not None:
            found.append((FAMILY, family))

    def _letters(self, a: Person, b: Person, found: Evidence) -> None:
        """Names that look alike and are written differently: by a slip, or by somebody's design."""
        differs = a.is_disguised or b.is_disguised or a.name != b.name
        if differs and a.look == b.look and a.written != b.written:
            found.append((LETTERS, SAME))

    def _reach(self, a: Person, b: Person, found: Evidence) -> None:
        if a.emails and b.emails:
            found.append((EMAIL, best(self._email, a.emails, b.emails)))
        if a.phones and b.phones:
            found.append((PHONE, best(self._number, a.phones, b.phones)))
        if a.addresses and b.addresses:
            if len(a.addresses) == len(b.addresses) == 1:
                self._address(a.addresses[0], b.addresses[0], found)
            else:
                pairs = [self._addresses(x, y) for x in a.addresses for y in b.addresses]
                closest = max(map(self.points, pairs))
                found += next(each for each in pairs if self.points(each) == closest)
        if a.identities and b.identities:
            self._identities(a, b, found)

    def _addresses(self, x: Address, y: Address) -> Evidence:
        found: Evidence = []
        self._address(x, y, found)
        return found

    def _address(self, x: Address, y: Address, found: Evidence) -> None:
        if x.street and y.street:
            found.append((STREET, SAME if x.street == y.street else self._text(x.street, y.street)))
        if x.number and y.number:
            found.append((NUMBER, SAME if x.number == y.number else DIFFERENT))
        if x.postcode and y.postcode:
            found.append((POSTCODE, SAME if x.postcode == y.postcode else self._code(x.postcode, y.postcode)))
        if x.city and y.city:
            found.append((CITY, SAME if x.city == y.city else self._text(x.city, y.city)))
        if x.region and y.region:
            found.append((REGION, SAME if x.region == y.region else self._text(x.region, y.region)))

    def _identities(self, a: Person, b: Person, found: Evidence) -> None:
        """A number of one system that another system knows as well, or that was mistyped in the same one."""
        level = DIFFERENT
        for scheme, value in a.identities:
            for other_scheme, other in b.identities:
                if value == other:
                    level = SAME
                elif scheme == other_scheme:
                    level = min(level, self._number(value, other))
        if level != DIFFERENT:
            found.append((IDENTITY, level))

    def _values(self, a: Person, b: Person, found: Evidence) -> None:
        rule = self._first_field
        for compare, x, y in zip(self._fields, a.values, b.values, strict=True):
            if x is not None and y is not None:
                found.append((rule, SAME if x == y else compare(x, y)))
            rule += 1

    def _is_named_by_number(self, found: Evidence) -> bool:
        """Whether a number that only one person has agrees."""
        return any(level != DIFFERENT and rule in self._personal for rule, level in found)

    def _household(self, found: Evidence) -> None:
        """Another given name: what a family or twins share anyway says nothing for their being one."""
        points = self._points
        shared = sum(
            points[rule][level] for rule, level in found if rule in self._shared and points[rule][level] > 0
        )
        if shared:
            found.append((HOUSEHOLD, -shared))


def _may_be_swapped(a: Person, b: Person) -> bool:
    """Whether given and family name could have changed places: one of them begins as the other's other."""
    if not (a.given and a.family and b.given and b.family):
        return False
    return a.given[0] == b.family[0] or a.family[0] == b.given[0]
