"""What stands before brackets and is no aggregate: segments, tags, relationships, consent, traits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from crmkit.core.nearest import did_you_mean, nearest
from crmkit.core.normalise.text import clean_text, quoted
from crmkit.core.phrase import phrase
from crmkit.core.predicates import aggregates, arguments, past, syntax
from crmkit.core.predicates.candidates import candidates
from crmkit.core.predicates.errors import PredicateError
from crmkit.core.predicates.grammar import read
from crmkit.core.predicates.refusals import too_deep, too_large
from crmkit.core.predicates.tree import (
    FUNCTIONS,
    Ago,
    Birthday,
    Condition,
    Consented,
    Constant,
    Formula,
    HasTag,
    InSegment,
    Not,
    Related,
    TraitValue,
    Value,
    WasIn,
)

if TYPE_CHECKING:
    from crmkit.core.model.words import Trait
    from crmkit.core.predicates.resolve import Resolver

SHAPES: Final = {
    "in": "in(segment)",
    "was_in": "was_in(segment, 60 days ago)",
    "has_tag": "has_tag('vip')",
    "is_birthday": "is_birthday(field), or is_birthday(field, 7 days)",
    "consent": "consent('offers', 'email')",
    "any": "any(works_at, condition)",
    "none": "none(works_at, condition)",
}


def function(resolver: Resolver, node: syntax.Call) -> Condition | None:
    """The condition that a call is, or None where it is a value."""
    if node.name not in SHAPES:
        return None
    if resolver.rows is not None:
        raise resolver.wrong(
            node,
            phrase("{node}(…) cannot stand inside where", node=node.name),
            phrase("Combine it outside, with and."),
        )
    count = len(node.arguments)
    if count not in {"in": (1,), "has_tag": (1,), "is_birthday": (1, 2)}.get(node.name, (2,)):
        raise resolver.wrong(
            node,
            phrase("{node} has another number of arguments", node=node.name),
            phrase("Write {shapes}.", shapes=SHAPES[node.name]),
        )
    match node.name:
        case "in" | "was_in":
            return _membership(resolver, node)
        case "has_tag":
            return HasTag(clean_text(_word(resolver, node, 0), what=phrase("tag")))
        case "is_birthday":
            return _birthday(resolver, node)
        case "consent":
            return _consent(resolver, node)
    return _related(resolver, node)


def called(resolver: Resolver, node: syntax.Call) -> Value:
    """The value of a call: an aggregate, or a trait with arguments."""
    if node.name in SHAPES:
        raise resolver.wrong(node, phrase("A value is needed here, this is a condition"))
    if resolver.rows is not None:
        raise resolver.wrong(
            node,
            phrase("{node}(…) cannot stand inside where", node=node.name),
            phrase("Combine it outside, with and."),
        )
    if node.name in FUNCTIONS:
        return aggregates.aggregate(resolver, node)
    word = resolver.context.words.traits.get(node.name)
    if word is not None:
        return trait(resolver, node, word, tuple(_argument(resolver, each) for each in node.arguments))
    if node.name in resolver.context.formulas and not node.arguments:
        return formula(resolver, syntax.Name(name=node.name, start=node.start, end=node.end))
    raise _no_function(resolver, node)


def _no_function(resolver: Resolver, node: syntax.Call) -> PredicateError:
    several = candidates(resolver.context.words.traits, node.name)
    if len(several) > 1:
        return resolver.wrong(
            node,
            phrase("{node} could be several traits", node=quoted(node.name)),
            phrase("Say which one: {several}", several=", ".join(several)),
            candidates=several,
        )
    known = [*FUNCTIONS, *SHAPES, *resolver.context.words.traits.names, *resolver.context.formulas]
    hint = resolver.context.words.elsewhere(node.name) or (
        did_you_mean(node.name, known, phrase("Functions: {names}", names=", ".join((*FUNCTIONS, *SHAPES))))
    )
    return resolver.wrong(node, phrase("There is no function or trait {node}", node=quoted(node.name)), hint)


def trait(resolver: Resolver, node: syntax.Syntax, trait: Trait, values: tuple[Any, ...]) -> TraitValue:
    """A trait with its arguments."""
    try:
        arguments.bound(trait, values)
    except ValueError as error:
        raise resolver.wrong(
            node, phrase("The trait {trait} does not take this", trait=quoted(trait.name)), error.args[0]
        ) from None
    return TraitValue(trait.name, values, resolver.context.type_of(trait), trait)


def formula(resolver: Resolver, node: syntax.Name) -> Formula:
    """A trait that `crm.toml` declares as an expression."""
    inner = _expansion(resolver, node, "trait", node.name, resolver.context.formulas[node.name])
    value = inner.value(read(inner.text, inner.where))
    return Formula(node.name, value)


def _argument(resolver: Resolver, node: syntax.Syntax) -> Any:
    if isinstance(node, syntax.Name):
        return node.name
    value = resolver.value(node)
    if not isinstance(value, Constant):
        raise resolver.wrong(
            node,
            phrase("A trait takes fixed values"),
            phrase("Write a number, 'text', a date or a duration."),
        )
    return value.value


def _word(resolver: Resolver, node: syntax.Call, position: int) -> str:
    """An argument that is text, or a bare word."""
    argument = node.arguments[position]
    if isinstance(argument, syntax.Name):
        return argument.name
    if isinstance(argument, syntax.Literal) and argument.kind == "text" and argument.value.strip():
        return str(argument.value)
    raise resolver.wrong(
        argument,
        phrase("Text in single quotes is needed here"),
        phrase("Write {shapes}.", shapes=SHAPES[node.name]),
    )


def _membership(resolver: Resolver, node: syntax.Call) -> Condition:
    name = _word(resolver, node, 0)
    if name not in resolver.context.segments:
        hint = did_you_mean(name, resolver.context.segments, phrase("See them all: crm segments list"))
        raise resolver.wrong(node.arguments[0], phrase("There is no segment {name}", name=quoted(name)), hint)
    if node.name == "in":
        return InSegment(name, _segment(resolver, node, name))
    ago = resolver.value(node.arguments[1])
    if not isinstance(ago, Ago):
        raise resolver.wrong(
            node.arguments[1],
            phrase("When is needed here, such as 60 days ago"),
            phrase("Write {was_in}.", was_in=SHAPES["was_in"]),
        )
    condition = _segment(resolver, node, name)
    word = past.without_past(condition)
    if word is not None:
        raise resolver.wrong(
            node,
            phrase(
                "What {word} was in the past is not on record, and {name} asks for it",
                word=word,
                name=quoted(name),
            ),
            phrase("was_in looks back at interactions, fields and tags."),
        )
    return WasIn(name, ago.duration, condition)


def _segment(resolver: Resolver, node: syntax.Call, name: str) -> Condition:
    inner = _expansion(resolver, node, "segment", name, resolver.context.segments[name])
    found: tuple[Condition, int, int] = resolver.context.parsed.get(("segment", name), lambda: _expand(inner))
    condition, size, depth = found
    resolver.size += size
    resolver.depth = max(resolver.depth, depth + 1)
    if resolver.size > syntax.LARGEST:
        raise too_large(resolver.where)
    if resolver.depth + node.depth > syntax.DEEPEST:
        raise too_deep(resolver.text, node.start, resolver.where)
    return condition


def _expansion(resolver: Resolver, node: syntax.Syntax, kind: str, name: str, text: str) -> Resolver:
    entry = f"{kind} {name}"
    if entry in resolver.stack:
        chain = " → ".join((*resolver.stack[resolver.stack.index(entry) :], entry))
        raise resolver.wrong(
            node,
            phrase("{name} refers to itself: {chain}", name=quoted(name), chain=chain),
            phrase("Take one of the references out."),
        )
    if len(resolver.stack) >= syntax.DEEPEST // 2:
        raise too_deep(resolver.text, node.start, resolver.where)
    return resolver.nested(text, f"{kind} {quoted(name)}", entry)


def _birthday(resolver: Resolver, node: syntax.Call) -> Condition:
    value = resolver.value(node.arguments[0])
    if value.type.kind != "date" or isinstance(value, Constant):
        raise resolver.wrong(
            node.arguments[0],
            phrase("A date field is needed here"),
            phrase("Write {is_birthday}.", is_birthday=SHAPES["is_birthday"]),
        )
    if len(node.arguments) == 1:
        return Birthday(value)
    within = node.arguments[1]
    if not isinstance(within, syntax.Literal) or within.kind != "duration" or within.value.unit != "day":
        raise resolver.wrong(
            within,
            phrase("A number of days is needed here"),
            phrase("Write {is_birthday}.", is_birthday=SHAPES["is_birthday"]),
        )
    return Birthday(value, min(within.value.amount, 366))


def _consent(resolver: Resolver, node: syntax.Call) -> Condition:
    words = resolver.context.words
    purpose, channel = _word(resolver, node, 0), _word(resolver, node, 1)
    for at, name, vocabulary in ((0, purpose, words.purposes), (1, channel, words.channels)):
        if name not in vocabulary:
            kind = phrase("purpose") if at == 0 else phrase("channel")
            hint = vocabulary.elsewhere(name) or (did_you_mean(name, vocabulary.names))
            raise resolver.wrong(
                node.arguments[at], phrase("There is no {kind} {name}", kind=kind, name=quoted(name)), hint
            )
    return Consented(words.purposes[purpose].name, words.channels[channel].name)


def _related(resolver: Resolver, node: syntax.Call) -> Condition:
    kind = _word(resolver, node, 0)
    if kind not in resolver.context.ties:
        _check_spelling(resolver, node.arguments[0], kind)
    found = Related(kind, resolver.condition(node.arguments[1]))
    return Not(found) if node.name == "none" else found


def _check_spelling(resolver: Resolver, node: syntax.Syntax, kind: str) -> None:
    """Refuse a kind of relationship that nobody has, where it looks like one that there is.

    Another new one is good: people relate customers by whatever word they like.
    """
    known = {*resolver.context.ties, *resolver.context.kept_ties()}
    meant = nearest(kind, sorted(known)) if kind not in known else None
    if meant:
        hint = phrase('Did you mean "{meant}"? If not, declare it under [relationships].', meant=meant)
        raise resolver.wrong(node, phrase("There is no relationship {kind}", kind=quoted(kind)), hint)


def _expand(resolver: Resolver) -> tuple[Condition, int, int]:
    node = read(resolver.text, resolver.where)
    condition = resolver.condition(node)
    return condition, node.size + resolver.size, node.depth + resolver.depth
