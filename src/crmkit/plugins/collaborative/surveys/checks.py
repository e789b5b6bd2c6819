"""What `crm check` says of surveys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crmkit import CrmError
from crmkit.plugin import Finding, phrase
from crmkit.plugins.collaborative.surveys.file import faults_of, survey_files

if TYPE_CHECKING:
    from crmkit import Crm


def findings(crm: Crm) -> Iterator[Finding]:
    """What is wrong with each file, with its line."""
    for file in survey_files(crm).values():
        if file.value is None:
            yield from (Finding("error", each.sentence(crm.config.directory)) for each in file.problems)
            continue
        try:
            for keys, message, hint in faults_of(crm, file.value):
                yield Finding(
                    "error", phrase("{place}: {problem}", place=file.place(*keys), problem=message), hint
                )
        except CrmError as error:
            yield Finding(
                "error",
                phrase("{place}: {problem}", place=file.shown, problem=error.message),
                error.hint or "",
            )
