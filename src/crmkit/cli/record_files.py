"""`crm records TYPE export` and `import`: records out to files and in from them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from crmkit.cli.exporting import run_export
from crmkit.cli.importing import reads_file, run_import
from crmkit.cli.options import lists
from crmkit.cli.state import State

if TYPE_CHECKING:
    from crmkit.core.model.words import RecordType

Pass = Callable[[Any], Any]
_FORMATS: Final = ("csv", "json", "ndjson", "xlsx", "parquet")


def export(pass_type: Pass) -> click.Command:
    """The command `export`."""

    @click.command("export")
    @click.option("--state", "states", metavar="STATE", multiple=True, help="Only those that stand there.")
    @click.option("--customer", metavar="REF", help="Only those of this customer.")
    @click.option("--archived/--present", default=True, show_default=True, help="With those in the archive?")
    @click.option(
        "-o",
        "--output",
        metavar="FILE",
        default="-",
        type=click.Path(dir_okay=False, allow_dash=True),
        help="Into this file; - is the standard output, and the default.",
    )
    @click.option(
        "--format",
        "format_",
        type=click.Choice(_FORMATS, case_sensitive=False),
        help="What to write; by default what the file's name says, else CSV.",
    )
    @lists
    @pass_type
    def run(
        state: State,
        word: RecordType,
        output: str,
        format_: str | None,
        states: tuple[str, ...],
        **asked: Any,
    ) -> None:
        """Write records to a file, or to the standard output, oldest first.

        CSV, unless --format, the file's name or --json asks for something else; import reads it again.
        Each export is noted in the access log.
        """
        said = state.output.format if state.output.format in _FORMATS else None
        run_export(
            state,
            "records",
            output,
            format_ or said,
            lambda to, options: state.crm.exporting.records(
                word.name, to, states=states or None, columns=state.output.chosen or None, **asked, **options
            ),
        )

    return run


def import_(pass_type: Pass) -> click.Command:
    """The command `import`."""

    @click.command("import")
    @click.option("--source", metavar="TEXT", help="The system the file comes from.")
    @reads_file
    @pass_type
    def run(state: State, word: RecordType, file: Path, source: str | None, **given: Any) -> None:
        """Import records from a CSV FILE.

        The columns' meaning is guessed from their headers; --map says it by hand. TARGET is id, source_ref,
        customer, email, identity:SCHEME, state, owner, field:NAME or ignore.

        A source_ref is the number by which the other system knows the record. It is kept, so that a later
        file changes what has changed and adds nothing twice.
        """
        from crmkit.core.records.importing import import_records

        def importing(crm: Any, path: Path, **options: Any) -> Any:
            return import_records(crm, word.name, path, source=source, **options)

        run_import(state, importing, file, f"records:{word.name}", **given)

    return run
