"""How a plugin stands with each rule."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen

from crmkit.core.language import N_
from crmkit.core.phrase import phrase
from crmkit.core.plugins.failure import placed
from crmkit.testing.contract.applying import NotConcerned
from crmkit.testing.contract.rules import RULES

if TYPE_CHECKING:
    from crmkit.testing.contract.rules import Rule
    from crmkit.testing.contract.subject import Subject

DONE: Final = N_("done")
TODO: Final = N_("todo")
EXEMPT: Final = N_("exempt")


@frozen(kw_only=True)
class Grade:
    """How a plugin stands with a rule: `state` is done, todo (for `faults`) or exempt (for `reason`)."""

    rule: str
    name: str
    state: str
    reason: str = ""
    faults: tuple[str, ...] = ()


def grades(subject: Subject) -> Iterator[Grade]:
    """The plugin's grade for each rule, in their order, each as soon as it is known.

    What its manifest claims an exemption for is not looked at. A claim that names no rule is a fault of the
    manifest. What is told under one rule is not told again under those after it.
    """
    told: dict[str, str] = {}
    for grade in _graded_all(subject):
        again = list(dict.fromkeys(told[each] for each in grade.faults if each in told))
        new = [each for each in grade.faults if each not in told]
        told.update((each, grade.rule) for each in new)
        yield evolve(grade, faults=(*new, *(phrase("the same as {rule}", rule=each) for each in again)))


def _graded_all(subject: Subject) -> Iterator[Grade]:
    claims = subject.notes.exempt
    unknown = sorted(set(claims) - {rule.number for rule in RULES})
    for rule in RULES:
        if rule.number in claims:
            yield Grade(rule=rule.number, name=rule.name, state=EXEMPT, reason=claims[rule.number])
            continue
        grade = graded(rule, subject)
        if rule is RULES[0] and unknown:
            faults = (
                *grade.faults,
                phrase("[check] exempt names {names}, which is no rule", names=", ".join(unknown)),
            )
            grade = evolve(grade, state=TODO, faults=faults)
        yield grade


def graded(rule: Rule, subject: Subject) -> Grade:
    """The plugin's grade for one rule, whatever it claims."""
    faults, reasons = list[str](), list[str]()
    for check in rule.checks:
        with tempfile.TemporaryDirectory(prefix="crmkit-check-") as folder:
            try:
                faults += check.faults(evolve(subject, folder=Path(folder)))
            except NotConcerned as reason:
                reasons.append(str(reason))
            except SyntaxError as error:
                place = f"{Path(error.filename or '').name}:{error.lineno}"
                faults.append(phrase("{place} is no Python: {error}", place=place, error=error.msg))
            except Exception as error:  # noqa: BLE001 - whatever the plugin raises is a fault of its
                home = subject.found.path.parent if subject.manifest is not None else None
                faults.append(
                    phrase(
                        "the check {check} ended with {error}",
                        check=check.name,
                        error=placed(repr(error), error, home),
                    )
                )
    exempt = len(reasons) == len(rule.checks)
    return Grade(
        rule=rule.number,
        name=rule.name,
        state=TODO if faults else EXEMPT if exempt else DONE,
        reason=reasons[0] if exempt else "",
        faults=tuple(dict.fromkeys(faults)),
    )
