"""The libraries that the judge needs, and what is said where they are not installed."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from crmkit import ExtraMissing
from crmkit.plugin import Check, Finding, joined, nphrase, phrase

if TYPE_CHECKING:
    from crmkit import Crm

JUDGE: Final = "splink"
_NEEDED: Final = ("splink", "duckdb", "pyarrow")


def require_libraries() -> None:
    """Raise `ExtraMissing` where one of them is not installed; none is loaded for that."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise ExtraMissing(
            nphrase(
                "The judge {judge} needs the library {missing}, which is not installed",
                "The judge {judge} needs the libraries {missing}, which are not installed",
                len(missing),
                judge=JUDGE,
                missing=joined(phrase(" and "), missing),
            ),
            hint="Install them: pip install 'crmkit[identity]'",
        )


def libraries_check() -> Check:
    """What `crm doctor` and `crm check` ask: whether the judge that `crm.toml` names can judge."""
    return Check(
        name="identity", doc="The judge of duplicates has its libraries", run=_missing, of_settings=True
    )


def _missing(crm: Crm) -> Iterable[Finding]:
    if crm.config.matching.duplicates.judge != JUDGE:
        return
    try:
        require_libraries()
    except ExtraMissing as error:
        yield Finding("warning", error.message, error.hint)
