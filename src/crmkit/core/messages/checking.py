"""What is wrong with templates, found before a customer is written to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from crmkit.core.customers.record import Record
from crmkit.core.errors import CrmError
from crmkit.core.jobs import Finding
from crmkit.core.language import N_
from crmkit.core.messages.composing import Composed, filled_in
from crmkit.core.messages.files import FOLDER
from crmkit.core.messages.template import Template, Variant
from crmkit.core.nearest import did_you_mean
from crmkit.core.phrase import phrase
from crmkit.core.strategy.rendering import shown_business, shown_customer
from crmkit.core.strategy.rules import Rule, rules_of
from crmkit.core.strategy.sandbox import Possible, attributes_of
from crmkit.core.strategy.templated import texts_in

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.messages.files import TemplateFiles
    from crmkit.core.model.words import Field

# What a made-up customer who has everything has in each field.
_SAMPLES: Final[Mapping[str, Any]] = {
    "number": "12",
    "money": "12.50 EUR",
    "date": "2026-05-04",
    "datetime": 1_777_888_800_000_000,
    "bool": True,
    "reference": 1,
}


def faults_of(kernel: Kernel, files: TemplateFiles | None = None) -> Iterator[Finding]:
    """What is wrong with any template, those of messages or others; asks the database nothing."""
    files = kernel.templates if files is None else files
    for file in files.unusable:
        hint = phrase(
            "Call it {folder}/NAME.txt or {folder}/NAME.pl.txt: small letters, digits, - and _.",
            folder=files.folder,
        )
        yield Finding("warning", phrase("{file} is no template by its name", file=file), hint)
    for name in files.names:
        try:
            template = files.get(name)
        except CrmError as error:
            yield Finding("error", error.message, error.hint)
        else:
            yield from _faults(kernel, template, files.folder)


def _faults(kernel: Kernel, template: Template, folder: str) -> Iterator[Finding]:
    if template.language_for(kernel.locale) is None:
        there = ", ".join(template.variants)
        yield Finding(
            "warning",
            phrase(
                'The template "{name}" is in {there}: whoever reads something else gets nothing',
                name=template.name,
                there=there,
            ),
            phrase("Write {folder}/{name}.txt for everybody else.", folder=folder, name=template.name),
        )
    unknown = False
    for language, variant in template.variants.items():
        for finding in _unknown_names(kernel, variant, file_of(template.name, language, folder)):
            unknown = True
            yield finding
    if not unknown:
        yield from _unfilled(kernel, template)


def file_of(name: str, language: str, folder: str = FOLDER) -> str:
    """A variant as people know it: its file, whether it is a text or not."""
    return f"{folder}/{name}.{language}".rstrip(".")


def _unknown_names(kernel: Kernel, variant: Variant, file: str) -> Iterator[Finding]:
    """Names that no customer has, also where the text asks for them only sometimes."""
    yield from _unknown_in(kernel, (variant.subject, variant.text, variant.html or ""), file)


def faults_of_rules(kernel: Kernel) -> Iterator[Finding]:
    """Names that no customer has, in texts that stand in rules; asks the database nothing."""
    for rule in rules_of(kernel):
        for step in rule.steps if isinstance(rule, Rule) else ():
            texts = [text for name, value in step.templates.items() for _, text in texts_in(value, name)]
            yield from _unknown_in(kernel, texts, phrase('The rule "{name}"', name=rule.name))


def _unknown_in(kernel: Kernel, texts: Iterable[str], where: str) -> Iterator[Finding]:
    known = {"customer": list(shown_customer(kernel, _nobody())), "business": list(shown_business(kernel)),
             "links": list(kernel.links.names)}  # fmt: skip
    named = ((name, wanted) for text in texts for name in known for _, wanted in attributes_of(text, name))
    for name, wanted in dict.fromkeys(named):
        if wanted not in known[name]:
            said = phrase(
                "{where} names {name}.{wanted}, which is not there", where=where, name=name, wanted=wanted
            )
            yield Finding("error", said, did_you_mean(wanted, known[name]))


def _unfilled(kernel: Kernel, template: Template) -> Iterator[Finding]:
    """Whether each variant can be filled in for somebody of whom nothing is known, and all is."""
    for language in template.variants:
        for whom, customer in (
            (N_("{problem} (of whom everything is known)"), _full(kernel)),
            (N_("{problem} (of whom nothing is known)"), shown_customer(kernel, _nobody())),
        ):
            try:
                for links in links_of(kernel, template.name):
                    filled_in(template, language, _given(kernel, customer, links))
            except CrmError as error:
                yield Finding("error", phrase(whom, problem=error.message), error.hint)
                break


def links_of(kernel: Kernel, name: str) -> list[Mapping[str, str]]:
    """The links that messages by a template have, as far as rules and purposes tell what it is for; all of
    them where nothing tells."""
    asking = {getattr(each, "confirm", None) for each in kernel.words.purposes}
    found = [kernel.links.of(0, purpose) for _, purpose, _ in uses_of(kernel, name)]
    found += [kernel.links.of(0, "", asks=True)] if name in asking else []
    return found or [kernel.links.sample()]


def uses_of(kernel: Kernel, name: str) -> list[tuple[str, str, str]]:
    """(rule, purpose, channel) of each step of a rule that sends a template."""
    from crmkit.core.messages.action import SEND

    steps = [
        (rule.name, each)
        for rule in rules_of(kernel)
        if isinstance(rule, Rule)
        for step in rule.steps
        for each in (step, *step.variants.values())
    ]
    found = [
        (rule, str(step.given.get("purpose", "")), str(step.given.get("channel", "")))
        for rule, step in steps
        if step.action.name == SEND and step.given.get("template") == name
    ]
    return list(dict.fromkeys(found))


def filled_for_everybody(kernel: Kernel, template: Template, language: str) -> Composed:
    """A variant, filled in for a made-up customer who has everything. Raises `Invalid`."""
    given = _given(kernel, _full(kernel), links_of(kernel, template.name)[0])
    return filled_in(template, language, given)


def _given(kernel: Kernel, customer: Mapping[str, Any], links: Mapping[str, str]) -> dict[str, Any]:
    return {"customer": customer, "business": shown_business(kernel), "links": Possible(links)}


def _nobody() -> Record:
    """A customer of whom nothing is known but that they are there."""
    return Record(1, "", 0, "")


def _full(kernel: Kernel) -> dict[str, Any]:
    """A customer of whom everything is known."""
    shown = shown_customer(kernel, _nobody())
    fields = {field.name: _sample(field) for field in kernel.words.fields}
    return {**shown, **fields, "name": "Anna Nowak", "given_name": "Anna", "family_name": "Nowak",
            "locale": kernel.locale, "tags": ["regular"]}  # fmt: skip


def _sample(field: Field) -> Any:
    if field.type == "multi-choice":
        return list(field.choices)
    return field.choices[0] if field.choices else _SAMPLES.get(field.type, "something")
