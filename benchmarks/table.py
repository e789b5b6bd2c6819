"""The one table of what was measured: a row for each result, under the capability that it is about.

`benchmarks/measured.json` keeps the last run of every benchmark, with its day, size and machine;
`docs/reference/measured.md` is written from it. A run of some benchmarks leaves the rows of the others.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from attrs import asdict, frozen

from benchmarks.harness import Result

ROOT: Final = Path(__file__).parent.parent
KEPT: Final = Path(__file__).parent / "measured.json"
PAGE: Final = ROOT / "docs" / "reference" / "measured.md"
_HEAD: Final = "| what | ours | raw | ratio | goal |\n|---|---:|---:|---:|---|"


@frozen(kw_only=True)
class Measured:
    """The last run of one benchmark.

    `at` is its day (ISO), `full` whether it had the documented size rather than a tenth, `seconds` and
    `peak_megabytes` are those of its whole process, with making the data. `failed` is the last line of what
    went wrong.
    """

    at: str
    full: bool
    rounds: int
    engine: str
    seconds: float
    peak_megabytes: float
    machine: Mapping[str, str]
    method: str
    results: Sequence[Mapping[str, Any]] = ()
    failed: str = ""


@frozen
class Capability:
    """What crmkit promises to be quick at: the benchmarks (NAME or NAME@ENGINE) that ask, and its goal."""

    title: str
    asked_by: tuple[str, ...]
    goal: str


CAPABILITIES: Final = (
    Capability("Start-up of the command line", ("start-up",),
               "`--help` ≤ 2.5 × importing click; `show` ≤ 2 × importing click and SQLAlchemy"),
    Capability("A guarded hook call", ("dispatch",),
               "≤ 1 × pluggy's own call"),
    Capability("One durable interaction; grouped ingest", ("durable", "ingest"),
               "≤ 2 × a raw insert with its fsync; ≥ 10,000 rows a second"),
    Capability("Customers and interactions in bulk", ("bulk",),
               "≤ 2.5 × raw inserts into live indexes"),
    Capability("Import of customers from CSV", ("import",),
               "≤ 3.5 × raw inserts of the same rows, ≤ 300 MB"),
    Capability("Export of customers to CSV", ("export",),
               "≤ 2 × a raw cursor, ≤ 300 MB"),
    Capability("A page, a timeline, an address looked up; first load", ("lookup",),
               "p99 ≤ 5 ms; ≤ 2.5 × raw"),
    Capability("Who sees what", ("visibility",),
               "≤ 2 × the same for crmkit itself"),
    Capability("The feed of an employee", ("feed",),
               "≤ 10 ms more than the statement"),
    Capability("A segment of five clauses", ("segment", "segment@postgresql", "segment@duckdb"),
               "≤ 1.5 × hand-written SQL on the same engine"),
    Capability("A segment of ten clauses, its stays rebuilt", ("segments",),
               "≤ 1.5 × hand-written SQL"),
    Capability("Plan and apply", ("plan",),
               "plan ≤ 3 × bare SQL and writing the acts; apply ≤ 4 × raw inserts"),
    Capability("Merging, one pair and many", ("merging", "merging@postgresql"),
               "≤ 5 ms on SQLite, ≤ 10 on PostgreSQL; 4,000 pairs ≤ 3 s"),
    Capability("Finding duplicates", ("duplicates", "identity"),
               "100,000 customers ≤ 60 s"),
    Capability("The replica for questions", ("replica",),
               "≤ 1.5 × ADBC to Parquet; a refresh ≤ 0.15 s; questions ≤ 1.5 × bare DuckDB"),
    Capability("Scores and cohorts on SQLite", ("units",),
               "≤ 1.5 × hand-written SQL"),
    Capability("Customer lifetime value", ("lifetime",),
               "the same parameters as a package of reference, sooner"),
    Capability("A campaign by e-mail", ("campaign", "confirmed"),
               "≥ 700 messages a second, ≤ 150 MB"),
    Capability("Messages on their way at once", ("leaving",),
               "below 0.8 ms a message"),
    Capability("Journeys", ("journeys",),
               "100,000 people a year in a minute; a handful of statements"),
    Capability("What came of messages", ("results",),
               "≤ 2 × hand-written SQL"),
    Capability("Deals and leads", ("deals",),
               "≤ 2 × hand-written SQL"),
    Capability("Cases", ("cases",),
               "lists ≤ 3 × the statement, routing ≤ 10 × its writes"),
    Capability("Webhooks out", ("subscriptions",),
               "≤ 3 × bare requests"),
    Capability("Pages of `crm serve`", ("serving",),
               "≤ 1.5 × bare Litestar"),
    Capability("Backup", ("backup",),
               "reported"),
)  # fmt: skip


def as_kept(result: Result) -> dict[str, Any]:
    """A result as it is kept, with its ratio."""
    return {**asdict(result), "ratio": result.ratio}


def line(result: Result) -> str:
    """A result for who waits for it."""
    ratio = "" if result.ratio is None else f" = {result.ratio:.2f} × raw"
    return (
        f"{result.name}: {result.ours:,.4g} {result.unit}{ratio} (goal: {result.goal}) {result.note}".rstrip()
    )


def kept() -> dict[str, dict[str, Any]]:
    """The last run of each benchmark, by NAME or NAME@ENGINE."""
    if not KEPT.exists():
        return {}
    runs: dict[str, dict[str, Any]] = json.loads(KEPT.read_text(encoding="utf-8"))
    return runs


def keep(runs: Mapping[str, Measured]) -> None:
    """Put `runs` in the place of earlier ones of the same benchmarks, and write the page anew."""
    together = {**kept(), **{name: asdict(run) for name, run in runs.items()}}
    text = json.dumps(dict(sorted(together.items())), indent=1, ensure_ascii=False)
    KEPT.write_text(text + "\n", encoding="utf-8")
    PAGE.write_text(page(together), encoding="utf-8")


def page(runs: Mapping[str, Mapping[str, Any]]) -> str:
    """The table as a page of the reference."""
    sections = "\n".join(line for each in CAPABILITIES for line in _section(each, runs))
    return f"{_FOREWORD}\n{sections}"


_FOREWORD: Final = """\
# Measured

