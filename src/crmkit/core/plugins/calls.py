"""Calling one plugin's function: what it raises, and what it answers that it must not, names the plugin.

pluggy's own call would stop at the first plugin that raises, without saying whose it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any, NoReturn, TypeVar

from attrs import frozen

from crmkit.core.errors import PluginError, Rejected, TryAgain
from crmkit.core.phrase import phrase
from crmkit.core.plugins.failure import outage_of, placed
from crmkit.core.plugins.hook_names import DECIDER_HOOKS, PREFIX
from crmkit.core.plugins.slow import note_if_slow

T = TypeVar("T")


class WrongAnswer(TypeError):
    """A plugin's answer is not what its hook takes; the text goes on after the plugin's name and a colon."""


@frozen
class Call:
    """One plugin's implementation of one hook; `arguments` are those it asks for, `settings` the plugin's."""

    plugin: str
    version: str
    hook: str
    function: Callable[..., Any]
    arguments: tuple[str, ...]
    settings: Any = None

    def __call__(self, given: Mapping[str, Any]) -> Any:
        """Call it with what it asks for."""
        return self.function(
            *[self.settings if name == "settings" else given[name] for name in self.arguments]
        )

    def note_if_slow(self, began: float) -> None:
        """Let whoever asked for more detail know that it took long; `began` is of `perf_counter`."""
        note_if_slow(self.plugin, self.version, self.hook, began)


def guarded(call: Call, given: Mapping[str, Any], take: Callable[[Any], T]) -> T:
    """What `take` makes of the answer; it runs inside the guard because generators fail while consumed."""
    began = perf_counter()
    try:
        taken = take(call(given))
    except BaseException as error:  # noqa: BLE001  (a plugin may raise anything, sys.exit too)
        raise passed_on(call, error)  # noqa: B904  (it is the error itself, or comes from it)
    call.note_if_slow(began)
    return taken


def passed_on(call: Call, error: BaseException) -> BaseException:
    """What leaves the guard: a plugin's sys.exit must not end the program, Ctrl-C must.

    That the database is busy or full is nobody's failure: it is told as what it is.
    """
    if (outage := outage_of(error)) is not None:
        outage.details = {**outage.details, "plugin": call.plugin}
        return outage
    if isinstance(error, KeyboardInterrupt | GeneratorExit | TryAgain):
        return error
    if isinstance(error, Rejected):
        error.details = {**error.details, "plugin": call.plugin}
        return error
    failed = _failure(call, error)
    failed.__cause__ = error
    return failed


def refuse(call: Call, reason: str) -> NoReturn:
    """Say what is wrong with a plugin's answer. Errors: PluginError, always."""
    raise _failure(call, WrongAnswer(reason))


def _failure(call: Call, error: BaseException) -> PluginError:
    said = error.args[0] if isinstance(error, WrongAnswer) else placed(repr(error), error)
    deciding = call.hook in DECIDER_HOOKS
    return PluginError(
        phrase(
            'Plugin "{plugin}" {version} failed in {prefix}{hook}: {said}',
            plugin=call.plugin,
            version=call.version,
            prefix=PREFIX,
            hook=call.hook,
            said=said,
        ),
        hint=phrase(
            "Nothing was written. To go on without it: crm plugins disable {plugin}"
            if deciding
            else "To go on without it: crm plugins disable {plugin}",
            plugin=call.plugin,
        ),
        plugin=call.plugin,
        version=call.version,
        hook=call.hook,
    )
