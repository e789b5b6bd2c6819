"""A purpose and a channel, as a page tells of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from crmkit.core.model.words import Purpose

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.web.pages.texts import Texts


@frozen
class Choice:
    """What somebody gets, in words: its `title`, the `wording` that people agree to if that says more, and by
    which `channel`."""

    title: str
    wording: str
    channel: str


def choice_of(crm: Crm, texts: Texts, purpose: str, channel: str) -> Choice:
    """A purpose and a channel in the words of the business, or where it has none, of the page."""
    word = purpose_named(crm, purpose)
    return Choice(word.doc, wording_of(word), channel_label(crm, texts, channel))


def purpose_named(crm: Crm, name: str) -> Purpose:
    """The purpose with this name; what stands for it, where it has gone from `crm.toml` since."""
    said = name.rpartition(".")[2].replace("_", " ").capitalize()
    return crm.words.purposes.get(name) or Purpose(name=name, doc=said, type="marketing")


def wording_of(purpose: Purpose) -> str:
    """What people agree to, unless that is what the purpose is called by."""
    return purpose.wording if purpose.wording != purpose.doc else ""


def channel_label(crm: Crm, texts: Texts, name: str) -> str:
    """What a channel is called in the language of the page, else as it was declared."""
    word = crm.words.channels.get(name)
    return texts.channel(name) or (word.label if word else "") or name
