"""Which group of a rule each customer belongs to: for whom it is done, how, and whom it leaves alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from crmkit.core.config.control import part
from crmkit.core.customers.sets import rows_among
from crmkit.core.effects.rehearsal import is_rehearsing
from crmkit.core.errors import CrmError
from crmkit.core.instants import local_date
from crmkit.core.model.strategy import CONTROL, GLOBAL, TREATED

if TYPE_CHECKING:
    import sqlalchemy as sa

    from crmkit.core.config.control import ControlSettings
    from crmkit.core.config.rules import RuleDeclaration
    from crmkit.core.kernel import Kernel
    from crmkit.core.strategy.rules import Rule, Step

Shares = tuple[tuple[str, float], ...]


def shares_of(declared: RuleDeclaration) -> Shares:
    """The groups of a rule with their shares, which add up to 1; none where it is not measured.

    The control group takes its share first; the rest is divided among the variants by their weights.
    """
    if not declared.is_measured:
        return ()
    control = part(declared.control_group) if declared.control_group else 0.0
    weights = declared.weights or {TREATED: 1.0}
    total = sum(weights.values())
    rest = tuple((name, (1 - control) * weight / total) for name, weight in weights.items())
    return ((CONTROL, control), *rest) if control else rest


def arms_of(
    kernel: Kernel, connection: sa.Connection, rule: Rule, ids: Collection[int], now: int
) -> Mapping[int, str]:
    """The group of each of these customers; none of those for whom the rule has no groups.

    By chance, from the customer's `uid` and the rule's name: the same answer every time. Whom the rule has
    met before stays where they were, also when shares have changed since.
    """
    shares, left_alone = shares_of(rule.declared), _left_alone(kernel, rule, now)
    if not ids or not (shares or left_alone):
        return {}
    from crmkit.core.measuring.assignment import arms

    rows = list(rows_among(connection, "SELECT id, uid FROM customer WHERE id", sorted(ids)))
    uids = [str(row[1]) for row in rows]
    drawn = dict(zip((row[0] for row in rows), arms(uids, rule.name, shares), strict=True)) if shares else {}
    drawn |= _before(connection, rule, ids, {name for name, _ in shares}) if shares else {}
    if left_alone:
        everybody = arms(uids, *left_alone)
        drawn |= {row[0]: GLOBAL for row, arm in zip(rows, everybody, strict=True) if arm == GLOBAL}
    return drawn


def promotes(kernel: Kernel, rule: Rule) -> bool:
    """Whether any of its steps writes to people for marketing."""
    from crmkit.core.strategy.gates.consent import MARKETING  # gates are about proposals, and these have arms

    purposes = kernel.words.purposes
    words = (purposes.get(touch.purpose) for touch in _touches(rule.steps))
    return any(word is not None and word.type == MARKETING for word in words)


def for_everybody(control: ControlSettings) -> tuple[str, Shares]:
    """(salt, shares) of the group that all rules leave alone for the period that `control` states."""
    assert control.share is not None
    share = part(control.share)
    return f"control:{control.since}", ((GLOBAL, share), (TREATED, 1 - share))


def _left_alone(kernel: Kernel, rule: Rule, now: int) -> tuple[str, Shares] | None:
    """(salt, shares) of the group that all rules leave alone today; None where this one does not."""
    control = kernel.config.control
    if control.share is None or control.since is None or control.until is None:
        return None
    if not control.since <= local_date(now, kernel.tz) <= control.until:
        return None
    if not (rule.declared.is_measured or promotes(kernel, rule)):
        return None
    return for_everybody(control)


def _before(
    connection: sa.Connection, rule: Rule, ids: Collection[int], known: Collection[str]
) -> dict[int, str]:
    """The group in which the rule met each of these customers first, where it still has that group."""
    select = (
        "SELECT customer_id, arm FROM effect "
        "WHERE origin = ? AND arm IS NOT NULL AND rehearsed <= ? AND customer_id"
    )
    rows = rows_among(
        connection, select, sorted(ids), rule.origin, int(is_rehearsing(connection)), after="ORDER BY id DESC"
    )
    return {row[0]: row[1] for row in rows if row[1] in known}


def _touches(steps: Sequence[Step]) -> Iterable[Any]:
    for step in steps:
        try:
            touch = step.action.touches(step.params(step.given)) if step.action.touches else None
        except (CrmError, TypeError, ValueError, AttributeError):
            continue  # of templates that are not rendered yet
        if touch is not None:
            yield touch
