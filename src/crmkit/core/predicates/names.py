"""What a single word means: a core word, a field, a trait, or a key of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit.core.nearest import did_you_mean, nearest
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase
from crmkit.core.predicates import functions, syntax
from crmkit.core.predicates.attributes import ATTRIBUTES
from crmkit.core.predicates.candidates import candidates
from crmkit.core.predicates.errors import PredicateError
from crmkit.core.predicates.tree import FREE, FUNCTIONS, Attribute, Key, Several, Value

if TYPE_CHECKING:
    from crmkit.core.predicates.resolve import Resolver


def name(resolver: Resolver, node: syntax.Name) -> Value:
    """The value that a bare word stands for."""
    word = ATTRIBUTES.get(node.name)
    if word is not None and node.name not in resolver.context.words.traits:
        several = word.place == "contact"
        return Several(node.name, "contact") if several else Attribute(node.name, word.type)
    field = resolver.context.words.fields.get(node.name)
    trait = resolver.context.words.traits.get(node.name)
    is_formula = node.name in resolver.context.formulas
    if trait is not None and trait.owner == "core" and (field is not None or is_formula):
        # A trait of the core never takes a name away from those who declare it themselves.
        trait = None
    if sum((field is not None, trait is not None, is_formula)) > 1:
        raise _ambiguous(resolver, node, [each for each in (field, trait) if each is not None])
    if field is not None:
        return resolver.context.field_value(field)
    if trait is not None:
        return functions.trait(resolver, node, trait, ())
    if is_formula:
        return functions.formula(resolver, node)
    raise _unknown(resolver, node)


def key(resolver: Resolver, node: syntax.Name) -> Key | Several:
    """What a word means inside `where`."""
    assert resolver.rows is not None
    keys = resolver.context.keys(resolver.rows)
    found = keys.get(node.name)
    if found is not None:
        return found
    if resolver.context.takes_any_key(resolver.rows) and "." not in node.name:
        return Key(node.name, "payload", FREE)
    shown = sorted(name for name in keys if not name.startswith("payload."))
    hint = did_you_mean(node.name, keys, phrase("It has: {shown}", shown=", ".join(shown)))
    if node.name in ATTRIBUTES or node.name in resolver.context.words.fields:
        hint = phrase("Inside where stand the keys of {rows}. {hint}", rows=resolver.rows.name, hint=hint)
    raise resolver.wrong(
        node, phrase("{rows} has no {node}", rows=quoted(resolver.rows.name), node=quoted(node.name)), hint
    )


def _unknown(resolver: Resolver, node: syntax.Name) -> PredicateError:
    for vocabulary in (resolver.context.words.fields, resolver.context.words.traits):
        several = candidates(vocabulary, node.name)
        if len(several) > 1:
            return resolver.wrong(
                node,
                phrase("{node} could be several words", node=quoted(node.name)),
                phrase("Say which one: {several}", several=", ".join(several)),
                candidates=several,
            )
    return resolver.wrong(
        node,
        phrase("There is no field, trait or word {node}", node=quoted(node.name)),
        _instead(resolver, node.name),
    )


def _instead(resolver: Resolver, name: str) -> str:
    words = resolver.context.words
    if name in words.interaction_types:
        return phrase("{name} is an interaction type: write count({name}), or exists({name}).", name=name)
    if name in resolver.context.records:
        return phrase("{name} is a record type: write exists({name}).", name=name)
    if name in resolver.context.segments:
        return phrase("{name} is a segment: write in({name}).", name=name)
    if name in FUNCTIONS:
        return phrase("Write {name}(purchase).", name=name)
    return words.elsewhere(name) or _nearest(resolver, name)


def _nearest(resolver: Resolver, name: str) -> str:
    words = resolver.context.words
    known = [*ATTRIBUTES, *words.fields.names, *words.traits.names, *resolver.context.formulas]
    known += [words.fields.shown(each) for each in words.fields]
    meant = nearest(name, known)
    if meant:
        return phrase('Did you mean "{meant}"?', meant=meant)
    return phrase("See them all: crm words")


def _ambiguous(resolver: Resolver, node: syntax.Name, words: list[Any]) -> PredicateError:
    names = [f"{each.owner}.{each.name.removeprefix(each.owner + '.')}" for each in words]
    return resolver.wrong(
        node,
        phrase("{node} is the name of a field and of a trait", node=quoted(node.name)),
        phrase("Say which one: {names}", names=", ".join(names)),
        candidates=names,
    )
