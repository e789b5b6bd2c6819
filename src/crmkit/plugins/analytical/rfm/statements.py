"""Scores and segments of customers, as one statement over the log.

Scores go by quantiles: a customer's place among all who ever bought, so that equal values have equal scores.
Those who are alike stand in the middle of the places that they take together (the ridit of I. D. J. Bross,
"How to use ridit analysis", Biometrics 14 (1958) 18-38). The lowest value has the first score and the highest
the last, however many have it: who bought once has 1, also where most did. Where all are alike, all have the
middle score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

MEASURES: Final = ("recency", "frequency", "monetary")


def better(columns: Any, measure: str) -> Any:
    """A measure so that more is better: days ago count backwards."""
    return -columns[measure] if measure == "recency" else columns[measure]


def scored(
    totals: sa.Select[Any],
    scores: int,
    breaks: Mapping[str, Sequence[tuple[int, int]]],
    cells: Mapping[tuple[int, int], str],
) -> sa.Select[Any]:
    """(customer_id, recency, frequency, monetary, r, f, m, fm, segment) of the customers of `totals`.

    Measures without `breaks` go by quantiles. `fm` is the mean of f and m, halves up.
    """
    rfm = totals.subquery()
    by_quantiles = [measure for measure in MEASURES if not breaks.get(measure)]
    places = [each for name in by_quantiles for each in _places(rfm, name)]
    if places:
        places.append(sa.func.count().over().label("many"))
    placed = sa.select(*rfm.c, *places).subquery()
    found: dict[str, Any] = {
        measure: _by_place(placed, measure, scores)
        if measure in by_quantiles
        else by_breaks(better(placed.c, measure), breaks[measure])
        for measure in MEASURES
    }
    r, f, m = (found[measure].label(measure[0]) for measure in MEASURES)
    measured = [placed.c[name] for name in ("customer_id", *MEASURES)]
    return with_segment(sa.select(*measured, r, f, m).subquery("scored"), cells)


def with_segment(rows: Any, cells: Mapping[tuple[int, int], str]) -> sa.Select[Any]:
    """`rows` that have r, f and m, with `fm` and `segment`."""
    fm = (rows.c.f + rows.c.m + 1) // sa.literal(2, sa.BigInteger)
    whole = sa.select(*rows.c, sa.cast(fm, sa.BigInteger).label("fm")).subquery("averaged")
    return sa.select(*whole.c, segment_of(whole.c.r, whole.c.fm, cells).label("segment"))


def _places(rfm: Any, measure: str) -> list[Any]:
    """The first and the last of the places that those with this value take, from the worst.

    Both are of one window, for which the customers are put in order once.
    """
    value = rfm.c[measure]
    upwards = value.desc() if measure == "recency" else value
    return [
        sa.func.rank().over(order_by=upwards).label(f"{measure}_from"),
        sa.func.count().over(order_by=upwards).label(f"{measure}_to"),
    ]


def _by_place(placed: Any, measure: str, scores: int) -> Any:
    first, last, many = placed.c[f"{measure}_from"], placed.c[f"{measure}_to"], placed.c.many
    lowest, highest = first == _big(1), last == many
    middle = _big(1) + (_big(scores) * (first + last - _big(1))) // (_big(2) * many)
    score = sa.case(
        (sa.and_(lowest, highest), middle), (lowest, _big(1)), (highest, _big(scores)), else_=middle
    )
    return sa.cast(score, sa.BigInteger())


def by_breaks(value: Any, breaks: Sequence[tuple[int, int]]) -> sa.ColumnElement[int]:
    """The score of a value: that of the highest break that it reaches."""
    lowest = breaks[0][1]
    rising = [(value >= _big(least), _big(score)) for least, score in reversed(breaks[1:])]
    return sa.case(*rising, else_=_big(lowest)) if rising else _big(lowest)


def segment_of(r: Any, fm: Any, cells: Mapping[tuple[int, int], str]) -> sa.ColumnElement[str]:
    """The name of the segment of two scores."""
    by_name: dict[str, list[int]] = {}
    for (one, other), name in cells.items():
        by_name.setdefault(name, []).append(one * 100 + other)
    code = r * _big(100) + fm
    return sa.case(*((code.in_([_big(each) for each in codes]), sa.literal(name, sa.Text))
                     for name, codes in by_name.items()))  # fmt: skip


def breaks_of(scored_: sa.Select[Any]) -> list[sa.Select[Any]]:
    """For each measure: (score, the lowest value that has it), of what `scored` gives."""
    rows = scored_.subquery()
    return [
        sa.select(rows.c[name[0]].label("score"), sa.func.min(better(rows.c, name)).label("value"))
        .group_by(rows.c[name[0]])
        .order_by(rows.c[name[0]])
        for name in MEASURES
    ]


def _big(number: int) -> sa.ColumnElement[int]:
    return sa.literal_column(str(number), sa.BigInteger())
