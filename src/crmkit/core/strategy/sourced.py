"""The rules that plugins bring, beside those of the file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from attrs import frozen

from crmkit.core.config.faults import Faults
from crmkit.core.config.rules import SourcedDeclaration
from crmkit.core.errors import CrmError, Invalid, PluginError
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase
from crmkit.core.plugins.failure import outage_of

if TYPE_CHECKING:
    import sqlalchemy as sa

    from crmkit.core.kernel import Kernel
    from crmkit.core.model.rule_source import RuleSource, SourcedRule


@frozen
class Sourced:
    """A rule of a source, its declaration read."""

    declared: SourcedDeclaration
    turns: Callable[[str, int], sa.Select[Any]]
    meant: str = ""


def sourced_rules(kernel: Kernel) -> tuple[Mapping[str, Sourced], Mapping[str, CrmError]]:
    """(what plugins bring, by name; what is wrong with those that cannot be read, and with whole sources)."""
    found: dict[str, Sourced] = {}
    broken: dict[str, CrmError] = {}
    for source in kernel.loaded.rule_sources:
        try:
            rules = _rules(kernel, source)
        except CrmError as error:
            broken[source.name] = error
            continue
        for rule in rules:
            name = f"{source.name}:{rule.name}"
            try:
                found[name] = Sourced(declared_by_source(kernel, name, whole(rule)), rule.turns, rule.meant)
            except CrmError as error:
                broken[name] = error
    return found, broken


def source_of(kernel: Kernel, rule: str) -> RuleSource | None:
    """The source that brings a rule of this name; None of a rule of the file."""
    kind, colon, _ = rule.partition(":")
    named = (each for each in kernel.loaded.rule_sources if colon and each.name == kind)
    return next(named, None)


def _rules(kernel: Kernel, source: RuleSource) -> list[SourcedRule]:
    try:
        return list(source.rules(kernel.crm()))
    except CrmError:
        raise
    except Exception as error:
        if (outage := outage_of(error)) is not None:
            raise outage  # noqa: B904  (it is the error itself, or comes from it)
        raise PluginError(
            phrase(
                'The rules of "{source}" cannot be told: {kind}: {error}',
                source=source.name,
                kind=type(error).__name__,
                error=error,
            ),
            hint=phrase("The plugin {owner} brings them.", owner=source.owner),
        ) from error


def whole(rule: SourcedRule) -> dict[str, Any]:
    """All that the rule says of itself."""
    return {"ask_first": rule.asks, "doc": rule.doc, **rule.said}


def declared_by_source(kernel: Kernel, name: str, said: Mapping[str, Any]) -> SourcedDeclaration:
    """The declaration of a rule of that name. Raises `Invalid` with what is wrong."""
    from crmkit.core.config.structure import converter

    try:
        found: SourcedDeclaration = converter(kernel.config.directory).structure(said, SourcedDeclaration)
    except Faults as error:
        raise Invalid(
            phrase("{name}: {problem}", name=quoted(name), problem=error.message), hint=error.hint
        ) from None
    return found
