"""What a command prints: data on stdout, talk on stderr.

Data is a table on a terminal, aligned plain text in a pipe, JSON or CSV when asked. Every value is made safe
for a terminal before it is shown; JSON and CSV keep it whole.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click
from attrs import define

from crmkit.cli.column import Column, Row
from crmkit.cli.terminal import is_terminal, safe
from crmkit.core.language import _, laid_out, translated

if TYPE_CHECKING:
    from rich.console import Console


@define
class Output:
    """Where and how this run prints. `format` is `table`, `json` or `csv`."""

    format: str = "table"
    chosen: tuple[str, ...] = ()
    quiet: bool = False
    verbose: bool = False

    @property
    def is_json(self) -> bool:
        """Whether data is printed as JSON."""
        return self.format == "json"

    def rows(
        self,
        columns: Sequence[Column],
        rows: Sequence[Row],
        *,
        empty: str = "",
        footer: str = "",
    ) -> None:
        """Print a list: a table of `columns`, or every key of the rows under `--json` and `--csv`.

        `empty` is said where there are no rows, `footer` after them: both are talk, translated here if they
        are constants.
        """
        columns = self._picked(columns, rows)
        if self.format == "json":
            self.json([self._narrowed(row) for row in rows])
        elif self.format == "csv":
            from crmkit.cli.tables import write_csv

            write_csv(rows, self.chosen or csv_keys(columns, rows))
        elif rows:
            self._table(columns, rows)
        if not rows and self.format == "table":
            self.say(translated(empty))
        elif footer:
            self.say(translated(footer))

    def json(self, value: Any) -> None:
        """Print one JSON document."""
        from crmkit.cli.plain import to_json

        click.echo(to_json(value))

    def data(self, text: str) -> None:
        """Print a line of data as it is: it has been made safe."""
        click.echo(laid_out(text))

    def say(self, text: str) -> None:
        """Say something beside the data, on stderr; silent under `-q`."""
        if text and not self.quiet:
            click.echo(laid_out(text), err=True)

    def detail(self, text: str) -> None:
        """Say something that only matters under `-v`."""
        if self.verbose:
            self.say(text)

    def warn(self, text: str) -> None:
        """Say something that should not be missed, also under `-q`."""
        click.echo(laid_out(text), err=True)

    def receipt(self, done: str, *, undo: str = "", reference: object = "", record: Any = None) -> None:
        """Close a write: what was done, and how to take it back.

        Under `--json` a document of it goes to stdout, under `-q` the bare `reference`.
        """
        if self.format == "json":
            body = {"done": done, "undo": undo or None}
            self.json(body | dict(record) if isinstance(record, Mapping) else body)
        elif self.quiet:
            if reference != "":
                click.echo(safe(reference))
        else:
            mark = click.style("✓", fg="green") if self.coloured_talk else "✓"
            self.say(f"{mark} {safe(done, lines=True)}")
            self.say("  " + _("To take it back: {command}", command=safe(undo)) if undo else "")

    def preview(self, text: str, record: Mapping[str, Any]) -> None:
        """Say what a dry run would do; under `--json` a document of it goes to stdout."""
        if self.format == "json":
            self.json({"dry_run": True, **record})
        else:
            self.say(f"{_('Nothing was written.')} {safe(text, lines=True)}")

    def console(self) -> Console:
        """A rich console on stdout, without colours where they are not wanted."""
        from crmkit.cli.tables import console

        return console()

    @property
    def coloured_talk(self) -> bool:
        """Whether talk may be coloured."""
        from crmkit.cli.tables import coloured

        return coloured(sys.stderr)

    def _table(self, columns: Sequence[Column], rows: Sequence[Row]) -> None:
        from crmkit.cli.tables import plain_table, print_table

        if not self.chosen:
            columns = [each for each in columns if not each.sparse or any(row.get(each.key) for row in rows)]
        if is_terminal(sys.stdout):
            # Room is scarce: a column in which nothing stands is for programs, or for who asks for it.
            filled = [column for column in columns if any(column.text(row) for row in rows)]
            print_table(self.console(), columns if self.chosen else filled or columns, rows)
        else:
            click.echo(plain_table(columns, rows, headings=not self.quiet))

    def _picked(self, columns: Sequence[Column], rows: Sequence[Row]) -> Sequence[Column]:
        """The columns that `--fields` names. Raises `click.UsageError` for one that no row has."""
        if not self.chosen:
            return columns
        known = {column.key: column for column in columns}
        keys = list(dict.fromkeys([*known, *(key for row in rows for key in row)]))
        for key in self.chosen:
            if key not in keys and rows:
                raise _unknown_field(key, keys)
        return [known.get(key) or Column(key) for key in self.chosen]

    def _narrowed(self, row: Row) -> Row:
        return {key: row.get(key) for key in self.chosen} if self.chosen else row


def csv_keys(columns: Sequence[Column], rows: Sequence[Row]) -> tuple[str, ...]:
    """The columns' keys first, then whatever else the rows hold, which is the same in each."""
    return tuple(
        dict.fromkeys([*(column.key for column in columns), *(key for row in rows[:1] for key in row)])
    )


def _unknown_field(key: str, keys: Sequence[str]) -> click.UsageError:
    from crmkit.core.nearest import did_you_mean
    from crmkit.core.normalise.text import quoted
    from crmkit.core.phrase import phrase

    meant = did_you_mean(key, keys, phrase("There are: {names}.", names=", ".join(map(safe, keys))))
    return click.UsageError(
        phrase("--fields names {key}, which is not here. {meant}", key=quoted(key), meant=meant)
    )
