"""The report that is due: written once for each week or month, and told of once."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from crmkit import CrmError, Invalid, StoreError
from crmkit.plugin import _, joined, phrase, shown_safely, speaking, translated
from crmkit.plugins.analytical.report.page import days_of, page
from crmkit.plugins.analytical.report.writing import called, file_name, write

if TYPE_CHECKING:
    from pathlib import Path

    from crmkit import Crm
    from crmkit.plugin import Report
    from crmkit.plugins.analytical.settings import AnalyticalSettings

LATER: Final = "later"


def write_due(crm: Crm) -> None:
    """Write the report on the week or month that is over, unless it is there; then tell who wants to know.

    Raises `StoreError` where it cannot be written, and `Invalid` at the end where somebody could not be told:
    whom it did not reach for a passing reason is told at the next turn.
    """
    settings: AnalyticalSettings = crm.plugins.settings("analytical")
    asked = settings.report
    if asked.every is None:
        return
    period = f"last {asked.every}"
    path = crm.config.directory / asked.folder / file_name(crm.metrics.period(period))
    untold = [each for each in asked.mail_to if not _mark(path, each).exists()]
    if path.exists() and not untold:
        return
    with speaking(crm.config.crs.locale):
        report = crm.report(period)
        if not path.exists():
            write(path, page(crm, report))
        wrong = [said for each in untold for said in _tell(crm, each, path, report)]
    if wrong:
        raise Invalid(
            phrase("The report was written, but not everybody was told: {wrong}", wrong=joined("; ", wrong))
        )


def _mark(path: Path, employee: str) -> Path:
    """The file that says that somebody was told of the report."""
    return path.with_name(
        f".{path.name}.told.{''.join(each if each.isalnum() else '_' for each in employee)}"
    )


def _tell(crm: Crm, employee: str, path: Path, report: Report) -> list[str]:
    """Tell one employee. The note of it is made first: killed in between, nobody is told twice."""
    mark = _mark(path, employee)
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return []
    except OSError as error:
        raise StoreError(
            phrase(
                '"{mark}" cannot be written: {strerror}',
                mark=mark,
                strerror=phrase(error.strerror or str(error)),
            )
        ) from error
    state, reason = LATER, ""
    try:
        (told,) = crm.people.tell(
            [employee],
            subject=phrase(
                "{business}: report on {period}",
                business=crm.config.crs.name,
                period=called(report.question.period),
            ),
            text=letter(path, report),
            key=path.name,
        )
        state, reason = told.state, told.reason
    except CrmError as error:
        reason = error.message
    finally:
        if state == LATER:
            with suppress(OSError):
                mark.unlink()
    return [f"{employee}: {reason}"] if reason else []


def letter(path: Path, report: Report) -> str:
    """The report in short: its figures, and where the whole is."""
    lines = [_("The report on {days} is here:", days=days_of(report)), "", str(path), ""]
    for section in report.sections:
        if section.figures:
            lines += [
                translated(section.title),
                *(_line(translated(each.label), each.value, each.note) for each in section.figures),
                "",
            ]
    lines += report.warnings
    return shown_safely("\n".join(lines), lines=True)


def _line(label: str, value: str, note: str) -> str:
    return f"  {label}: {value}" + (f" ({note})" if note else "")
