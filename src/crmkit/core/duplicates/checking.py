"""What is wrong with `[matching.duplicates]`, and whether anything can be compared at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from attrs import evolve

from crmkit.core.config.duplicates import DuplicateSettings
from crmkit.core.duplicates.judged import chosen_judge
from crmkit.core.duplicates.rules import rules_of
from crmkit.core.errors import ExtraMissing
from crmkit.core.jobs import Finding
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.config import Config
    from crmkit.core.kernel import Kernel


def rule_texts(kernel: Kernel) -> Iterator[tuple[tuple[str, ...], str, Callable[[str], object]]]:
    """The judge's and each rule's place in `crm.toml`, its name, and what fails when nothing is so called."""
    settings = kernel.config.matching.duplicates
    keys = ("matching", "duplicates", "judge")
    yield keys, settings.judge, lambda _: chosen_judge(settings.judge, kernel.loaded.judges)
    for name, rule in settings.rules.items():
        alone = evolve(settings, rules={name: rule})
        yield ("matching", "duplicates", "rules", name), name, _judging(kernel, alone)


def _judging(kernel: Kernel, settings: DuplicateSettings) -> Callable[[str], object]:
    return lambda _: rules_of(settings, kernel.words.fields)


def is_asked_for(config: Config) -> bool:
    """Whether the business says anything about duplicates."""
    return config.matching.duplicates != DuplicateSettings()


def library_findings(config: Config) -> Iterator[Finding]:
    """That nobody is compared for want of the library: a warning where duplicates are asked for."""
    from crmkit.core.duplicates.comparing import Comparators

    try:
        Comparators()
    except ExtraMissing as error:
        level = "warning" if is_asked_for(config) else "note"
        yield Finding(
            level,
            phrase("The worker does not look for duplicates: {message}", message=error.message),
            error.hint,
        )
