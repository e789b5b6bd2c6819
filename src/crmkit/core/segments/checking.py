"""Whether everything that `crm.toml` says in the predicate language can be understood and asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crmkit.core.config.locate import Locations
from crmkit.core.config.problems import Problem, config_error, problem
from crmkit.core.errors import ConfigError, CrmError, Invalid
from crmkit.core.language import N_
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import Phrase, joined, phrase
from crmkit.core.predicates.predicate import parse, parse_value
from crmkit.core.predicates.sql.prepared import Statements
from crmkit.core.predicates.tree import Several
from crmkit.core.views.valuing import Valuing

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.predicates.context import Context

Keys = tuple[str | int, ...]
# A text of `crm.toml`: the path of keys to it, what it says, and what fails if it is wrong, given the name of
# its place.
Text = tuple[Keys, str, Callable[[str], object]]


_PLACES: Final = {
    "customer_types": N_('customer type "{name}"'),
    "traits": N_('trait "{name}"'),
    "segments": N_('segment "{name}"'),
    "views": N_('view "{name}"'),
    "goals": N_('goal "{name}"'),
    "rules": N_('rule "{name}"'),
    "matching": N_('matching "{name}"'),
}


def predicate_problems(kernel: Kernel) -> list[Problem]:
    """Everything wrong with segments, customer types, traits, views, goals, rules and the rules by which
    duplicates are found, each with its place."""
    places = _Places(kernel)
    found = []
    for keys, text, attempt in _texts(kernel):
        try:
            attempt(_named(keys))
        except CrmError as error:
            found.append(places.problem(keys, text, error))
    return found


def predicate_error(kernel: Kernel) -> ConfigError | None:
    """The error that lists all of it; None where all is well."""
    found = predicate_problems(kernel)
    return config_error(kernel.config.path, found) if found else None


def conditions(kernel: Kernel) -> Iterator[tuple[Keys, str, Context]]:
    """(path of keys, text, what its words mean) of every condition of `crm.toml`; some texts are empty."""
    config, context = kernel.config, kernel.context
    for name, kind in config.customer_types.items():
        yield ("customer_types", name, "who"), kind.who, kernel.type_context
    for name, segment in config.segments.items():
        yield ("segments", name, "who"), segment.who, context
    for name, view in config.views.items():
        yield ("views", name, "where"), view.where, context
    for name, rule in config.rules.items():
        yield ("rules", name, "who"), rule.who, context
        for at, step in enumerate(rule.do):
            yield ("rules", name, "do", at, "only_if"), step.only_if, context


def expressions(kernel: Kernel) -> Iterator[tuple[Keys, str]]:
    """(path of keys, text) of every expression of `crm.toml` that gives a value."""
    for name, trait in kernel.config.traits.items():
        yield ("traits", name, "formula"), trait.formula
    for name, view in kernel.config.views.items():
        for at, column in enumerate(view.columns):
            yield ("views", name, "columns", at), column


def _texts(kernel: Kernel) -> Iterator[Text]:
    config = kernel.config
    for keys, text, context in conditions(kernel):
        yield keys, text, _asking(kernel, text, context)
    for keys, text in expressions(kernel):
        trait = config.traits[str(keys[1])] if keys[0] == "traits" else None
        yield (
            keys,
            text,
            _computing(kernel, str(keys[1]), text, trait.type) if trait else _showing(kernel, text),
        )
    for name, view in config.views.items():
        yield ("views", name, "order"), view.order, _ordering(kernel, view.order)
    for name, goal in config.goals.items():
        yield ("goals", name), goal.metric, _aiming(kernel, name)
    for name in config.rules:
        yield ("rules", name), "", _ruling(kernel, name)
    if config.matching.duplicates.rules or config.matching.duplicates.judge != "rules":
        from crmkit.core.duplicates.checking import rule_texts

        yield from rule_texts(kernel)


def _named(keys: Keys) -> str:
    """What an error calls the place; a segment in the way in which circles are told."""
    return phrase(_PLACES[str(keys[0])], name=keys[1])


def _asking(kernel: Kernel, text: str, context: Context) -> Callable[[str], object]:
    def attempt(where: str) -> None:
        if text.strip():
            predicate = parse(text, context, where=where)
            _statements(kernel).prepare(predicate, now=kernel.clock.now())

    return attempt


def _statements(kernel: Kernel) -> Statements:
    """Statements that ask the database nothing: it may not be there yet."""
    return Statements(kernel.tables, kernel.store.dialect)


def _showing(kernel: Kernel, text: str) -> Callable[[str], object]:
    def attempt(where: str) -> None:
        tree = parse_value(text, kernel.context, where=where).tree
        if not isinstance(tree, Several):
            Valuing(_statements(kernel)).prepare([tree], kernel.context, now=kernel.clock.now())

    return attempt


def _computing(kernel: Kernel, name: str, text: str, declared: str) -> Callable[[str], object]:
    kinds = {"datetime": "instant"}

    def attempt(where: str) -> None:
        kind = parse_value(text, kernel.context, where=where).tree.type.kind
        wanted = kinds.get(declared, declared)
        if kind != wanted and {kind, wanted} != {"number", "money"}:
            raise Invalid(
                phrase(
                    "the formula of {name} gives {kind}, not {declared}",
                    name=quoted(name),
                    kind=kind,
                    declared=declared,
                ),
                hint=phrase('Say type = "{kind}".', kind=kind),
            )
        _showing(kernel, text)(where)

    return attempt


def _aiming(kernel: Kernel, name: str) -> Callable[[str], object]:
    def attempt(_where: str) -> None:
        from crmkit.core.strategy.goals import Goals

        Goals(kernel, kernel.house).check(name)

    return attempt


def _ruling(kernel: Kernel, name: str) -> Callable[[str], object]:
    """The rest of a rule, where its conditions can be understood: what is wrong with those is told apart."""

    def attempt(where: str) -> None:
        from crmkit.core.strategy.rules import compiled

        rule, sound = kernel.config.rules[name], False
        with suppress(CrmError):
            for text in (rule.who, *(step.only_if for step in rule.do)):
                _asking(kernel, text, kernel.context)(where)
            sound = True
        if sound:
            compiled(kernel, name, rule)

    return attempt


def _ordering(kernel: Kernel, text: str) -> Callable[[str], object]:
    def attempt(where: str) -> None:
        from crmkit.core.views.views import Views

        Views(kernel, kernel.house).order_of(text, where)

    return attempt


class _Places:
    """Where in the files the texts are, to the column."""

    def __init__(self, kernel: Kernel) -> None:
        self._texts = kernel.config.raw.texts
        self._locations = Locations(self._texts)

    def problem(self, keys: Keys, text: str, error: CrmError) -> Problem:
        """The problem at its line and column."""
        file, line = self._locations.at(keys)
        message = error.message
        # What is wrong in a segment that this one speaks of is at a place in that one.
        own = re.search(rf" \((line \d+, )?column \d+ of {re.escape(_named(keys))}\)", message)
        if own is not None:
            row, column = error.details["line"], error.details["column"]
            line, column = self._exactly(file, line, text, row, column)
            parts = message.values if isinstance(message, Phrase) else {}
            bare = (
                joined("\n  ", [parts["message"], parts["shown"], parts["caret"]])
                if "caret" in parts
                else message.replace(own[0], "", 1)
            )
            message = phrase("column {column}: {message}", column=column, message=bare)
        if error.hint:
            message = joined("\n  ", [message, error.hint])
        return problem(file, line, message, keys)

    def _exactly(self, file: Path, line: int, text: str, row: int, column: int) -> tuple[int, int]:
        """(line, column) in the file of a place in the text that begins on or after `line`."""
        parts = text.split("\n")
        part = parts[row - 1] if row <= len(parts) else ""
        lines = self._texts[file].split("\n")
        for at in range(line - 1 + row - 1, min(line + row + 1, len(lines))):
            if part and part in lines[at]:
                return at + 1, lines[at].index(part) + column
        return line, column
