"""Texts beside those of messages: such as the answers that people give again and again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crmkit.core.customers.record import load_records
from crmkit.core.customers.references import resolve
from crmkit.core.messages.checking import faults_of
from crmkit.core.messages.files import TemplateFiles
from crmkit.core.people.current import allowed

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.jobs import Finding
    from crmkit.core.messages.composing import Composed
    from crmkit.core.messages.template import Template


class TextFolder:
    """The texts of one folder, for whoever `crm` acts for."""

    def __init__(self, crm: Crm, name: str) -> None:
        self._crm = crm
        self._files = TemplateFiles(crm.config.directories, crm.kernel.locale, name)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all texts, also of those that are broken."""
        return self._files.names

    def get(self, name: str) -> Template:
        """One text, in all its languages. Raises `NotFound`, and what is wrong with a broken one."""
        return self._files.get(name)

    def filled(self, name: str, customer: int | str, *, language: str | None = None) -> Composed:
        """What it says to a customer, in their language unless another is asked for.

        Raises `NotFound`, and `Invalid` where it cannot be filled in for them.
        """
        kernel = self._crm.kernel
        with kernel.reading() as connection:
            actor = allowed(kernel, connection, self._crm.actor, "customers.read")
            id_ = resolve(connection, kernel, actor, customer)
            record = load_records(connection, kernel, {id_})[id_]
        return kernel.composing.compose(self._files.get(name), record, {}, language)

    def check(self) -> Iterator[Finding]:
        """What is wrong with them, filled in for made-up customers; asks the database nothing."""
        yield from faults_of(self._crm.kernel, self._files)
