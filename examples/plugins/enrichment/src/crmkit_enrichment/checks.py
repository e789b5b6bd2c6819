"""What `crm doctor` says of the register, without asking the network."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crmkit.plugin import Finding
from crmkit_enrichment.looking_up import FAILED
from crmkit_enrichment.tables import LOOKUP

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit_enrichment.settings import Settings

# A register that was down for an hour is nobody's concern.
_TRIES = 5


def check_register(crm: Crm) -> Iterable[Finding]:
    """That there is no register, or that it has not answered for long."""
    settings: Settings = crm.plugins.settings("enrichment")
    if settings.register is None:
        hint = 'Set register = "https://register.example/companies" under [plugins.enrichment].'
        yield Finding("note", "[plugins.enrichment] has no register: nobody is looked up", hint)
    table = crm.plugins.table(LOOKUP)
    query = sa.select(table.c.problem).where(table.c.state == FAILED, table.c.tries >= _TRIES).limit(1)
    with crm.reading() as execute:
        found = execute(query).scalar()
    if found:
        yield Finding(
            "warning", f"For hours, {found}", "See whom it concerns: crm enrichment list --problems"
        )
