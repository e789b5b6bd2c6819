"""One check of a plugin."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from attrs import frozen

from crmkit.core.phrase import joined

if TYPE_CHECKING:
    from crmkit.testing.contract.subject import Subject

SQLITE: Final = "sqlite"
POSTGRESQL: Final = "postgresql"


@frozen
class ContractCheck:
    """One check: `run(subject)` yields faults, or raises `NotConcerned`; `engines` are those on which its
    outcome may differ. `as_test` says whether it is among the tests of `contract_checks`."""

    name: str
    run: Callable[[Subject], Iterable[str]]
    engines: tuple[str, ...] = (SQLITE,)
    as_test: bool = True

    @property
    def doc(self) -> str:
        """What holds where it finds nothing."""
        return " ".join((self.run.__doc__ or "").split())

    def faults(self, subject: Subject) -> list[str]:
        """Every fault. Raises `NotConcerned`."""
        from crmkit.core.errors import CrmError

        try:
            return list(self.run(subject))
        except CrmError as error:
            return [joined(". ", [each for each in (error.message, error.hint) if each])]
        except AssertionError as error:  # the plugin is not found
            return [str(error)]

    def apply(self, subject: Subject) -> None:
        """Raise AssertionError with every fault; what the plugin has nothing of passes."""
        from crmkit.testing.contract.applying import NotConcerned

        try:
            faults = self.faults(subject)
        except NotConcerned:
            return
        if faults:
            lines = "\n".join(f"  - {fault}" for fault in faults)
            raise AssertionError(f"Plugin {subject.name}, {self.name}: {self.doc}\n{lines}")
