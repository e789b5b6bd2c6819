"""The answer of the groups, which comes first: what was changed, in a sentence and in money."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attrs import frozen

from crmkit.plugin import nphrase, phrase

if TYPE_CHECKING:
    from crmkit.plugins.campaign.results.model import Results

_UNDECIDED: Final = ("collecting", "waiting", "not begun")


@frozen(kw_only=True)
class Incremental:
    """What one group brought beyond what it would have brought if left alone, in minor units: `amount`, and
    the ends of an interval that may be looked at every day (None: not known yet). Of the `customers` of the
    group `arm` whose time is over."""

    arm: str
    customers: int
    amount: int
    low: int | None = None
    high: int | None = None


def incremental(found: Results) -> tuple[Incremental, ...]:
    """For each group beside the control group; nothing where nobody was left alone, where the outcome has no
    money, or where the groups cannot be trusted."""
    report = found.report
    if report is None or report.amounts is None or report.state == "broken":
        return ()
    compared = report.amounts
    sizes = {arm.name: arm.sample.n for arm in compared.arms}
    return tuple(
        Incremental(
            arm=each.arm, customers=sizes[each.arm], amount=round(each.absolute * sizes[each.arm]),
            **_ends(each.daily.bounds, sizes[each.arm]),
        )
        for each in compared.differences
        if each.against == compared.control and each.absolute is not None and compared.control is not None
    )  # fmt: skip


def _ends(bounds: tuple[float | None, float | None], size: int) -> dict[str, int | None]:
    low, high = (None if end is None else round(end * size) for end in bounds)
    return {"low": low, "high": high}


def sentence(found: Results) -> str:
    """The answer, or that there is none."""
    if found.report is None:
        return phrase("What it changed is not known: {reason}.", reason=found.untold)
    return found.report.sentence


def warnings(found: Results) -> Iterator[str]:
    """What keeps the numbers below from being the answer."""
    report = found.report
    if report is None:
        if found.is_closing:
            yield phrase("Look again when it has run: crm worker --once")
            return
        yield phrase("Only a group that is left alone tells it: control_group, outcome and within.")
        return
    if report.state in _UNDECIDED and report.shares is not None:
        yield nphrase(
            "It is decided at {count} customer, and {counted:,} are counted so far: until then differences "
            "between groups may be chance.",
            "It is decided at {count} customers, and {counted:,} are counted so far: until then differences "
            "between groups may be chance.",
            report.shares.planned,
            counted=report.shares.n,
        )
    small = [arm.name for arm in report.shares.arms if 0 < arm.sample.n < 30] if report.shares else []
    if small and report.state != "broken":
        names = ", ".join(small)
        yield phrase("Too few to compare by themselves: {names} (under 30 customers).", names=names)
