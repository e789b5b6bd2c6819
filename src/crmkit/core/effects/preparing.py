"""Preparing: an action makes of each line what is to be handed over, and can only read meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crmkit.core.effects.line import Line, Outcome, mark_of
from crmkit.core.effects.pausing import HOUR, later
from crmkit.core.errors import PluginError
from crmkit.core.model.acting import ActionItem, Parcel
from crmkit.core.model.batches import Refusal
from crmkit.core.model.strategy import FAILED, PENDING
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase
from crmkit.core.plugins.failure import said_of
from crmkit.core.strategy.gates.reachable import addresses_of

if TYPE_CHECKING:
    import sqlalchemy as sa

    from crmkit.core.crm import Crm
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.words import Action


def prepare(kernel: Kernel, action: Action | None, lines: Sequence[Line]) -> None:
    """Give each line its parcel, or the outcome that it has without one."""
    if action is None or action.prepare is None:
        _await_plugin(kernel, lines)
        return
    with kernel.planning() as connection:
        _address(kernel, connection, lines)
        ready = _understood(action, lines, mark_of(connection))
        _attempt(kernel, action, kernel.crm(), ready)


def _address(kernel: Kernel, connection: sa.Connection, lines: Sequence[Line]) -> None:
    """Note where each line goes as of now, and by which rates: it is prepared anew if that changes."""
    reaching = [line for line in lines if line.channel is not None and line.customer_id is not None]
    found = addresses_of(connection, {line.customer_id for line in reaching if line.customer_id is not None})
    for line in reaching:
        channel = kernel.words.channels.get(line.channel or "")
        kind = (line.customer_id or 0, channel.contact_kind or "") if channel else (0, "")
        line.address = found.get(kind) or (line.given_address if channel else None)
        if channel is not None and channel.rates is not None and line.address is not None:
            try:
                line.rates = tuple(channel.rates(line.address))
            except Exception as error:  # noqa: BLE001 - a plugin's code may raise anything
                reason = f"the rates of {channel.name} cannot be told: {said_of(error)}"
                line.outcome = later(line, reason, kernel.clock.now(), kernel.random)


def _await_plugin(kernel: Kernel, lines: Sequence[Line]) -> None:
    """Wait for as long as it takes until the plugin is back."""
    for line in lines:
        line.outcome = Outcome(
            state=PENDING, due_at=kernel.clock.now() + HOUR, afresh=True,
            reason=f"waits for the plugin that brings the action {line.action}",
        )  # fmt: skip


def _understood(action: Action, lines: Sequence[Line], mark: str) -> list[tuple[Line, ActionItem]]:
    found = []
    for line in lines:
        if line.customer_id is None:
            continue
        try:
            line.prepared = line.item(action, mark)
            found.append((line, line.prepared))
        except Exception as error:  # noqa: BLE001 - a plugin's class may raise anything
            reason = f"{action.name} does not understand its parameters: {said_of(error)}"
            line.outcome = Outcome(state=FAILED, reason=reason)
    return found


def _attempt(kernel: Kernel, action: Action, crm: Crm, ready: Sequence[tuple[Line, ActionItem]]) -> None:
    """Prepare all; where that fails, halves of them, until it is plain whose fault it is."""
    if not ready:
        return
    try:
        answers = _answers(action, crm, ready)
    except Exception as error:  # noqa: BLE001 - a plugin's code may raise anything
        if len(ready) > 1:
            half = len(ready) // 2
            _attempt(kernel, action, crm, ready[:half])
            _attempt(kernel, action, crm, ready[half:])
            return
        # Nothing has left the house yet: whatever it is may be mended.
        line = ready[0][0]
        line.outcome = later(line, said_of(error), kernel.clock.now(), kernel.random)
        return
    for index, (line, _) in enumerate(ready):
        answer = answers.get(index)
        if isinstance(answer, Parcel):
            line.parcel = answer
        else:
            reason = answer.reason if answer else f"{action.name} has prepared nothing"
            line.outcome = Outcome(state=FAILED, reason=reason)


def _answers(
    action: Action, crm: Crm, ready: Sequence[tuple[Line, ActionItem]]
) -> dict[int, Parcel | Refusal]:
    assert action.prepare is not None
    found: dict[int, Parcel | Refusal] = {}
    for answer in action.prepare([item for _, item in ready], crm) or ():
        if not isinstance(answer, Parcel | Refusal) or answer.index not in range(len(ready)):
            raise PluginError(
                phrase(
                    "The action {action} prepared {answer}", action=action.name, answer=quoted(repr(answer))
                )
            )
        found[answer.index] = answer
    return found
