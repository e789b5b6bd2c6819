"""Opening the Crm of a run."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import click

from crmkit.cli.terminal import safe
from crmkit.core.language import translated
from crmkit.core.phrase import Phrase, shown

if TYPE_CHECKING:
    from crmkit.cli.state import State
    from crmkit.core.crm import Crm


def opened(state: State, *, plugins: bool = True) -> Crm:
    """The Crm that the global options mean; what it has to say on opening is said on stderr."""
    from crmkit.core.crm import Crm

    hear(state)
    crm = Crm.open(
        state.config_file, as_=state.actor, plugins=plugins and not state.no_plugins, strict=state.strict
    )
    for failure in crm.plugins.failures:
        lines = [shown(each) for each in (failure.reason, failure.hint) if each]
        state.output.warn(safe("\n".join(lines), lines=True))
    return crm


def hear(state: State) -> None:
    """Let crmkit's log be read on stderr for the length of the run: warnings, and under `-v` the rest."""
    log = logging.getLogger("crmkit")
    handler = _Talk(state)
    handler.setLevel(logging.INFO if state.output.verbose else logging.WARNING)
    before = log.level
    log.setLevel(min(before or logging.WARNING, handler.level))
    propagates, log.propagate = log.propagate, False
    log.addHandler(handler)

    def stop() -> None:
        log.removeHandler(handler)
        log.setLevel(before)
        log.propagate = propagates

    click.get_current_context().find_root().call_on_close(stop)


def _said(record: logging.LogRecord) -> str:
    """What a record says, in the language spoken; a log file has it in English."""
    if not isinstance(record.args, tuple) or not record.args:
        return record.getMessage()
    return translated(str(record.msg)) % tuple(
        each.shown() if isinstance(each, Phrase) else each for each in record.args
    )


class _Talk(logging.Handler):
    """Log records as lines of talk; a traceback only under `-v`."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state

    def emit(self, record: logging.LogRecord) -> None:
        self._state.output.warn(safe(_said(record), lines=True))
        if record.exc_info and self._state.output.verbose:
            self._state.output.warn(logging.Formatter().formatException(record.exc_info))
