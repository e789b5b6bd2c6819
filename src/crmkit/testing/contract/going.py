"""What a plugin says will go, and what it uses of others that will."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from crmkit.core.deprecation import is_over
from crmkit.core.phrase import phrase
from crmkit.testing.contract.at_rest import used

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.model.deprecated import Deprecated
    from crmkit.core.plugins.importing import LoadedPlugin
    from crmkit.testing.contract.subject import Subject

# What is not a name is a few words on what to do, and nobody can look them up.
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")


def deprecations(subject: Subject) -> Iterator[str]:
    """What will go says what to use instead, which is there, and goes when it was said to."""
    from crmkit.core.plugins.deprecated_settings import deprecated_settings
    from crmkit.core.words.deprecated import deprecated_words

    with subject.business() as crm:
        names = _names(crm)
        for word in deprecated_words(crm.words).values():
            if word.owner == subject.name:
                yield from _faults(word.name, word.deprecated, names, subject)
        loaded = [each for each in crm.kernel.loaded.plugins if each.name == subject.name]
        keys = {key for each in loaded for key in _keys(each)}
        for setting in deprecated_settings(loaded):
            yield from _faults(f"[{setting.what}]", setting.deprecated, keys, subject)


def deprecated_words(subject: Subject) -> Iterator[str]:
    """The plugin uses no word that will go."""
    from crmkit.core.deprecated_uses import word_uses_of

    with subject.business() as crm:
        for place, each in word_uses_of(crm.kernel, subject.name, subject.sources):
            yield used(place, each)


def _faults(what: str, said: Deprecated, names: set[str], subject: Subject) -> Iterator[str]:
    if _NAME.fullmatch(said.instead) and said.instead not in names:
        yield phrase(
            '{what} is deprecated in favour of "{instead}", which is not there',
            what=what,
            instead=said.instead,
        )
    if said.until and is_over(said.until, subject.found.version):
        yield phrase(
            "{what} was to be gone in {until}, and this is {version}; take it out",
            what=what,
            until=said.until,
            version=subject.found.version,
        )


def _names(crm: Crm) -> set[str]:
    """Every name that a word or a record's field answers to, whole and bare."""
    words: Any = crm.words
    shown = {getattr(words, vocabulary).shown(word) for vocabulary, word in words.all()}
    of_records = {
        name
        for record in words.record_types
        for each in record.fields
        for name in (each.name, f"{record.name}.{each.name}")
    }
    return {word.name for _, word in words.all()} | shown | of_records


def _keys(plugin: LoadedPlugin) -> Iterator[str]:
    """Every key of its section: by its name, from the section on, and whole."""
    from crmkit.core.plugins.deprecated_settings import keys_of

    for path, _ in keys_of(plugin):
        yield from (path.rpartition(".")[2], path.removeprefix(f"plugins.{plugin.name}."), path)
