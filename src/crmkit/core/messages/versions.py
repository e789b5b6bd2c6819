"""Versions of templates: what was planned or sent by one is kept, so that an edited file changes neither."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import sqlalchemy as sa

from crmkit.core.errors import CrmError, NotFound
from crmkit.core.messages.params import Sending
from crmkit.core.messages.template import Template, template_of
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase
from crmkit.core.store.locks import TEMPLATE_LOCK, one_at_a_time

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.store.unit import Transaction
    from crmkit.core.strategy.proposing import Proposal


def ensure_versions(kernel: Kernel, tx: Transaction, templates: Iterable[Template]) -> None:
    """Keep these templates as they are; those that are kept already cost a look-up."""
    table = kernel.tables.message_template
    for template in templates:
        digest = template.digest
        same = sa.select(table.c.id).where(table.c.name == template.name, table.c.digest == digest)
        if tx.execute(same).first() is not None:
            continue
        one_at_a_time(tx.connection, TEMPLATE_LOCK)
        if tx.execute(same).first() is not None:
            continue
        newest = sa.select(sa.func.max(table.c.version)).where(table.c.name == template.name)
        tx.execute(
            table.insert().values(
                name=template.name, version=(tx.execute(newest).scalar() or 0) + 1, digest=digest,
                content=template.content, at=tx.at,
            )
        )  # fmt: skip


def kept_version(kernel: Kernel, connection: sa.Connection, name: str, digest: str) -> Template:
    """The template as it was when its digest was this one; the file's, where it is that one still.

    Raises `NotFound`.
    """
    table = kernel.tables.message_template
    kept = sa.select(table.c.content).where(table.c.name == name, table.c.digest == digest)
    content = connection.execute(kept).scalar()
    if content is not None:
        return template_of(name, content)
    template = kernel.templates.get(name)
    if template.digest != digest:
        raise NotFound(
            phrase("The template {name} was changed, and what it was is not on record", name=quoted(name))
        )
    return template


def version_number(kernel: Kernel, connection: sa.Connection, template: Template) -> int | None:
    """The number of the version that says this; None where nothing was planned or sent by it yet."""
    table = kernel.tables.message_template
    same = sa.select(table.c.version).where(table.c.name == template.name, table.c.digest == template.digest)
    return connection.execute(same).scalar()


def templates_of(kernel: Kernel, proposed: Iterable[Proposal]) -> list[Template]:
    """The templates by which acts are to be written, as the files have them; of what was pinned to an earlier
    version that is kept already."""
    sent = (each.params for each in proposed if isinstance(each.params, Sending))
    wanted = {(params.template, params.version) for params in sent}
    found = []
    for name, digest in sorted(wanted):
        try:
            template = kernel.templates.get(name)
        except CrmError:
            continue  # its file is gone, or cannot be read any more
        if template.digest == digest:
            found.append(template)
    return found
