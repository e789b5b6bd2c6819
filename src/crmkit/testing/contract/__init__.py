"""What crmkit asks of every plugin, as checks that its author runs in one line.

A check looks at one thing and says of each fault what to do. Where a promise of crmkit reaches into plugins'
tables, as merging, exporting and erasing people does, its check belongs here, over the person of `canary`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from crmkit.testing.contract import at_rest, batches, canary, forgotten, in_use
from crmkit.testing.contract.subject import NOTHING, Subject

if TYPE_CHECKING:
    import pytest

SQLITE: Final = "sqlite"
POSTGRESQL: Final = "postgresql"


@frozen
class ContractCheck:
    """One check: `run(subject)` yields faults; `engines` are those on which its outcome may differ."""

    name: str
    run: Callable[[Subject], Iterable[str]]
    engines: tuple[str, ...] = (SQLITE,)

    @property
    def doc(self) -> str:
        """What holds where it finds nothing."""
        return (self.run.__doc__ or "").strip()

    def apply(self, subject: Subject) -> None:
        """Raise AssertionError with every fault."""
        from crmkit.core.errors import CrmError

        try:
            faults = list(self.run(subject))
        except CrmError as error:
            faults = [str(error)]
        if faults:
            lines = "\n".join(f"  - {fault}" for fault in faults)
            raise AssertionError(f"Plugin {subject.name}, {self.name}: {self.doc}\n{lines}")


CHECKS: Final = (
    ContractCheck("manifest", at_rest.manifest),
    ContractCheck("public-imports", at_rest.public_imports),
    ContractCheck("start-up", at_rest.start_up),
    ContractCheck("commands", at_rest.commands),
    ContractCheck("words", in_use.words),
    ContractCheck("ownership", in_use.ownership),
    ContractCheck("migrations", in_use.migrations, (SQLITE, POSTGRESQL)),
    ContractCheck("batches", batches.batches),
    ContractCheck("canary", canary.canary, (SQLITE, POSTGRESQL)),
    ContractCheck("forgotten", forgotten.forgotten, (SQLITE, POSTGRESQL)),
    ContractCheck("forgotten-after-merge", forgotten.forgotten_after_merge, (SQLITE, POSTGRESQL)),
)


def check_plugin(
    name: str,
    *,
    toml: str = "",
    requires: Iterable[str] = (),
    local: Path | None = None,
    samples: Mapping[str, Mapping[str, Any]] = NOTHING,
) -> None:
    """Run every check on a plugin, on SQLite; raise AssertionError with the faults of all.

    `local` is the file of a local plugin with its manifest beside it. `toml` and `requires` are what its
    business has in `crm.toml` and uses besides. `samples` has, by interaction type or table, values for what
    cannot be made up (`amount`, in minor
    units, is that of the contact).
    """
    faults = []
    for check in CHECKS:
        with tempfile.TemporaryDirectory(prefix="crmkit-check-") as folder:
            subject = Subject(
                name=name,
                folder=Path(folder),
                toml=toml,
                requires=tuple(requires),
                local=local,
                samples=samples,
            )
            try:
                check.apply(subject)
            except AssertionError as error:
                faults.append(str(error))
    if faults:
        raise AssertionError("\n".join(faults))


def contract_checks(
    name: str,
    *,
    toml: str = "",
    requires: Iterable[str] = (),
    local: Path | None = None,
    samples: Mapping[str, Mapping[str, Any]] = NOTHING,
) -> Callable[..., None]:
    """A pytest test for each check, on each engine that matters: `test_contract = contract_checks("x")`.

    The arguments are those of `check_plugin`.
    """
    import pytest

    from crmkit.testing.tables import bundled

    @pytest.mark.parametrize(("check", "engine"), list(_cases()))
    def test_contract(
        check: ContractCheck, engine: str, tmp_path: Path, request: pytest.FixtureRequest
    ) -> None:
        """The plugin keeps what crmkit asks of every plugin."""
        address = None
        if engine == POSTGRESQL:  # crmkit's own tables are copied; the plugin's are made as in a business
            server = request.getfixturevalue("crm_postgres")
            ready = request.getfixturevalue("crm_ready")
            address = ready.copy_tables(tmp_path, bundled((*requires, name)), server)
            request.addfinalizer(lambda: server.drop_database(address))
        check.apply(
            Subject(
                name=name,
                folder=tmp_path,
                toml=toml,
                requires=tuple(requires),
                local=local,
                samples=samples,
                database=address,
            )
        )

    return test_contract


def _cases() -> Iterator[Any]:
    import pytest

    for check in CHECKS:
        for engine in check.engines:
            marks = [pytest.mark.postgresql] if engine == POSTGRESQL else []
            identity = check.name if len(check.engines) == 1 else f"{check.name}-{engine}"
            yield pytest.param(check, engine, id=identity, marks=marks)
