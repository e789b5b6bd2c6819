"""Performing what a plan says inside the unit of work that enters it in the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from attrs import define

from crmkit.core.errors import PluginError
from crmkit.core.model.acting import ActionItem, Performed
from crmkit.core.model.batches import Refusal
from crmkit.core.model.strategy import ACT, DONE, FAILED
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase
from crmkit.core.plugins.failure import outage_of, said_of

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor
    from crmkit.core.store.unit import Transaction
    from crmkit.core.strategy.proposing import Proposal


@define
class Line:
    """An act of a plan on its way through the ledger: `number` is the act's, `effect` the ledger's.

    `given` is the text of the parameters, as planned.
    """

    number: int
    proposal: Proposal
    given: str
    effect: int = 0
    state: str = ACT
    reason: str | None = None
    result: str | None = None

    @property
    def is_external(self) -> bool:
        """Whether it is handed over later, to the world outside."""
        return self.proposal.step.action.prepare is not None


def perform(kernel: Kernel, actor: Actor, tx: Transaction, source: str, lines: Sequence[Line]) -> None:
    """Perform these acts, step by step; each line ends done or failed."""
    for group in by_step(lines):
        _attempt(kernel, actor, tx, source, group)


def by_step(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Those of one step of one rule together."""
    groups: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        groups.setdefault((line.proposal.rule.name, line.proposal.step.id), []).append(line)
    yield from groups.values()


def _attempt(kernel: Kernel, actor: Actor, tx: Transaction, source: str, group: Sequence[Line]) -> None:
    """Perform one step for all its customers; where that fails, for halves of them, until it is plain whose
    fault it is: the others' acts are done. Raises what is wrong with the database, where something is."""
    try:
        answers = _answers(kernel, actor, tx, source, group)
    except Exception as error:  # noqa: BLE001 - a plugin's executor may raise anything
        if (outage := outage_of(error)) is not None:  # of none of them alone
            raise outage  # noqa: B904  (it is the error itself, or comes from it)
        if len(group) == 1:
            group[0].state, group[0].reason = FAILED, said_of(error)
            return
        half = len(group) // 2
        _attempt(kernel, actor, tx, source, group[:half])
        _attempt(kernel, actor, tx, source, group[half:])
        return
    for line in group:
        line.state = DONE
    for line, answer in answers:
        if isinstance(answer, Refusal):
            line.state, line.reason = FAILED, answer.reason
        else:
            line.result = answer.result


def _answers(
    kernel: Kernel, actor: Actor, tx: Transaction, source: str, group: Sequence[Line]
) -> list[tuple[Line, Refusal | Performed]]:
    """What the action says of each; what it wrote is undone when it fails, or answers nonsense."""
    action = group[0].proposal.step.action
    items = [
        ActionItem(
            effect=line.effect, customer_id=line.proposal.customer_id, params=line.proposal.params,
            rule=line.proposal.rule.name, source=source, occasion=line.proposal.occasion,
        )
        for line in group
    ]  # fmt: skip
    # What others have logged must not be undone with what this one writes.
    tx.flush()
    with kernel.unit(actor), kernel.acting_in(tx, actor) as (crm, own):
        answers = list(action.perform(items, crm, own) or ())
        for answer in answers:
            if not isinstance(answer, Refusal | Performed) or not 0 <= answer.index < len(group):
                raise PluginError(
                    phrase(
                        "The action {action} answered with {answer}",
                        action=action.name,
                        answer=quoted(repr(answer)),
                    )
                )
    return [(group[answer.index], answer) for answer in answers]
