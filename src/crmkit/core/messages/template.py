"""A template: one message in one or more languages."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Any, Final

import attrs
from attrs import frozen

from crmkit.core.messages.addresses import fixed_links

# The variant that says no language.
ANY: Final = ""
_SCRIPT: Final = 4


@frozen(kw_only=True)
class Variant:
    """A message in one language: its subject, its text and, if there is one, its HTML, all of them templates.

    `subject` is empty where there is none.
    """

    text: str
    subject: str = ""
    html: str | None = None


@frozen(kw_only=True)
class Template:
    """What a message says, by language: `pl`, `pt_BR`, or `""` for the variant that names none."""

    name: str
    variants: Mapping[str, Variant]

    @property
    def content(self) -> str:
        """All of it as JSON, the same text for the same template."""
        said = {language: attrs.asdict(variant) for language, variant in self.variants.items()}
        return json.dumps(said, ensure_ascii=False, sort_keys=True)

    @cached_property
    def fixed_links(self) -> frozenset[str]:
        """The addresses of pages that it has for everybody alike, in any of its languages."""
        variants = self.variants.values()
        return fixed_links(source for each in variants for source in (each.text, each.html or ""))

    @property
    def digest(self) -> str:
        """SHA-256 of the content: it tells a template from what it was before it was edited."""
        return hashlib.sha256(self.content.encode()).hexdigest()

    def language_for(self, *locales: str | None) -> str | None:
        """The language to use with somebody who prefers these locales, in this order; None if there is none.

        For each locale the exact one counts, then the language alone, then the language as others write it;
        after all of them the variant that names no language, and then the only one there is.
        """
        return _chosen(tuple(self.variants), locales)


def template_of(name: str, content: str) -> Template:
    """The template with this content, as it was kept."""
    said: Mapping[str, Mapping[str, Any]] = json.loads(content)
    return Template(name=name, variants={language: Variant(**variant) for language, variant in said.items()})


def canonical(language: str) -> str:
    """A language as it is compared: `pt_BR` for `pt-br`, `zh_Hant` for `ZH-hant`."""
    first, *rest = language.replace("-", "_").split("_")
    parts = [part.title() if len(part) == _SCRIPT else part.upper() for part in rest]
    return "_".join([first.lower(), *parts])


# There are few languages, and many who read them.
@lru_cache(maxsize=1_024)
def _chosen(variants: tuple[str, ...], locales: tuple[str | None, ...]) -> str | None:
    for locale in locales:
        for language in _spellings(locale or ""):
            if language in variants:
                return language
        near = next(_relatives(locale or "", variants), None)
        if near is not None:
            return near
    if ANY in variants:
        return ANY
    return variants[0] if len(variants) == 1 else None


def _spellings(locale: str) -> Iterator[str]:
    """The locale and what is left of it when its parts are taken away, the last one first."""
    parts = canonical(locale.partition(".")[0].partition("@")[0]).split("_")
    for length in range(len(parts), 0, -1):
        if parts[0]:
            yield "_".join(parts[:length])


def _relatives(locale: str, variants: Iterable[str]) -> Iterator[str]:
    """The variants of the same language for another region; one in another script cannot be read."""
    language, *rest = canonical(locale).split("_")
    scripts = {part for part in rest if len(part) == _SCRIPT}
    for variant in sorted(variants):
        first, *others = variant.split("_")
        if language and first == language and {each for each in others if len(each) == _SCRIPT} <= scripts:
            yield variant
