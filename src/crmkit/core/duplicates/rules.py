"""The rules that pairs are judged by: what is compared, how, and what agreement is worth.

Worth is counted in points, each of which doubles the odds: log2(m / u), where m is how often a pair that is
one person agrees so, and u how often a pair of two persons does (Fellegi and Sunter, "A Theory for Record
Linkage", 1969). A pair is suggested when its points reach the threshold.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from attrs import evolve, field, frozen

from crmkit.core.errors import Invalid
from crmkit.core.model.words import Field
from crmkit.core.nearest import did_you_mean
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.config.duplicates import DuplicateRule, DuplicateSettings

SCALE: Final = 1000
NAME, TEXT, NUMBER, CODE, DATE, EMAIL, EXACT = "name", "text", "number", "code", "date", "email", "exact"
_FITTING: Final = {
    "text": TEXT, "number": NUMBER, "money": NUMBER, "date": DATE, "datetime": EXACT, "choice": EXACT,
    "bool": EXACT, "reference": EXACT,
}  # fmt: skip
_BIRTHDAYS: Final = frozenset({"birthday", "birth_date", "birthdate", "date_of_birth"})


@frozen
class Rule:
    """One comparison: points when both values are the same, similar, or different. A missing value is none.

    `field` is the declared field it is about; empty for what every customer has.
    """

    name: str
    compare: str
    same: float
    similar: float
    different: float
    field: str = ""
    doc: str = ""

    @property
    def points(self) -> tuple[int, int, int]:
        """The points of the three levels, in thousandths."""
        return tuple(round(each * SCALE) for each in (self.same, self.similar, self.different))  # type: ignore[return-value]


BUILT_IN: Final = (
    Rule("given_name", NAME, 6, 4, -6, doc="Given names; a short form or an initial is similar."),
    Rule("family_name", NAME, 8, 5, -4, doc="Family names; also when both names have changed places."),
    Rule("organization", NAME, 13, 8, -10, doc="Names of organisations, without their legal form."),
    Rule("letters", EXACT, 10, 0, 0, doc="Names that look the same and are written with other letters."),
    Rule("email", EMAIL, 11, 6, -1, doc="E-mail addresses."),
    Rule("phone", NUMBER, 10, 5, -1, doc="The last nine digits of phone numbers."),
    Rule("street", TEXT, 7, 4, -3, doc="Streets, without the house number."),
    Rule("house_number", EXACT, 3, 0, -1.5, doc="House numbers."),
    Rule("postcode", CODE, 6, 2, -2, doc="Postcodes; with one wrong digit they are similar."),
    Rule("city", TEXT, 4, 3, -2, doc="Towns."),
    Rule("region", TEXT, 1, 0.5, -1, doc="Regions."),
    Rule("identity", NUMBER, 8, 3, 0, doc="Numbers by which other systems know them."),
    Rule("household", EXACT, 0, 0, 0, doc="Takes back what people who live together share."),
)
BIRTHDAY: Final = Rule("birthday", DATE, 9, 6, -6, doc="Dates of birth; day and month may be swapped.")
# What another given name at the same address has in common with the first.
SHARED: Final = frozenset(
    {"family_name", "phone", "street", "house_number", "postcode", "city", "region", "email"}
)
# A difference in these is never overruled by a merge of many: a person looks at the pair.
DECISIVE: Final = frozenset({"given_name", "organization"})


@frozen(kw_only=True)
class Rules:
    """The rules in force. `points[i]` are those of `rules[i]`; declared fields come last, from `first_field`.

    `threshold` and `sure` are in thousandths.
    """

    rules: tuple[Rule, ...]
    threshold: int
    sure: int
    blocks: tuple[str, ...]
    largest_block: int
    most_pairs: int
    points: tuple[tuple[int, int, int], ...] = field(init=False)

    @points.default
    def _points(self) -> tuple[tuple[int, int, int], ...]:
        return tuple(rule.points for rule in self.rules)

    @property
    def first_field(self) -> int:
        """Where the rules about declared fields begin."""
        return len(BUILT_IN)

    @property
    def name_suffices(self) -> bool:
        """Whether two people, or two organisations, of the same name are suggested for that alone."""
        same = {rule.name: rule.points[0] for rule in self.rules}
        return max(same["given_name"] + same["family_name"], same["organization"]) >= self.threshold

    @property
    def fields(self) -> tuple[Rule, ...]:
        """The rules about declared fields."""
        return self.rules[self.first_field :]


def rules_of(settings: DuplicateSettings, fields: Iterable[Field]) -> Rules:
    """The rules of `[matching.duplicates]` over the declared `fields`. Raises `Invalid` for unknown names."""
    declared = {each.name: each for each in fields if each.type in _FITTING}
    built_in = {rule.name: rule for rule in BUILT_IN}
    chosen: dict[str, Rule] = {
        name: evolve(BIRTHDAY, name=name, field=name)
        for name, each in declared.items()
        if each.type == "date" and name.rpartition(".")[2] in _BIRTHDAYS
    }
    for name, each in settings.rules.items():
        if name in built_in:
            built_in[name] = _changed(built_in[name], each)
        elif name in declared:
            chosen[name] = _changed(chosen.get(name) or _about(declared[name]), each)
        else:
            raise _unknown(name, [*built_in, *declared])
    return Rules(
        rules=(*built_in.values(), *(chosen[name] for name in sorted(chosen))),
        threshold=round(settings.threshold * SCALE),
        sure=round(max(settings.threshold, settings.sure) * SCALE),
        blocks=tuple(settings.blocks),
        largest_block=settings.largest_block,
        most_pairs=settings.most_pairs,
    )


def _changed(rule: Rule, wanted: DuplicateRule) -> Rule:
    given = {"same": wanted.same, "similar": wanted.similar, "different": wanted.different}
    changes: dict[str, object] = {key: value for key, value in given.items() if value is not None}
    if wanted.compare is not None and rule.field:
        changes["compare"] = wanted.compare
    return evolve(rule, **changes) if changes else rule  # type: ignore[arg-type]


def _about(declared: Field) -> Rule:
    """A rule for a field that `crm.toml` names without saying what agreement is worth."""
    compare = _FITTING[declared.type]
    if declared.unique or compare == NUMBER:
        return Rule(declared.name, compare, 14, 8, -6, field=declared.name)
    return Rule(declared.name, compare, 4, 2, -2, field=declared.name)


def _unknown(name: str, known: list[str]) -> Invalid:
    return Invalid(
        phrase("{name} of [matching.duplicates.rules] is neither a rule nor a field", name=quoted(name)),
        hint=did_you_mean(name, known),
    )
