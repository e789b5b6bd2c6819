"""Rules to try out: those of the file, also where they are set aside, and those that are in no file yet."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmkit.core.config.faults import Faults
from crmkit.core.config.rules import RuleDeclaration
from crmkit.core.errors import Invalid, NotFound
from crmkit.core.nearest import did_you_mean
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase
from crmkit.core.predicates.duration import UNITS, Duration

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel


def declaration_in(kernel: Kernel, name: str, file: Path | None) -> RuleDeclaration:
    """What `file` says of the rule, or `crm.toml` if None. Raises `NotFound` and `Invalid`."""
    if file is not None:
        return _read(file, name)
    if name not in kernel.config.rules:
        hint = did_you_mean(name, kernel.config.rules, phrase("See them: crm rules list"))
        raise NotFound(phrase('There is no rule "{name}"', name=name), hint=hint)
    return kernel.config.rules[name]


def length_in(text: str) -> Duration:
    """The length of time that a person wrote: `7 days`. Raises `Invalid`."""
    amount, _, unit = text.strip().partition(" ")
    unit = unit.strip().removesuffix("s")
    if not amount.isdecimal() or not int(amount) or unit not in UNITS:
        raise Invalid(
            phrase("{text} is no length of time", text=quoted(text)),
            hint='Write such as "7 days" or "1 month".',
        )
    found = Duration(int(amount), unit)
    if found.is_too_long:
        raise Invalid(phrase("{text} is too long", text=quoted(text)))
    return found


def _read(file: Path, name: str) -> RuleDeclaration:
    """The table `[rules.NAME]` of the file, or all of it where it has no table `rules`."""
    from crmkit.core.config.structure import converter

    try:
        data: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Invalid(phrase("{file} cannot be read: {error}", file=file, error=error)) from None
    rules = data.get("rules", {name: data})
    if not isinstance(rules, dict) or name not in rules:
        there = (
            phrase("It has: {rules}", rules=", ".join(rules))
            if isinstance(rules, dict)
            else phrase("Write it as [rules.NAME].")
        )
        raise NotFound(phrase('{file} has no rule "{name}"', file=file, name=name), hint=there)
    try:
        found: RuleDeclaration = converter(file.parent).structure(rules[name], RuleDeclaration)
    except Faults as error:
        raise Invalid(
            phrase('{file}, rule "{name}": {problem}', file=file, name=name, problem=error.message)
        ) from None
    return found
