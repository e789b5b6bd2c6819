"""Fitting a model to a file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from attrs import frozen

from crmkit import Invalid
from crmkit.plugin import N_, nphrase, phrase
from crmkit.plugins.analytical.lifetime.data_file import Contents, read_contents
from crmkit.plugins.analytical.lifetime.fit import Fit
from crmkit.plugins.analytical.lifetime.fitting import fit
from crmkit.plugins.analytical.lifetime.histories import Histories
from crmkit.plugins.analytical.lifetime.models import model_named

_UNITS = {"day": N_("in days"), "week": N_("in weeks")}


@frozen(kw_only=True)
class FileFit:
    """The fit, what was left out of the file, and what it was of."""

    fit: Fit
    skipped: tuple[str, ...]
    told: str


def fit_file(path: Path, model: str, *, until: date | None, unit: str | None, today: date) -> FileFit:
    """Fit a model to a purchase log up to the day `until` (the log's last), or to summarised histories.

    `unit` is `week` (the default) or `day`. Raises `Invalid`, `NotFound`.
    """
    contents = read_contents(path, model, today)
    if contents.histories is not None:
        if until is not None or unit is not None:
            raise Invalid(
                phrase("{path} holds summarised histories, whose end and unit are settled", path=path),
                hint="Leave out --until and --unit, or give a log of purchases.",
            )
        return FileFit(
            fit=fit(model_named(model), contents.histories),
            skipped=contents.skipped,
            told=phrase("summarised histories; times in their unit"),
        )
    return _fit_log(contents, model, until, unit or "week")


def _fit_log(contents: Contents, model: str, until: date | None, unit: str) -> FileFit:
    assert contents.log is not None
    log = contents.log
    if not len(log.days):
        raise Invalid("Every purchase lies in the future", hint="Look at the dates of the file.")
    end = log.last_day if until is None else until.toordinal()
    observed = log.until(end)
    if not len(observed.bought().days):
        raise Invalid(
            phrase("Nobody had bought anything by {until}", until=until),
            hint="Give a later day: --until DATE",
        )
    histories: Histories = observed.periods(end, unit) if model == "bg-bb" else observed.histories(end, unit)
    told = nphrase(
        "{count} purchase up to {day}, {units}",
        "{count} purchases up to {day}, {units}",
        len(observed.bought().days),
        day=date.fromordinal(end),
        units=phrase(_UNITS[unit]),
    )
    return FileFit(fit=fit(model_named(model), histories), skipped=contents.skipped, told=told)