Written by `make bench`, which does each work with crmkit and in the barest way, in turn and in the same run,
and takes medians: the **ratio** of the two says something on any machine, the figures only on that one.

```text
make bench                          # all of them, in a tenth of the documented sizes
make bench ARGS=--full              # in the documented sizes: hours
make bench ARGS="plan import"       # some; the rows of the others stay
```

Time and memory below a table are those of the whole process, with making its data.
[Speed](speed.md) says what the figures mean and what else was seen.
"""


def _section(capability: Capability, runs: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    yield f"## {capability.title}\n"
    yield f"Goal: {capability.goal}.\n"
    for name in capability.asked_by:
        run = runs.get(name)
        if run is None:
            yield f"`{name}`: not measured yet.\n"
        elif run["failed"]:
            yield f"`{name}`: failed on {run['at']}: {run['failed']}\n"
        else:
            yield "\n".join([_HEAD, *(_row(each) for each in run["results"])]) + "\n"
            yield f"{_how(name, run)}\n"


def _row(result: Mapping[str, Any]) -> str:
    unit = result["unit"]
    raw = "–" if result["raw"] is None else f"{_figure(result['raw'])} {unit}"
    ratio = "–" if result["ratio"] is None else f"**{result['ratio']:.2f}**"
    what = f"{result['name']} ({result['note']})" if result["note"] else result["name"]
    return f"| {what} | {_figure(result['ours'])} {unit} | {raw} | {ratio} | {result['goal']} |"


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _how(name: str, run: Mapping[str, Any]) -> str:
    size = "documented size" if run["full"] else "a tenth of the documented size"
    facts = ", ".join(f"{key} {value}" for key, value in run["machine"].items())
    return (
        f"`{name}`: {run['method']} {run['at']}, {size}, {run['rounds']} rounds, {facts}; "
        f"{run['seconds']:,.0f} s and at most {run['peak_megabytes']:,.0f} MB."
    )
