"""`crm records TYPE export` and `import`: records out to files and in from them."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from crmkit.cli.importing import reads_file, run_import
from crmkit.cli.options import lists
from crmkit.cli.record_rows import file_row
from crmkit.cli.state import State

if TYPE_CHECKING:
    from crmkit.core.model.words import RecordType

Pass = Callable[[Any], Any]


def export(pass_type: Pass) -> click.Command:
    """The command `export`."""

    @click.command("export")
    @click.option("--state", "states", metavar="STATE", multiple=True, help="Only those that stand there.")
    @click.option("--customer", metavar="REF", help="Only those of this customer.")
    @click.option("--archived/--present", default=True, show_default=True, help="With those in the archive?")
    @click.option(
        "-o", "--output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Into a file."
    )
    @lists
    @pass_type
    def run(
        state: State,
        word: RecordType,
        states: tuple[str, ...],
        customer: str | None,
        archived: bool,
        output: Path | None,
    ) -> None:
        """Write records as CSV or JSON, oldest first.

        CSV, unless --json asks for JSON; import reads it again.
        """
        crm = state.crm
        crm.require("customers.export")
        found = crm.records.rows(word.name, customer, states or None, archived=archived)
        rows = (file_row(crm, word, row) for row in found)
        chosen = state.output.chosen
        if chosen:
            rows = ({key: row.get(key) for key in chosen} for row in rows)
        with _opened(output) as file:
            write = _write_json if state.output.is_json else _write_csv
            count = write(file, rows, chosen or _keys(word))
        if output is not None:
            state.output.say(f"✓ Wrote {count:,} records to {output}")

    return run


def import_(pass_type: Pass) -> click.Command:
    """The command `import`."""

    @click.command("import")
    @reads_file
    @pass_type
    def run(state: State, word: RecordType, file: Path, **given: Any) -> None:
        """Import records from a CSV FILE.

        The columns' meaning is guessed from their headers; --map says it by hand. TARGET is id, customer,
        email, identity:SCHEME, state, owner, field:NAME or ignore.
        """
        from crmkit.core.records.importing import import_records

        def importing(crm: Any, path: Path, **options: Any) -> Any:
            return import_records(crm, word.name, path, **options)

        run_import(state, importing, file, f"{word.name} records", **given)

    return run


def _keys(word: RecordType) -> tuple[str, ...]:
    own = ("id", "customer_id", "customer", "title", "state", "owner")
    rest = ("version", "created_at", "updated_at", "archived_at")
    return (*own, *(each.name for each in word.fields), *rest)


def _opened(path: Path | None) -> Any:
    return nullcontext(sys.stdout) if path is None or str(path) == "-" else _written(path)


@contextmanager
def _written(path: Path) -> Iterator[IO[str]]:
    from crmkit.core.errors import StoreError
    from crmkit.core.normalise.text import quoted

    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            yield file
    except OSError as error:
        raise StoreError(f"{quoted(path)} cannot be written: {error.strerror or error}") from None


def _write_csv(file: IO[str], rows: Iterable[dict[str, Any]], keys: tuple[str, ...]) -> int:
    from crmkit.cli.tables import csv_value

    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(keys)
    count = 0
    for row in rows:
        writer.writerow([csv_value(row.get(key)) for key in keys])
        count += 1
    return count


def _write_json(file: IO[str], rows: Iterable[dict[str, Any]], _keys: tuple[str, ...]) -> int:
    """A JSON array, a row at a time: an export may be larger than memory."""
    from crmkit.cli.plain import to_json

    count = 0
    for row in rows:
        file.write("[\n" if not count else ",\n")
        file.write(to_json(row))
        count += 1
    file.write("\n]\n" if count else "[]\n")
    return count
