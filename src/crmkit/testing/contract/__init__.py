"""What crmkit asks of every plugin, as checks that its author runs in one line.

A check looks at one thing and says of each fault what to do. Where a promise of crmkit reaches into plugins'
tables, as merging, exporting and erasing people does, its check belongs here, over the person of `canary`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve

from crmkit.testing.contract.check import POSTGRESQL, ContractCheck
from crmkit.testing.contract.rules import RULES, rule_of
from crmkit.testing.contract.subject import NOTHING, examined

if TYPE_CHECKING:
    import pytest

CHECKS: Final = tuple(check for rule in RULES for check in rule.checks if check.as_test)


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
    business has in `crm.toml` and uses besides. `samples` has, by interaction type, table, action, trait or
    metric, values for what cannot be made up (`amount`, in minor units, is that of the contact). What is not
    given here is taken from `[check]` of the manifest; the rules that it names as exempt are left out.
    """
    faults = []
    for check in CHECKS:
        with tempfile.TemporaryDirectory(prefix="crmkit-check-") as folder:
            subject = examined(name, Path(folder), toml=toml, requires=requires, local=local, samples=samples)
            if rule_of(check).number in subject.notes.exempt:
                continue
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
        subject = examined(name, tmp_path, toml=toml, requires=requires, local=local, samples=samples)
        number = rule_of(check).number
        if number in subject.notes.exempt:
            pytest.skip(f"{number}: {subject.notes.exempt[number]}")
        address = None
        if engine == POSTGRESQL:  # crmkit's own tables are copied; the plugin's are made as in a business
            server = request.getfixturevalue("crm_postgres")
            ready = request.getfixturevalue("crm_ready")
            address = ready.copy_tables(tmp_path, bundled((*requires, name)), server)
            request.addfinalizer(lambda: server.drop_database(address))
        check.apply(evolve(subject, database=address))

    return test_contract


def _cases() -> Iterator[Any]:
    import pytest

    for check in CHECKS:
        for engine in check.engines:
            marks = [pytest.mark.postgresql] if engine == POSTGRESQL else []
            identity = check.name if len(check.engines) == 1 else f"{check.name}-{engine}"
            yield pytest.param(check, engine, id=identity, marks=marks)
