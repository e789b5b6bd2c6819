"""Which database the configuration means."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from attrs import fields

from crmkit.core.config import checks
from crmkit.core.config.faults import Faults
from crmkit.core.config.secrets import Secret
from crmkit.core.errors import ConfigError
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.config.schema import Config


def database_of(config: Config) -> Path | str:
    """The SQLite file as an absolute path, or the PostgreSQL URL as text."""
    setting = config.crs.database
    target = _revealed(setting, config) if isinstance(setting, Secret) else setting
    return target if target.startswith("postgresql://") else config.directory / target


def _revealed(secret: Secret, config: Config) -> str:
    target = secret.reveal()
    try:
        checks.database(None, fields(type(config.crs)).database, target)
    except Faults:
        raise ConfigError(
            phrase(
                'the database that "{reference}" names is neither the path of a file nor a URL '
                "postgresql://…",
                reference=secret.reference,
            ),
            hint="Correct the value there; it is not shown because it may hold a password.",
        ) from None
    return target
