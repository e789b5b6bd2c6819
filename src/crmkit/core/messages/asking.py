"""What is wrong with purposes that ask for a confirmation, found before anybody is asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crmkit.core.errors import CrmError
from crmkit.core.jobs import Finding
from crmkit.core.messages.files import FOLDER
from crmkit.core.phrase import phrase
from crmkit.core.strategy.sandbox import attributes_of

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.words import Purpose


def faults_of_purposes(kernel: Kernel) -> Iterator[Finding]:
    """What keeps purposes from being confirmed; asks the database nothing."""
    for word in kernel.words.purposes:
        if word.confirm:
            yield from _faults(kernel, word)


def _faults(kernel: Kernel, word: Purpose) -> Iterator[Finding]:
    where = f"[purposes.{word.name}] confirm"
    if kernel.config.web.base is None:
        yield Finding(
            "error",
            phrase(
                "{where}: nobody can confirm anything, for there is no page to confirm it on", where=where
            ),
            'Say where the public reaches you: [web] url = "https://…", and run: crm serve',
        )
    if word.confirm not in kernel.templates.names:
        hint = phrase(
            "Write {file} with a subject and {link}.",
            file=f"{FOLDER}/{word.confirm}.txt",
            link="{{ links.confirm }}",
        )
        yield Finding(
            "error",
            phrase('{where}: there is no template "{confirm}"', where=where, confirm=word.confirm),
            hint,
        )
        return
    try:
        template = kernel.templates.get(word.confirm)
    except CrmError:  # said of the template itself
        return
    for language, variant in template.variants.items():
        named = {attribute for _, attribute in attributes_of(variant.text, "links")}
        if "confirm" not in named:
            file = f"{FOLDER}/{word.confirm}.{language}".rstrip(".") + ".txt"
            yield Finding(
                "error",
                phrase("{file} asks people to confirm, and has no link by which they can", file=file),
                "Put {{ links.confirm }} where the link goes.",
            )
