"""Where words are used: in `crm.toml`, in rules that plugins bring, in what plugins' own words say.

It is found without running anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from crmkit.core.errors import CrmError
from crmkit.core.messages.checking import file_of
from crmkit.core.metrics.naming import asked
from crmkit.core.predicates.predicate import parse, parse_value
from crmkit.core.segments.checking import conditions, expressions
from crmkit.core.segments.meaning import condition_of
from crmkit.core.strategy.rules import Rule, rules_of
from crmkit.core.strategy.sandbox import attributes_of
from crmkit.core.strategy.templated import texts_in
from crmkit.core.views.views import Views
from crmkit.core.words.mentioned import Mention, mentioned

if TYPE_CHECKING:
    from crmkit.core.config.faults import Keys
    from crmkit.core.kernel import Kernel

# Parameters of the core's actions that name a word, by action and parameter.
_PARAMETERS: Final[Mapping[tuple[str, str], str]] = {
    ("message.send", "channel"): "channels",
    ("field.set", "field"): "fields",
    ("record.create", "type"): "record_types",
    ("record.move", "type"): "record_types",
}
_TARGETS: Final = {"field": "fields", "identity": "identity_schemes", "records": "record_types"}


@frozen
class Use:
    """A word that is used at `keys` of `crm.toml`, by the rule `rule` of a plugin's source, or in the
    template `file`."""

    word: Mention
    keys: Keys = ()
    rule: str = ""
    file: str = ""


def uses_of_words(kernel: Kernel) -> Iterator[Use]:
    """Every use of a word by the business; what cannot be understood has none."""
    yield from _of_conditions(kernel)
    for name, goal in kernel.config.goals.items():
        yield from _at(("goals", name), _of_goal(kernel, goal.metric, goal.segment))
    yield from _of_rules(kernel)
    yield from _of_tables(kernel.config.raw.data)
    yield from _of_templates(kernel)


def _at(keys: Keys, words: Iterable[Mention]) -> Iterator[Use]:
    return (Use(word, keys) for word in words)


def _of_conditions(kernel: Kernel) -> Iterator[Use]:
    for keys, text, context in conditions(kernel):
        with suppress(CrmError):
            yield from _at(keys, mentioned(parse(text, context).tree) if text.strip() else ())
    for keys, text in expressions(kernel):
        with suppress(CrmError):
            yield from _at(keys, mentioned(parse_value(text, kernel.context).tree))
    views = Views(kernel, kernel.house)
    for name, view in kernel.config.views.items():
        with suppress(CrmError):
            order, _ = views.order_of(view.order)
            yield from _at(("views", name, "order"), mentioned(order.tree) if order is not None else ())


def _of_goal(kernel: Kernel, metric: str, segment: str) -> Iterator[Mention]:
    with suppress(CrmError):
        yield Mention("metrics", asked(metric, kernel.words)[0].name)
    if segment:
        yield Mention("segments", segment)


def _of_rules(kernel: Kernel) -> Iterator[Use]:
    for rule in rules_of(kernel, kernel.config.rules):
        if not isinstance(rule, Rule):
            continue
        for keys, word in _of_rule(rule):
            if rule.is_sourced:
                yield Use(word, rule=rule.name)
            else:
                yield Use(word, ("rules", rule.name, *keys))


def _of_rule(rule: Rule) -> Iterator[tuple[Keys, Mention]]:
    """(keys below the rule, word); conditions of rules of the file are told elsewhere."""
    if rule.on:
        yield ("on",), Mention("interaction_types", rule.on)
    if rule.outcome:
        yield ("outcome",), Mention("interaction_types", rule.outcome)
    if rule.declared.goal:
        yield ("goal",), Mention("goals", rule.declared.goal)
    for number, step in enumerate(rule.steps):
        keys: Keys = ("do", number) if rule.declared.do else ()
        said = rule.declared.do[number].said if rule.declared.do else rule.declared.said
        yield (*keys, _head(said, step.action.shorthand)), Mention("actions", step.action.name)
        for name, value in step.given.items():
            vocabulary = _PARAMETERS.get((step.action.name, name))
            if vocabulary is not None and isinstance(value, str):
                yield keys, Mention(vocabulary, value)
        for name, value in step.templates.items():
            for _, text in texts_in(value, name):
                yield from ((keys, each) for each in _filled_in(text))
        if rule.is_sourced and step.only_if is not None:
            yield from ((keys, each) for each in mentioned(step.only_if.tree))


def _filled_in(text: str) -> Iterator[Mention]:
    """The fields of customers that a template asks for."""
    return (Mention("fields", name) for _, name in attributes_of(text, "customer"))


def _of_templates(kernel: Kernel) -> Iterator[Use]:
    """What templates of messages ask for, in every language."""
    for name in kernel.templates.names:
        with suppress(CrmError):
            for language, variant in kernel.templates.get(name).variants.items():
                for text in (variant.subject, variant.text, variant.html or ""):
                    for each in _filled_in(text):
                        yield Use(each, file=file_of(name, language))


def _head(said: Mapping[str, Any], shorthand: str) -> str:
    """The key of a step by which it names its action."""
    return shorthand if shorthand in said else "action"


def _of_tables(data: Mapping[str, Any]) -> Iterator[Use]:
    """Names that stand in other sections as they are, or as targets such as `field:size`."""
    for name in data.get("retention", {}):
        yield Use(Mention("interaction_types", name), ("retention", name))
    for form, said in data.get("forms", {}).items():
        yield from _at(
            ("forms", form, "fields"), (Mention("fields", each) for each in said.get("fields", ()))
        )
        yield from _at(("forms", form), [Mention("channels", said.get("channel", "email"))])
    for record, said in data.get("records", {}).items():
        for state, told in said.get("tells", {}).items():
            yield Use(Mention("interaction_types", told), ("records", record, "tells", state))
    for section in ("imports", "incoming"):
        for name, said in data.get(section, {}).items():
            yield from _of_import((section, name), said)


def _of_import(keys: Keys, said: Mapping[str, Any]) -> Iterator[Use]:
    yield from _at((*keys, "what"), _target(said.get("what", "")))
    for header, target in said.get("map", {}).items():
        yield from _at((*keys, "map", header), _target(target))
    for target in said.get("defaults", {}):
        yield from _at((*keys, "defaults", target), _target(target))


def _target(text: str) -> Iterator[Mention]:
    kind, colon, name = text.partition(":")
    if colon and kind in _TARGETS:
        yield Mention(_TARGETS[kind], name)


def words_said_by(kernel: Kernel, plugin: str) -> Iterator[tuple[str, Mention]]:
    """(name of the plugin's word, word that it names) of the segments, formulas and goals of a plugin."""
    words, context = kernel.words, kernel.context
    for segment in words.segments:
        if segment.owner == plugin and not segment.is_static:
            with suppress(CrmError):
                yield from _by(segment.name, mentioned(parse(condition_of(segment), context).tree))
    for trait in words.traits:
        if trait.owner == plugin and trait.formula:
            with suppress(CrmError):
                yield from _by(trait.name, mentioned(parse_value(trait.formula, context).tree))
    for goal in words.goals:
        if goal.owner == plugin:
            yield from _by(goal.name, _of_goal(kernel, goal.metric, goal.segment))


def _by(name: str, words: Iterable[Mention]) -> Iterator[tuple[str, Mention]]:
    return ((name, each) for each in words)
