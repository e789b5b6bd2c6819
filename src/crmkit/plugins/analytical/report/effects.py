"""The section about what rules have changed: those that leave some customers alone, to know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from crmkit import CrmError
from crmkit.plugin import N_, Axis, Chart, ReportSection, ReportTable, _, translated

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import ReportQuestion

_COLUMNS: Final = (
    Axis(column="rule", title="Rule", measure="text"),
    Axis(column="group", title="Group", measure="text"),
    Axis(column="customers", title="Counted"),
    Axis(column="came", title="Came to it"),
    Axis(column="share", title="Share", measure="percent"),
)
_ALL: Final = N_("All rules together")


def section(crm: Crm, question: ReportQuestion) -> ReportSection | None:
    """Each measured rule's answer in a sentence, and its groups side by side; None where none is measured."""
    texts: list[str] = []
    rows: list[dict[str, Any]] = []
    charts: list[Chart] = []
    for name, made in _reports(crm, texts):
        texts.append(f"{name}: {made.sentence}")
        groups = list(_groups(name, made))
        rows += groups
        chart = _chart(name, made, groups)
        charts += [chart] if chart is not None else []
    if not texts:
        return None
    if question.where is not None:
        texts.append(_("Rules are judged by everybody whom they met, whatever the report is limited to."))
    tables = [ReportTable(caption="Groups of rules", columns=_COLUMNS, rows=rows)] if rows else []
    return ReportSection(
        name="rules", title="What rules have changed", text=texts, charts=charts, tables=tables, order=60
    )


def _reports(crm: Crm, texts: list[str]) -> Iterator[tuple[str, Any]]:
    asked: list[tuple[str, Any]] = []
    if crm.config.control.share is not None:
        asked.append((translated(_ALL), crm.strategy.report_all))
    for rule in crm.strategy.rules():
        declared = getattr(rule, "declared", None)
        if declared is not None and declared.is_measured:
            asked.append((rule.name, lambda name=rule.name: crm.strategy.report(name)))
    for name, ask in asked:
        try:
            yield name, ask()
        except CrmError as error:
            texts.append(_("{name}: cannot be told: {reason}", name=name, reason=error.message))


def _groups(name: str, made: Any) -> Iterator[dict[str, Any]]:
    for arm in made.shares.arms if made.shares is not None else ():
        if arm.sample.n:
            yield {
                "rule": name, "group": arm.name, "customers": arm.sample.n, "came": arm.sample.successes,
                "share": arm.estimate,
            }  # fmt: skip


def _chart(name: str, made: Any, groups: list[dict[str, Any]]) -> Chart | None:
    """The groups' shares, unless their sizes say that the comparison cannot be trusted."""
    if len(groups) < 2 or made.state == "broken" or not any(row["came"] for row in groups):
        return None
    return Chart(
        name=f"rule-{name.lower()}", title=_("{name}: came to a {outcome}", name=name, outcome=made.outcome),
        says=made.sentence, kind="bars",
        rows=groups, x=Axis(column="group", title="Group", measure="text"),
        y=Axis(column="share", title="Share of the group", measure="percent"),
    )  # fmt: skip
