"""What still works and will go: all of it in one list, and the warnings of whoever uses it.

What is on the list stays for two minor versions.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from inspect import signature
from types import FrameType, FunctionType
from typing import TYPE_CHECKING, Any, Final, Literal

from attrs import field, frozen

from crmkit.core.model.deprecated import CRMKIT, going

if TYPE_CHECKING:
    from crmkit.core.words.deprecated import DeprecatedWord

Kind = Literal["name", "hook", "argument", "setting", "command", "option"]
_STAYS: Final = 2


@frozen(kw_only=True)
class Deprecation:
    """Something public that will go: `what` is written as its users write it, by its `kind`.

    A name is `crmkit.plugin.Old`, a hook `crmkit_old_hook`, an argument of a hook `crmkit_hook.old`, a
    setting `rules.*.old` (`*` for any name), a command `crm old`, an option `crm customers list --old`.
    `since` is the minor version that deprecated it, such as 0.2; `instead` says what to use.
    """

    kind: Kind
    what: str
    since: str = field()
    instead: str

    @since.validator
    def _minor(self, _attribute: object, value: str) -> None:
        if len(_numbers(value)) != 2:
            raise ValueError(f"since is a minor version such as 0.2, not {value!r}")

    @property
    def until(self) -> str:
        """The first version without it: it stays in `since` and in the minor version after that."""
        major, minor = _numbers(self.since)
        return f"{major}.{minor + _STAYS}"

    @property
    def sentence(self) -> str:
        """What is known of it, as the end of a sentence that says who uses it."""
        return going(self.what, CRMKIT, self.since, self.until)


# In the order of their versions. Each is named in its version's section of docs/integrators/upgrading.md.
DEPRECATED: Final[tuple[Deprecation, ...]] = ()


def deprecated(*kinds: Kind) -> Iterator[Deprecation]:
    """What is deprecated of these kinds."""
    return (each for each in DEPRECATED if each.kind in kinds)


def outlived(version: str, among: Iterable[Deprecation]) -> list[Deprecation]:
    """What was promised to be gone in `version`."""
    now = _numbers(version)[:2]
    return [each for each in among if _numbers(each.until) <= now]


def is_over(until: str, version: str) -> bool:
    """Whether `version` of a plugin is one without what goes in `until`."""
    return len(_numbers(until)) > 0 and _numbers(until) <= _numbers(version)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


class DeprecatedUse(DeprecationWarning):
    """Something deprecated of crmkit is used: says by whom, since when, until when, and what to use."""


def warn_of_name(module: str, name: str) -> None:
    """Warn whoever takes a deprecated name out of a public module, in the line that does so."""
    for each in deprecated("name"):
        if each.what == f"{module}.{name}":
            _warn_at(each, _outside(module))


def warn_of_hook(plugin: str, version: str, hook: str, function: FunctionType) -> None:
    """Warn of a plugin's function that implements a deprecated hook or takes a deprecated argument."""
    for each in hook_uses(hook, function):
        code = function.__code__
        message = f'Plugin "{plugin}" {version} uses {each.sentence}: use {each.instead}'
        _warn(message, code.co_filename, code.co_firstlineno, function.__globals__)


def hook_uses(hook: str, function: Callable[..., Any]) -> list[Deprecation]:
    """What is deprecated of the hook, and of the arguments that the function takes."""
    among = [each for each in deprecated("hook", "argument") if each.what.partition(".")[0] == hook]
    if not among:  # as of most hooks: a business opens with dozens of functions
        return []
    used = {hook, *(f"{hook}.{name}" for name in signature(function).parameters)}
    return [each for each in among if each.what in used]


def warn_of_word(vocabulary: str, word: Any) -> None:
    """Warn the program or the plugin that names a word to a service, in the line that does so, if it will go.

    The plugin that brings the word is not warned, nor anybody where a command of `crm` asks: it tells people.
    """
    if word.deprecated is None:
        return
    from crmkit.core.words.deprecated import DeprecatedWord

    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - as in `_outside`
    while frame is not None and _is_own(module := str(frame.f_globals.get("__name__"))):
        frame = None if module.startswith("crmkit.cli.") else frame.f_back
    if frame is not None and _owner(module) != word.owner:
        each = DeprecatedWord(vocabulary, word.name, word.owner, word.deprecated)
        _warn_at(each, frame)


def _is_own(module: str) -> bool:
    """Whether a module is crmkit's, or between crmkit and whoever called it."""
    return module.partition(".")[0] in ("crmkit", "contextlib", "functools")


def _outside(module: str) -> FrameType:
    """The frame of whoever asked the module: between them stands only Python's own import."""
    frame = sys._getframe(1)  # noqa: SLF001 - as `warnings` itself does: `inspect.stack` reads every source
    while frame.f_back is not None and _is_between(str(frame.f_globals.get("__name__")), module):
        frame = frame.f_back
    return frame


def _is_between(name: str, module: str) -> bool:
    return name in (__name__, module) or name.partition(".")[0] == "importlib"


def _warn_at(each: Deprecation | DeprecatedWord, frame: FrameType) -> None:
    user = _user(str(frame.f_globals.get("__name__")))
    message = f"{user} uses {each.sentence}: use {each.instead}"
    _warn(message, frame.f_code.co_filename, frame.f_lineno, frame.f_globals)


def _warn(message: str, file: str, line: int, of_module: dict[str, Any]) -> None:
    """Warn at a place; by what the module keeps of its warnings, one place is told once."""
    told = of_module.setdefault("__warningregistry__", {})
    warnings.warn_explicit(message, DeprecatedUse, file, line, of_module.get("__name__"), told)


def _owner(module: str) -> str:
    """The plugin that a module belongs to; empty where it is of none."""
    from crmkit.core.plugins.discovery import owner_of

    return (owner_of(module) or ("", ""))[0]


def _user(module: str) -> str:
    """The plugin that a module belongs to, with its version; the module itself where it is of none."""
    from crmkit.core.plugins.discovery import owner_of

    owner = owner_of(module)
    return f'Plugin "{owner[0]}" {owner[1]}' if owner else f"The module {module}"
