"""What readers, their mail programs and the law would hold against a template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final

from crmkit.core.errors import CrmError
from crmkit.core.jobs import Finding
from crmkit.core.language import N_
from crmkit.core.messages.checking import file_of, filled_for_everybody, uses_of
from crmkit.core.messages.links import PREFERENCES, UNSUBSCRIBE
from crmkit.core.phrase import nphrase, phrase
from crmkit.core.strategy.sandbox import attributes_of

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.messages.composing import Composed
    from crmkit.core.messages.template import Template, Variant

# Gmail shows the first 102 KB of an HTML part, and a link to the rest, where the unsubscribe link often is.
LARGEST_HTML: Final = 100_000
# What lists of messages show of a subject, on a wide screen.
_LONGEST_SUBJECT: Final = 120
_MARKETING: Final = "marketing"
_LINK: Final = N_("unsubscribe link")
_ADDRESS: Final = N_("postal address")
_UNSUBSCRIBING: Final = "{% if links.unsubscribe %}No more of these: {{ links.unsubscribe }}{% endif %}"
# Level, what is lacking, what to do.
_Lack = tuple[str, str, str]


def advice_of(kernel: Kernel) -> Iterator[Finding]:
    """What could be better about the templates that are right. Whether one is marketing is known of those
    that rules send; asks the database nothing."""
    yield from _missing_in_marketing(kernel)
    for template in _usable(kernel):
        for language in template.variants:
            try:
                said = filled_for_everybody(kernel, template, language)
            except CrmError:
                continue  # that is told as an error
            file = file_of(template.name, language)
            if not said.subject and any(_mailed(kernel, template.name)):
                yield Finding(
                    "note",
                    phrase("{file} has no subject", file=file),
                    "Write it in the first line: Subject: …",
                )
            yield from _of_message(said, file)


def unlinked(kernel: Kernel) -> list[str]:
    """The templates that rules send as marketing, and by which nobody can unsubscribe."""
    return [
        template.name
        for template in _usable(kernel)
        if _rules_for_marketing(kernel, template.name)
        and (kernel.config.web.base is None or _without(template, "links") is not None)
    ]


def _usable(kernel: Kernel) -> Iterator[Template]:
    """The templates that are right."""
    for name in kernel.templates.names:
        with suppress(CrmError):
            yield kernel.templates.get(name)


def _missing_in_marketing(kernel: Kernel) -> Iterator[Finding]:
    """What marketing has to have and lacks: the same lack of several templates is told once."""
    lacking: dict[_Lack, list[str]] = {}
    rules = {each.name: _rules_for_marketing(kernel, each.name) for each in _usable(kernel)}
    for template in _usable(kernel):
        for told in _lacks(kernel, template) if rules[template.name] else ():
            lacking.setdefault(told, []).append(template.name)
    for (level, missing, hint), names in lacking.items():
        if len(names) == 1:
            message = phrase(
                'The template "{name}", which the rule "{rule}" sends as marketing, has no {missing}',
                name=names[0],
                rule=rules[names[0]][0],
                missing=missing,
            )
        else:
            message = nphrase(
                "{count} template, which rules send as marketing, has no {missing}: {names}",
                "{count} templates, which rules send as marketing, have no {missing}: {names}",
                len(names),
                missing=missing,
                names=", ".join(f'"{each}"' for each in names),
            )
        yield Finding(level, message, hint)


def _lacks(kernel: Kernel, template: Template) -> Iterator[_Lack]:
    """What one template of marketing lacks."""
    unlinked, unplaced = _without(template, "links"), _without(template, "business")
    if unlinked is not None:
        missing = phrase("unsubscribe link in {files}", files=unlinked) if unlinked else phrase(_LINK)
        yield "warning", missing, phrase("Add it: {text}", text=_UNSUBSCRIBING)
    elif kernel.config.web.base is None:
        missing = phrase("unsubscribe link without url under [web]")
        yield "note", missing, phrase('Set it: [web] url = "https://post.rye.example"')
    if unplaced is not None:
        missing = phrase("postal address in {files}", files=unplaced) if unplaced else phrase(_ADDRESS)
        yield "warning", missing, phrase("Add it: {text}", text="{{ business.address }}")
    elif not kernel.config.crs.address:
        missing = phrase("postal address without address under [crs]")
        yield "note", missing, phrase('Set it: [crs] address = "Rynek 1, 31-042 Kraków"')


def _without(template: Template, of: str) -> str | None:
    """Where a template lacks it: nowhere (None), everywhere (""), or in which files."""
    lacking = [language for language, variant in template.variants.items() if not _names(variant, of)]
    if not lacking:
        return None
    if len(lacking) == len(template.variants):
        return ""
    return ", ".join(file_of(template.name, language) for language in lacking)


def _rules_for_marketing(kernel: Kernel, name: str) -> list[str]:
    """The rules that send a template by e-mail as marketing."""
    purposes = kernel.words.purposes
    return [
        rule
        for rule, purpose in _mailed(kernel, name)
        if (word := purposes.get(purpose)) is not None and word.type == _MARKETING
    ]


def _mailed(kernel: Kernel, name: str) -> Iterator[tuple[str, str]]:
    """(rule, purpose) of what sends a template to e-mail addresses."""
    for rule, purpose, channel in uses_of(kernel, name):
        way = kernel.words.channels.get(channel)
        if way is not None and way.contact_kind == "email":
            yield rule, purpose


def _names(variant: Variant, of: str) -> bool:
    """Whether both its text and its HTML name what marketing has to have."""
    wanted = (UNSUBSCRIBE, PREFERENCES) if of == "links" else ("address",)
    texts = [variant.text] if variant.html is None else [variant.text, variant.html]
    return all(any(each in wanted for _, each in attributes_of(text, of)) for text in texts)


def _of_message(said: Composed, file: str) -> Iterator[Finding]:
    if len(said.subject) > _LONGEST_SUBJECT:
        message: str = nphrase(
            "{file} has a subject of {count} character, of which few are shown",
            "{file} has a subject of {count} characters, of which few are shown",
            len(said.subject),
            file=file,
        )
        yield Finding("note", message, "The first 40 to 60 are what most people see.")
    if said.html is None:
        return
    size = len(said.html.encode())
    if size > LARGEST_HTML:
        message = phrase(
            "{file} makes HTML of {size:,} KB, and Gmail cuts it off after 102 KB",
            file=file,
            size=size // 1000,
        )
        yield Finding("warning", message, "Say less, or link to a page that says the rest.")
    page = _Looked()
    page.feed(said.html)
    page.close()
    for link in dict.fromkeys(page.unsafe):
        message = phrase("{file} links to {link}, which is not encrypted", file=file, link=link[:80])
        yield Finding("note", message, "Write https:// if the site has it.")
    for image in dict.fromkeys(page.blind):
        message = phrase(
            "{file} has a picture without a text for those who do not see it: {image}",
            file=file,
            image=image[:80],
        )
        yield Finding("note", message, 'Say what it shows: alt="Fresh rye bread"; alt="" for decoration.')
    for script in dict.fromkeys(page.scripts):
        yield Finding(
            "warning",
            phrase("{file} has <{script}>, which mail programs take out", file=file, script=script),
            "Do without it.",
        )


class _Looked(HTMLParser):
    """What a page has that is not good in a mail."""

    def __init__(self) -> None:
        super().__init__()
        self.unsafe: list[str] = []
        self.blind: list[str] = []
        self.scripts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one element."""
        said: Mapping[str, str | None] = dict(attrs)
        for address in (said.get("href"), said.get("src")):
            if (address or "").strip().lower().startswith("http://"):
                self.unsafe.append(address or "")
        if tag == "img" and said.get("alt") is None:
            self.blind.append(said.get("src") or "")
        if tag in ("script", "form", "iframe", "object", "embed"):
            self.scripts.append(tag)
