"""The links that a message has for its reader alone: to stop, to choose, to confirm."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from crmkit.core.errors import Invalid
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.web import Route
    from crmkit.core.tokens import Tokens

UNSUBSCRIBE: Final = "unsubscribe"
PREFERENCES: Final = "preferences"
CONFIRM: Final = "confirm"
# What a template may name as `links.NAME`, each with the path of its page. The name is the kind of its token.
PATHS: Final[Mapping[str, str]] = MappingProxyType({UNSUBSCRIBE: "u", PREFERENCES: "p", CONFIRM: "y"})
# In place of a token: the page of nobody.
PREVIEW: Final = "preview"
_MARKETING: Final = "marketing"
_TOKEN: Final = re.compile(r"\{[^{}]*\}")
_NONE: Final[Mapping[str, str]] = MappingProxyType({})


class Links:
    """Makes the links of messages."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._base = kernel.config.web.base

    def of(self, effect: int, purpose: str, *, asks: bool = False) -> Mapping[str, str]:
        """The links of the message that is `effect`, by their names; none where `[web] url` is not set.

        Marketing can be stopped; `asks` is for a message that asks somebody to confirm their consent. Without
        an effect they are such as a preview has: they look right, and lead nowhere.
        """
        if self._base is None:
            return _NONE
        return {name: self._link(name, effect) for name in self._names(purpose, asks=asks)}

    def of_pages(self, names: Collection[str], effect: int) -> Mapping[str, str]:
        """The addresses that the message which is `effect` has of these pages of plugins, by their `link`:
        the token in them names the effect. Without an effect as in a preview; none without `[web] url`."""
        if self._base is None or not names:
            return _NONE
        found = {}
        for each in self._own():
            if each.link in names:
                token = self._tokens.for_effect(each.link, effect) if effect else PREVIEW
                found[each.link] = self._base + _TOKEN.sub(token, each.path)
        return found

    def _names(self, purpose: str, *, asks: bool) -> list[str]:
        if asks:
            return [PREFERENCES, CONFIRM]
        word = self._kernel.words.purposes.get(purpose)
        is_marketing = word is not None and word.type == _MARKETING
        return [UNSUBSCRIBE, PREFERENCES] if is_marketing else [PREFERENCES]

    def _link(self, name: str, effect: int) -> str:
        token = self._tokens.for_effect(name, effect) if effect else PREVIEW
        return f"{self._base}/{PATHS[name]}/{token}"

    def sample(self) -> Mapping[str, str]:
        """Every link, as a preview has it."""
        if self._base is None:
            return _NONE
        own = {each.link: self._base + _TOKEN.sub(PREVIEW, each.path) for each in self._own()}
        return own | {name: self._link(name, 0) for name in PATHS}

    @property
    def names(self) -> tuple[str, ...]:
        """What templates may name as `links.NAME`: the core's own, and those of plugins' pages."""
        return (*PATHS, *sorted({each.link for each in self._own()}))

    def given(self, links: Mapping[str, str]) -> Mapping[str, str]:
        """Links that a program gives to a message. Raises `Invalid` for one that no page has, and for an
        address elsewhere."""
        known = {each.link for each in self._own()}
        for name, address in links.items():
            if name not in known:
                there = ", ".join(sorted(known)) or phrase("none")
                raise Invalid(
                    phrase('No page is called "{name}" in messages', name=name),
                    hint=phrase("There are: {there}.", there=there),
                )
            if self._base is None or not address.startswith(f"{self._base}/"):
                raise Invalid(
                    phrase("{address} is none of our pages", address=address),
                    hint="Set [web] url in crm.toml.",
                )
        return dict(links)

    def _own(self) -> list[Route]:
        return [each for each in self._kernel.loaded.routes if each.link]

    @cached_property
    def _tokens(self) -> Tokens:
        from crmkit.core.tokens import Tokens

        return Tokens(self._kernel)
