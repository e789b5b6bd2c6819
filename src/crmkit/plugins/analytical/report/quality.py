"""The section about how well customers are known, and whether they can be reached."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from crmkit import CrmError
from crmkit.plugin import Axis, Chart, Figure, ReportSection, _, number
from crmkit.plugins.analytical.report.figures import plain, written

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import ReportQuestion


def section(crm: Crm, question: ReportQuestion) -> ReportSection:
    """What is filled in, who may be written to, and what has to be looked at; known as of now only."""
    filled = crm.metrics.value("data_completeness", where=question.where, by="data_point")
    texts = [_("As of now: what was filled in earlier is not on record.")]
    return ReportSection(
        name="quality",
        title="How well customers are known",
        text=texts,
        figures=[
            Figure(label="Data points filled in", value=written(crm, filled.unit, filled.value)),
            *_reachable(crm, question),
            *_waiting(crm),
        ],
        charts=[each for each in (_chart(crm, filled),) if each is not None],
        order=90,
    )


def _reachable(crm: Crm, question: ReportQuestion) -> Iterator[Figure]:
    """Whom one may write to for marketing, of each purpose that is."""
    for purpose in crm.words.purposes:
        if purpose.type == "marketing":
            try:
                found = crm.metrics.value(f"reachable_share({purpose.name})", where=question.where)
            except CrmError:
                continue
            note = _(
                "{numerator} of {all} have an address and agreed",
                numerator=number(found.numerator),
                all=number(found.denominator or 0),
            )
            yield Figure(
                label=_("May be written to for {purpose}", purpose=purpose.name),
                value=written(crm, found.unit, found.value),
                note=note,
            )  # fmt: skip


def _waiting(crm: Crm) -> Iterator[Figure]:
    count = crm.duplicates.count()
    if count:
        yield Figure(
            label="Pairs who may be the same", value=number(count), note="crm customers duplicates list"
        )


def _chart(crm: Crm, filled: Any) -> Chart | None:
    rows: list[dict[str, Any]] = [
        {"point": each.group or "", "share": plain(each.value)} for each in filled.groups
    ]
    rows = sorted((row for row in rows if row["share"] is not None), key=lambda row: -row["share"])
    if not rows:
        return None
    least = rows[-1]
    said = _(
        "Least often known is {point}: of {share} of customers.",
        point=least["point"],
        share=written(crm, "share", least["share"]),
    )
    return Chart(
        name="filled", title="What is known of customers", says=said, kind="bars", rows=rows,
        x=Axis(column="point", title="Data point", measure="text"),
        y=Axis(column="share", title="Share of customers", measure="percent"),
    )  # fmt: skip
