"""One request as an import: recorded, undoable, its refused rows in a file that somebody can mend."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from attrs import evolve

from crmkit.core.exchange.customer_sink import CustomerSink
from crmkit.core.exchange.interaction_sink import InteractionSink
from crmkit.core.exchange.loop import BATCH, Import
from crmkit.core.exchange.mapping import Wish, mapping_of
from crmkit.core.exchange.sources import Table, open_source
from crmkit.core.incoming.strangers import PROSPECT, Strangers
from crmkit.core.records.files import columns_of_file
from crmkit.core.records.importing import RecordSink

if TYPE_CHECKING:
    from crmkit.core.config.incoming import IncomingDeclaration
    from crmkit.core.crm import Crm
    from crmkit.core.exchange.loop import Sink
    from crmkit.core.exchange.report import ImportReport

FOLDER: Final = "incoming"


def import_objects(
    crm: Crm, name: str, declared: IncomingDeclaration, message_id: str, lines: Sequence[str]
) -> ImportReport:
    """Take in the objects of a request; interactions as what has just happened. Raises `Invalid`."""
    with TemporaryDirectory() as folder:
        file = Path(folder, f"{name}.ndjson")
        file.write_text("\n".join(lines), encoding="utf-8")
        table = _named(crm, name, message_id, open_source(file, "ndjson", whole=frozenset({"payload"})))
        import_, sink = _prepared(crm, name, declared, table)
        return import_.run(sink, dry_run=False, batch_size=BATCH)


def _named(crm: Crm, name: str, message_id: str, table: Table) -> Table:
    """The table under the name of its request: two that say the same are two, and their refused rows go to
    the business's own folder."""
    folder = crm.config.directory / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    number = hashlib.sha256(message_id.encode()).hexdigest()[:16]
    survey = evolve(table.survey, digest=f"{table.survey.digest}:{number}")
    return evolve(table, path=folder / f"{name}-{number}.ndjson", survey=survey)


def _prepared(crm: Crm, name: str, declared: IncomingDeclaration, table: Table) -> tuple[Import, Sink]:
    wish = Wish(saved=declared.map, defaults=declared.defaults, unknown=declared.unknown)
    kind, _, type_ = declared.what.partition(":")
    if kind == "records":
        word = crm.words.record_types[type_]
        columns = columns_of_file(word, crm.words, table.headers, wish)
        import_ = Import(crm, table, columns.mapped(word.name))
        return import_, RecordSink(crm, import_, word, columns)
    mapping = mapping_of(table, kind, crm.words, wish)
    import_ = Import(crm, table, mapping.mapped())
    if kind == "customers":
        return import_, CustomerSink(crm, import_, mapping)
    strangers = None
    if declared.unknown_customers == PROSPECT:
        strangers = Strangers(crm=crm, door=name, declared=declared, headers=table.headers)
    return import_, InteractionSink(crm, import_, mapping, live=True, strangers=strangers)
