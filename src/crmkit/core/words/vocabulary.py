"""One vocabulary: words of one kind by every name they answer to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Generic, Protocol, TypeVar

from crmkit.core.errors import NotFound
from crmkit.core.language import N_
from crmkit.core.nearest import did_you_mean
from crmkit.core.phrase import phrase

# What a word of each vocabulary is called, as it follows from the vocabulary's title.
_KINDS = (
    N_("field"), N_("record type"), N_("identity scheme"), N_("interaction type"), N_("channel"),
    N_("purpose"), N_("trait"), N_("segment"), N_("goal"), N_("action"), N_("view"), N_("customer type"),
    N_("metric"),
)  # fmt: skip


def nowhere(_: str) -> str:
    """Nobody knows where else a word could be had."""
    return ""


class Word(Protocol):
    """What every word has."""

    @property
    def name(self) -> str:
        """The name that is stored."""

    @property
    def doc(self) -> str:
        """One line on what it means."""

    @property
    def owner(self) -> str:
        """`core`, `crm.toml` or the name of a plugin."""


W = TypeVar("W", bound=Any)


class Vocabulary(Generic[W]):
    """Words of one kind, in the order of their names.

    A word answers to its stored name (`referrals.points`, `purchase`), to its qualified one (`core.purchase`)
    and, where nothing else has that name, to its bare one (`points`).
    """

    __slots__ = ("_by_name", "_by_reference", "elsewhere", "title")

    def __init__(self, title: str, words: Iterable[W], elsewhere: Callable[[str], str] = nowhere) -> None:
        self.title = title
        # What to do to have a word that is missed here; empty where nobody knows.
        self.elsewhere = elsewhere
        self._by_name: Mapping[str, W] = MappingProxyType({w.name: w for w in sorted(words, key=_name)})
        self._by_reference = _references(self._by_name)

    def __getitem__(self, reference: str) -> W:
        """The word that answers to `reference`. Raises `NotFound` with the nearest name."""
        word = self._by_reference.get(reference)
        if word is None:
            raise self._unknown(reference)
        return word

    def get(self, reference: str | None) -> W | None:
        """The word that answers to `reference`, or None."""
        return self._by_reference.get(reference) if reference is not None else None

    def __contains__(self, reference: object) -> bool:
        return reference in self._by_reference

    def __iter__(self) -> Iterator[W]:
        return iter(self._by_name.values())

    def __len__(self) -> int:
        return len(self._by_name)

    def __repr__(self) -> str:
        return f"<Vocabulary {self.title}: {', '.join(self._by_name)}>"

    @property
    def names(self) -> tuple[str, ...]:
        """The stored names."""
        return tuple(self._by_name)

    def shown(self, word: W) -> str:
        """The shortest name that means `word` and nothing else here."""
        bare = word.name.removeprefix(f"{word.owner}.")
        return bare if self._by_reference.get(bare) is word else str(word.name)

    def _unknown(self, reference: str) -> NotFound:
        several = sorted(name for name in self._by_name if name.endswith(f".{reference}"))
        hint = self.elsewhere(reference) or (
            did_you_mean(
                reference, self._by_reference, phrase("See them all: crm words {title}", title=self.title)
            )
        )
        if several:
            hint = phrase("Say which one: {several}", several=", ".join(several))
        singular = phrase(self.title.removesuffix("s").replace("_", " "))
        return NotFound(
            phrase('There is no {singular} "{reference}"', singular=singular, reference=reference),
            hint=hint,
            name=reference,
        )


def _name(word: Any) -> str:
    return str(word.name)


def _references(by_name: Mapping[str, W]) -> dict[str, W]:
    """Every name that means exactly one word: bare ones first, so that stored and qualified ones win."""
    bare: dict[str, list[W]] = {}
    for name, word in by_name.items():
        bare.setdefault(name.removeprefix(f"{word.owner}."), []).append(word)
    found = {name: words[0] for name, words in bare.items() if len(words) == 1}
    found.update({f"{word.owner}.{name}": word for name, word in by_name.items()})
    found.update(by_name)
    return found
