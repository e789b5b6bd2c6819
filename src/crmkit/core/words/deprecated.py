"""The words of a business that will go, and what is said of whoever uses one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from attrs import frozen

from crmkit.core.model.deprecated import CRMKIT, Deprecated, going
from crmkit.core.phrase import phrase
from crmkit.core.words.mentioned import RECORD_FIELD, RECORD_FIELDS, Mention
from crmkit.core.words.registry import CORE, VOCABULARIES

if TYPE_CHECKING:
    from crmkit.core.words.registry import Words


@frozen
class DeprecatedWord:
    """A word of `vocabulary` by its stored name, whose it is, and what its plugin says of its end."""

    vocabulary: str
    name: str
    owner: str
    deprecated: Deprecated

    @property
    def instead(self) -> str:
        """What to use."""
        return self.deprecated.instead

    @property
    def sentence(self) -> str:
        """What is known of it, as the end of a sentence that says who uses it."""
        kind = self.vocabulary.removesuffix("s").replace("_", " ")
        known = RECORD_FIELD if self.vocabulary == RECORD_FIELDS else kind
        what = phrase("the {kind} {name}", kind=phrase(known), name=self.name)
        whose = CRMKIT if self.owner == CORE else self.owner
        return going(what, whose, self.deprecated.since, self.deprecated.until)


def deprecated_words(words: Words) -> Mapping[Mention, DeprecatedWord]:
    """Every word that will go, by its vocabulary and stored name."""
    found = {}
    for vocabulary, name, word in _all(words):
        if word.deprecated is not None:
            found[Mention(vocabulary, name)] = DeprecatedWord(vocabulary, name, word.owner, word.deprecated)
    return found


def meant(words: Words, mention: Mention) -> Mention:
    """The same with the name as it is stored; what is in no vocabulary stays as it is."""
    if mention.vocabulary == RECORD_FIELDS:
        return mention
    word: Any = getattr(words, mention.vocabulary).get(mention.name)
    return Mention(mention.vocabulary, word.name) if word is not None else mention


def _all(words: Words) -> Iterator[tuple[str, str, Any]]:
    """(vocabulary, stored name, word) of all words that a plugin brings, fields of records among them."""
    for kind, vocabulary in VOCABULARIES.items():
        if hasattr(kind, "deprecated"):
            for word in getattr(words, vocabulary):
                yield vocabulary, word.name, word
    for record in words.record_types:
        for each in record.fields:
            yield RECORD_FIELDS, f"{record.name}.{each.name}", each
