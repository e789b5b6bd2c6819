"""What crmkit asks of every plugin: rules with numbers that stay, each made of checks."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from crmkit.testing.contract import (
    as_of,
    at_rest,
    batches,
    canary,
    forgotten,
    going,
    in_use,
    languages,
    package,
    undoing,
    wording,
)
from crmkit.testing.contract.check import POSTGRESQL, SQLITE, ContractCheck

_BOTH: Final = (SQLITE, POSTGRESQL)


@frozen
class Rule:
    """A rule: `number` such as CK03, what it is about, and the checks that find it broken."""

    number: str
    name: str
    checks: tuple[ContractCheck, ...]

    @property
    def doc(self) -> str:
        """What holds where it is kept."""
        return self.checks[0].doc


RULES: Final = (
    Rule("CK01", "manifest", (ContractCheck("manifest", at_rest.manifest),)),
    Rule(
        "CK02",
        "documented",
        (
            ContractCheck("words", in_use.words),
            ContractCheck("commands", at_rest.commands),
            ContractCheck("deprecations", going.deprecations),
        ),
    ),
    Rule("CK03", "ownership", (ContractCheck("ownership", in_use.ownership),)),
    Rule("CK04", "migrations", (ContractCheck("migrations", in_use.migrations, _BOTH),)),
    Rule(
        "CK05",
        "person",
        (
            ContractCheck("canary", canary.canary, _BOTH),
            ContractCheck("forgotten", forgotten.forgotten, _BOTH),
            ContractCheck("forgotten-after-merge", forgotten.forgotten_after_merge, _BOTH),
        ),
    ),
    Rule("CK06", "batches", (ContractCheck("batches", batches.batches),)),
    Rule(
        "CK07",
        "public-imports",
        (
            ContractCheck("public-imports", at_rest.public_imports),
            # As a test it would fail on the day on which something is deprecated, which still works.
            ContractCheck("deprecated", at_rest.deprecated, as_test=False),
            ContractCheck("deprecated-words", going.deprecated_words, as_test=False),
        ),
    ),
    Rule("CK08", "as-of", (ContractCheck("as-of", as_of.as_of),)),
    Rule("CK09", "undo", (ContractCheck("undo", undoing.undo),)),
    Rule("CK10", "wording", (ContractCheck("wording", wording.wording),)),
    # Whoever runs the checks as a test has one.
    Rule("CK11", "tests", (ContractCheck("tests", package.tests, as_test=False),)),
    Rule("CK12", "start-up", (ContractCheck("start-up", at_rest.start_up),)),
    Rule("CK13", "version-range", (ContractCheck("version-range", package.version_range),)),
    Rule("CK14", "licence", (ContractCheck("licence", package.licence),)),
    Rule("CK15", "translations", (ContractCheck("translations", languages.translations),)),
)


def rule_of(check: ContractCheck) -> Rule:
    """The rule that a check belongs to."""
    return next(rule for rule in RULES if check in rule.checks)
