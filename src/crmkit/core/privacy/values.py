"""What a person is handed out: everything that is kept of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from crmkit.core.model.privacy import PrivacyPart


@frozen(kw_only=True)
class ExportedTable:
    """The rows of one table that are a person's, as plain values."""

    table: str
    plugin: str
    rows: tuple[Mapping[str, Any], ...]


@frozen(kw_only=True)
class PrivacyExport:
    """Everything that is kept of one person, for themselves.

    `tables` are the database's, `elsewhere` what plugins keep outside of it as (plugin, part); `notes` are
    sentences for whoever hands it out, which the person does not get to see.
    """

    customer_id: int
    uid: str
    name: str
    business: str
    locale: str
    made_at: int
    timezone: str
    tables: tuple[ExportedTable, ...]
    elsewhere: tuple[tuple[str, PrivacyPart], ...] = ()
    notes: tuple[str, ...] = ()

    def to_json(self) -> str:
        """The machine-readable form: one JSON document."""
        from crmkit.core.privacy.document import as_json

        return as_json(self)

    def to_html(self, locale: str | None = None) -> str:
        """The form to read, in the person's language where crmkit speaks it (en, pl, ur), else English."""
        from crmkit.core.privacy.document import as_html

        return as_html(self, locale)
