"""What tests of crmkit and of plugins need: real databases, a clock that stands still, checks of a plugin.

Installed with crmkit, pytest has the fixtures `crm`, `crm_both`, `crm_on`, `clock`, `public` and `recorder`
(`crmkit.testing.plugin` describes them). A plugin checks what crmkit asks of every plugin in one line:
`test_contract = contract_checks("referrals")`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crmkit.core.clock import FakeClock
    from crmkit.testing.command_line import Answer, run_crm
    from crmkit.testing.contract import check_plugin, contract_checks
    from crmkit.testing.contract.check import ContractCheck
    from crmkit.testing.databases import PostgresServer
    from crmkit.testing.opening import open_crm
    from crmkit.testing.public import Page, Public, serving
    from crmkit.testing.recorder import Recorder

# Loaded on first use: pytest loads this package wherever crmkit is installed.
_HOMES = {
    "Answer": "crmkit.testing.command_line",
    "ContractCheck": "crmkit.testing.contract.check",
    "FakeClock": "crmkit.core.clock",
    "Page": "crmkit.testing.public",
    "PostgresServer": "crmkit.testing.databases",
    "Public": "crmkit.testing.public",
    "Recorder": "crmkit.testing.recorder",
    "check_plugin": "crmkit.testing.contract",
    "contract_checks": "crmkit.testing.contract",
    "open_crm": "crmkit.testing.opening",
    "run_crm": "crmkit.testing.command_line",
    "serving": "crmkit.testing.public",
}
__all__ = (
    "Answer",
    "ContractCheck",
    "FakeClock",
    "Page",
    "PostgresServer",
    "Public",
    "Recorder",
    "check_plugin",
    "contract_checks",
    "open_crm",
    "run_crm",
    "serving",
)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'crmkit.testing' has no attribute {name!r}")
    from importlib import import_module

    from crmkit.core.deprecation import warn_of_name

    warn_of_name(__name__, name)
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return list(__all__)
