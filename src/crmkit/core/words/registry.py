"""The words of one `Crm`: contributed by the core, by `crm.toml` and by plugins, in that order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import attrs
from attrs import define, field, frozen

from crmkit.core.errors import PluginError
from crmkit.core.language import N_
from crmkit.core.model.words import (
    Action,
    Channel,
    CustomerType,
    Field,
    Goal,
    IdentityScheme,
    InteractionType,
    Metric,
    Purpose,
    RecordType,
    Segment,
    Trait,
    View,
)
from crmkit.core.phrase import joined, phrase
from crmkit.core.words.judge import faults_of
from crmkit.core.words.vocabulary import Vocabulary, nowhere

AnyWord: TypeAlias = (
    Field
    | RecordType
    | IdentityScheme
    | InteractionType
    | Channel
    | Purpose
    | Trait
    | Segment
    | Goal
    | Action
    | View
    | CustomerType
    | Metric
)
VOCABULARIES: Final[Mapping[type[Any], str]] = MappingProxyType(
    {
        Field: "fields",
        RecordType: "record_types",
        IdentityScheme: "identity_schemes",
        InteractionType: "interaction_types",
        Channel: "channels",
        Purpose: "purposes",
        Trait: "traits",
        Segment: "segments",
        Goal: "goals",
        Action: "actions",
        View: "views",
        CustomerType: "customer_types",
        Metric: "metrics",
    }
)
CORE: Final = "core"
TOML: Final = "crm.toml"
_RENAME: Final = N_("One of them needs another name.")


class BadWord(PluginError):
    """A word that cannot join the vocabulary: ill-formed, or its name is taken."""

    code = "word"


@frozen(kw_only=True)
class Words:
    """Every vocabulary of one `Crm`."""

    fields: Vocabulary[Field]
    record_types: Vocabulary[RecordType]
    identity_schemes: Vocabulary[IdentityScheme]
    interaction_types: Vocabulary[InteractionType]
    channels: Vocabulary[Channel]
    purposes: Vocabulary[Purpose]
    traits: Vocabulary[Trait]
    segments: Vocabulary[Segment]
    goals: Vocabulary[Goal]
    actions: Vocabulary[Action]
    views: Vocabulary[View]
    customer_types: Vocabulary[CustomerType]
    metrics: Vocabulary[Metric]

    def all(self) -> list[tuple[str, AnyWord]]:
        """(name of the vocabulary, word) of every word, by vocabulary and name."""
        return [(title, word) for title in VOCABULARIES.values() for word in getattr(self, title)]

    def elsewhere(self, name: str) -> str:
        """What to do to have a word that is in no vocabulary; empty where nobody knows."""
        return self.fields.elsewhere(name)

    def owned_by(self, owner: str) -> list[tuple[str, str]]:
        """(name of the vocabulary, stored name) of every word that `owner` contributed."""
        return [(title, word.name) for title, word in self.all() if word.owner == owner]


@define
class Registry:
    """Words as they come in: the first to take a name keeps it."""

    _taken: dict[tuple[type[Any], str], AnyWord] = field(factory=dict)

    def add(self, owner: str, words: Iterable[AnyWord], *, qualified: bool = False) -> None:
        """Add what one owner contributes, all of it or none.

        With `qualified` a stored name is `owner.word`. Raises `BadWord`, which names both owners of a clash.
        """
        joined = dict(self._taken)
        shorthands = {each.shorthand: each for each in joined.values() if isinstance(each, Action)}
        for word in words:
            named = _owned(owner, word, qualified=qualified)
            if isinstance(named, Action) and named.shorthand:
                if named.shorthand in shorthands:
                    raise _clash_of_shorthands(shorthands[named.shorthand], named)
                shorthands[named.shorthand] = named
            # A dot in a field's name is __ in its column: names that differ in nothing else are one.
            key = (type(word), named.name.replace(".", "__"))
            if key in joined:
                raise _clash(joined[key], named)
            joined[key] = named
        self._taken = joined

    def copy(self) -> Registry:
        """Another with the same words, to which more can be added."""
        return Registry(self._taken)

    def words(self, elsewhere: Callable[[str], str] = nowhere) -> Words:
        """The vocabularies as they are now; `elsewhere` says what to do to have a word that is missed."""
        by_kind: dict[str, list[Any]] = {title: [] for title in VOCABULARIES.values()}
        for word in self._taken.values():
            by_kind[VOCABULARIES[type(word)]].append(word)
        return Words(**{title: Vocabulary(title, words, elsewhere) for title, words in by_kind.items()})


def _owned(owner: str, word: AnyWord, *, qualified: bool) -> AnyWord:
    # The core's own are judged by its tests, and not whenever a business opens.
    for problem in faults_of(word, plain=not qualified and owner != TOML) if owner != CORE else ():
        raise BadWord(
            phrase(
                'The {kind} "{word}" of {shown} cannot be used: {problem}',
                kind=_kind(word),
                word=word.name,
                shown=_shown(owner),
                problem=problem,
            ),
        )
    name = f"{owner}.{word.name}" if qualified else word.name
    if isinstance(word, RecordType):
        return attrs.evolve(
            word,
            owner=owner,
            name=name,
            table=word.table or f"record_{(word.was or name).replace('.', '__')}",
            fields=tuple(attrs.evolve(each, owner=owner) for each in word.fields),
        )
    return attrs.evolve(word, owner=owner, name=name)


def _clash(first: AnyWord, second: AnyWord) -> BadWord:
    kind = _kind(second)
    if first.owner == second.owner:
        who = {CORE: phrase("The core"), TOML: TOML}.get(
            second.owner, phrase('Plugin "{owner}"', owner=second.owner)
        )
        return BadWord(
            phrase('{who} contributes the {kind} "{name}" twice', who=who, kind=kind, name=second.name),
            hint=phrase(_RENAME),
        )
    return BadWord(
        phrase(
            'The {kind} "{second}" of {owner} is taken: {other} has "{first}"',
            kind=kind,
            second=second.name,
            owner=_shown(second.owner),
            other=_shown(first.owner),
            first=first.name,
        ),
        hint=joined(" ", _ways_out(first, second)),
        word=second.name,
        owners=[first.owner, second.owner],
    )


def _clash_of_shorthands(first: Action, second: Action) -> BadWord:
    return BadWord(
        phrase(
            'The shorthand "{shorthand}" of the action {second} is taken: it is that of {first}',
            shorthand=second.shorthand,
            second=second.name,
            first=first.name,
        ),
        hint=joined(" ", _ways_out(first, second)) if first.owner != second.owner else phrase(_RENAME),
        word=second.name,
        owners=[first.owner, second.owner],
    )


def _ways_out(first: AnyWord, second: AnyWord) -> Iterator[str]:
    if TOML in (first.owner, second.owner):
        section: dict[type[Any], str] = {
            Field: "fields",
            RecordType: "records",
            InteractionType: "interactions",
            IdentityScheme: "identities",
        }
        table = section.get(type(second), VOCABULARIES[type(second)])
        yield phrase(
            'Rename "{first}" under [{table}] in crm.toml',
            first=first.name if first.owner == TOML else second.name,
            table=table,
        )
        yield phrase('and give it was = "…" to keep its values;') if table == "fields" else phrase("; or")
    if second.owner not in (TOML, CORE):
        yield phrase(
            "leave that capability out, if it is one: [plugins.{owner}] use = […];", owner=second.owner
        )
        yield phrase("or use one of the two: crm plugins disable {owner}", owner=second.owner)
    if first.owner not in (TOML, CORE):
        yield phrase("or: crm plugins disable {owner}", owner=first.owner)


def _shown(owner: str) -> str:
    if owner == CORE:
        return phrase("the core")
    return TOML if owner == TOML else phrase('plugin "{owner}"', owner=owner)


def _kind(word: AnyWord) -> str:
    return VOCABULARIES[type(word)].removesuffix("s").replace("_", " ")
