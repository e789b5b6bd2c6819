"""Splink's model, after Fellegi and Sunter ("A Theory for Record Linkage", 1969), estimated from the data.

How often two persons agree (u) is counted in random pairs, how often one person's records do (m) is estimated
by expectation maximisation over pairs that agree in something (Winkler, 1988). Names, streets and towns that
are rare weigh more than frequent ones.
"""

from __future__ import annotations

import logging
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from crmkit import ExtraMissing
from crmkit.plugin import Evidence, Judged, JudgedPair, JudgeQuestion
from crmkit.plugins.analytical.identity.columns import Column, Kind
from crmkit.plugins.analytical.identity.learning import Lessons, odds_of, possible

if TYPE_CHECKING:
    import duckdb

_SEED: Final = 1
_RANDOM_PAIRS: Final = 1_000_000
_LEARNING_PAIRS: Final = 1_000_000
# By the first guess at how many duplicates there are; the last word on it comes after.
_UNLIKELY: Final = 0.001
_AT_ONCE: Final = 10_000
# In so much memory it works; beyond it, it uses a temporary folder.
_MEMORY: Final = "1GB"
_THREADS: Final = 2
# One session may teach nothing; a second time the data are not fit for it.
_ATTEMPTS: Final = 2
# More rounds change little, and drive to nothing what is rare.
_ROUNDS: Final = 10
# What was never seen in the data is not impossible for that.
_HEAVIEST: Final = 20.0
_BY_FREQUENCY: Final = ("name", "text")
# Of similar values: first the nearly equal ones. Jaro-Winkler likeness, or edits.
_LIKENESS: Final = (0.92, 0.8)
_EDITS: Final[dict[Kind, tuple[int, ...]]] = {
    "number": (1, 2), "date": (1, 2), "code": (1,), "email": (1, 3),
}  # fmt: skip


def judged(question: JudgeQuestion, columns: Sequence[Column], learnt_from: Lessons) -> Judged | None:
    """All pairs that are not quite unlikely; None where there is too little to learn from. Raises
    `ExtraMissing`."""
    compared = _compared(question)
    if question.progress is not None:
        question.progress(compared)
    with _database() as connection:
        blocks = _fill(connection, question, columns)
        table = _predicted(connection, columns, blocks, learnt_from)
        if table is None:  # nothing was learnt
            return None
        found = list(_pairs(connection, table, columns))
    people = question.people
    # A person and an organisation are never one.
    found = [each for each in found if people[each[0]].is_organization == people[each[1]].is_organization]
    points = [sum(each.points for each in evidence) for _, _, evidence in found]
    odds = odds_of(points, possible(len(people)), learnt_from.prior)
    pairs = [
        JudgedPair(one=one, other=other, probability=probability, evidence=evidence)
        for (one, other, evidence), probability in zip(found, odds, strict=True)
    ]
    return Judged(pairs=pairs, compared=compared)


