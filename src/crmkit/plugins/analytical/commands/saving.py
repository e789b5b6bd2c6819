"""`--save FILE`: what a command shows, as a picture or as a table for other programs."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from crmkit import ExtraMissing, Invalid
from crmkit.plugin import _, guarded, phrase

if TYPE_CHECKING:
    from crmkit.plugin import Chart, CommandState

F = TypeVar("F", bound=Callable[..., Any])
Rows = Sequence[Mapping[str, Any]]
_PICTURES: Final = (".svg", ".png")
_TABLES: Final = (".csv", ".parquet")


def saves(command: F) -> F:
    """`--save FILE`; the command gets `save` and hands it to `keep`."""
    return click.option(
        "--save",
        type=click.Path(dir_okay=False, path_type=Path),
        callback=_known,
        metavar="FILE",
        help="Write it to FILE as well: .svg or .png is the chart, .csv or .parquet the rows.",
    )(command)


def keep(state: CommandState, save: Path | None, rows: Rows, chart: Chart | None) -> None:
    """Write `rows` or `chart` to the file of `--save`, where one is asked for, and say so.

    Raises `Invalid` where there is nothing to draw, `ExtraMissing` without what draws or writes it.
    """
    if save is None:
        return
    if save.suffix.lower() in _PICTURES:
        save.write_bytes(_drawn(chart, save.suffix.lower()))
    elif save.suffix.lower() == ".csv":
        _write_csv(save, rows)
    else:
        _write_parquet(save, rows)
    state.output.say(_("Saved: {file}", file=save))


def _known(_ctx: click.Context, _parameter: click.Parameter, path: Path | None) -> Path | None:
    if path is not None and path.suffix.lower() not in (*_PICTURES, *_TABLES):
        raise click.BadParameter(
            phrase(
                '"{path}" ends in none of {names}', path=path.name, names=", ".join((*_PICTURES, *_TABLES))
            )
        )
    return path


def _drawn(chart: Chart | None, suffix: str) -> bytes:
    if chart is None:
        raise Invalid("There is nothing to draw", hint="Save the rows instead: --save FILE.csv")
    from crmkit.charts import drawn

    return drawn(chart, "svg" if suffix == ".svg" else "png")


def _write_csv(path: Path, rows: Rows) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(_names(rows))
        writer.writerows([_cell(row.get(name)) for name in _names(rows)] for row in rows)


def _write_parquet(path: Path, rows: Rows) -> None:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise ExtraMissing(
            "Parquet files need pyarrow", hint="Install it: pip install 'crmkit[analytical]'"
        ) from error
    columns = {name: pa.array([row.get(name) for row in rows]) for name in _names(rows)}
    pq.write_table(pa.table(columns), path)


def _names(rows: Rows) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def _cell(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return guarded(value) if isinstance(value, str) else value