@contextmanager
def _database() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory that nobody else sees: it loads nothing, and leaves nothing behind."""
    try:
        import duckdb
        import splink  # noqa: F401 - said here, before any work is done
    except ImportError as error:
        raise ExtraMissing(
            "The judge splink needs the libraries splink and duckdb, which are not installed",
            hint="Install them: pip install 'crmkit[identity]'",
        ) from error
    with TemporaryDirectory(prefix="crmkit-identity-") as folder:
        config: dict[str, Any] = {
            "memory_limit": _MEMORY, "threads": _THREADS, "temp_directory": folder,
            "autoinstall_known_extensions": False, "autoload_known_extensions": False,
        }  # fmt: skip
        with duckdb.connect(":memory:", config=config) as connection:
            connection.execute("SET enable_progress_bar = false")
            yield connection


def _fill(
    connection: duckdb.DuckDBPyConnection, question: JudgeQuestion, columns: Sequence[Column]
) -> dict[str, bool]:
    """Put everybody into the table `people`; the columns of keys, and whether one holds several of them."""
    import pyarrow as pa

    ids = list(question.people)
    filled: dict[str, Any] = {"unique_id": pa.array(ids, pa.int64())}
    filled |= {each.name: pa.array(each.values, pa.string()) for each in columns}
    several: dict[str, bool] = {}
    for at, block in enumerate(question.blocks):
        if not block:
            continue
        name = f"b{at}"
        several[name] = any(len(keys) > 1 for keys in block.values())
        if several[name]:
            filled[name] = pa.array([block.get(id_, ()) for id_ in ids], pa.list_(pa.string()))
        else:
            filled[name] = pa.array([next(iter(block.get(id_, ())), None) for id_ in ids], pa.string())
    connection.register("given", pa.table(filled))
    connection.execute("CREATE TABLE people AS SELECT * FROM given")
    connection.unregister("given")
    return several


def _predicted(
    connection: duckdb.DuckDBPyConnection,
    columns: Sequence[Column],
    blocks: dict[str, bool],
    learnt_from: Lessons,
) -> str | None:
    """The name of the table with the pairs; None where some column has taught nothing."""
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[_comparison(each) for each in columns],
        blocking_rules_to_generate_predictions=[
            block_on(name, arrays_to_explode=[name] if several else None) for name, several in blocks.items()
        ],
        probability_two_random_records_match=learnt_from.prior,
        max_iterations=_ROUNDS,
        retain_matching_columns=True,
        retain_intermediate_calculation_columns=True,
    )
    left = list(learnt_from.blocks)
    for _ in range(_ATTEMPTS):
        if any(all(each.name in block for block in left) for each in columns):
            return None  # no session would teach anything about that column
        linker = Linker(DuckDBAPI(connection).register("people"), settings, log_level=logging.CRITICAL)
        linker.training.estimate_u_using_random_sampling(max_pairs=_RANDOM_PAIRS, seed=_SEED)
        failed = _taught(linker, left)
        if failed is None:
            return str(linker.inference.predict(threshold_match_probability=_UNLIKELY).physical_name)
        left.remove(failed)
    return None


def _taught(linker: Any, blocks: Sequence[tuple[str, ...]]) -> tuple[str, ...] | None:
    """Teach the model session by session; the block of the session that failed, which leaves it unusable."""
    from splink import block_on

    for block in blocks:
        try:
            linker.training.estimate_parameters_using_expectation_maximisation(
                block_on(*block), max_pairs=_LEARNING_PAIRS, record_sample_proportion=1.0
            )
        except ValueError:  # an estimate fell to nothing
            return block
    return None


def _comparison(column: Column) -> Any:
    """The levels of agreement, the closest first; a missing value says nothing."""
    from splink import comparison_level_library as levels
    from splink import comparison_library as comparisons

    name = column.name
    similar: list[Any] = [levels.JaroWinklerLevel(name, each) for each in _LIKENESS]
    if column.kind in _EDITS:
        similar = [levels.DamerauLevenshteinLevel(name, each) for each in _EDITS[column.kind]]
    elif column.kind == "exact":
        similar = []
    same = levels.ExactMatchLevel(name, term_frequency_adjustments=column.kind in _BY_FREQUENCY)
    return comparisons.CustomComparison(
        output_column_name=name,
        comparison_levels=[levels.NullLevel(name), same, *similar, levels.ElseLevel()],
    )


def _pairs(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[Column]
) -> Iterator[tuple[int, int, tuple[Evidence, ...]]]:
    """(the lower id, the other, what speaks for and against them)."""
    by_name = {column.name: column for column in columns}
    asked = ["unique_id_l", "unique_id_r"]
    for name, column in by_name.items():
        weight = f"mw_{name}"
        if column.kind in _BY_FREQUENCY:
            weight = f"{weight} + coalesce(mw_tf_adj_{name}, 0)"
        asked += [f"gamma_{name}", weight]
    # The names are ours.
    result = connection.execute(f'SELECT {", ".join(asked)} FROM "{table}" ORDER BY 1, 2')  # noqa: S608
    while rows := result.fetchmany(_AT_ONCE):
        for one, other, *said in rows:
            yield min(one, other), max(one, other), tuple(_evidence(columns, said))


def _evidence(columns: Sequence[Column], said: Sequence[Any]) -> Iterator[Evidence]:
    for column, level, points in zip(columns, said[::2], said[1::2], strict=True):
        if level >= 0 and math.isfinite(points):
            similar = 0 if column.kind == "exact" else len(_EDITS.get(column.kind, _LIKENESS))
            name = "same" if level == similar + 1 else "similar" if level else "different"
            yield Evidence(column.rule, name, min(max(points, -_HEAVIEST), _HEAVIEST))  # type: ignore[arg-type]


def _compared(question: JudgeQuestion) -> int:
    """How many comparisons there are, those that several blocks lead to counted each time."""
    sizes = (Counter(key for keys in block.values() for key in keys) for block in question.blocks)
    return sum(size * (size - 1) // 2 for each in sizes for size in each.values())
