"""References to secrets, and what is never shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from crmkit.core.config import Secret, load, show
from crmkit.core.errors import ConfigError, Invalid

Write = Callable[..., Path]


def test_a_variable_is_read_when_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Changing the variable after loading changes what is revealed; unset and empty are told apart."""
    secret = Secret("env:CRM_TEST_SECRET")
    with pytest.raises(ConfigError, match='"CRM_TEST_SECRET" is not set'):
        secret.reveal()
    monkeypatch.setenv("CRM_TEST_SECRET", "hunter2")
    assert secret.reveal() == "hunter2"
    monkeypatch.setenv("CRM_TEST_SECRET", "")
    with pytest.raises(ConfigError, match="is empty"):
        secret.reveal()


def test_a_file_beside_the_configuration_is_read(write: Write, tmp_path: Path) -> None:
    """A relative path starts beside crm.toml, and the last line break is not part of the secret."""
    config = load(write("[crs]\nname = 'x'\ndatabase = 'file:keys/db'\n"))
    with pytest.raises(ConfigError, match="is missing or not a regular file"):
        config.database()
    write("postgresql://me:hunter2@host/crm\n", "keys/db")
    assert config.database() == "postgresql://me:hunter2@host/crm"
    write("mysql://me:hunter2@host/crm\n", "keys/db")
    with pytest.raises(ConfigError, match="neither the path of a file nor a URL") as caught:
        config.database()
    assert "hunter2" not in str(caught.value)
    (tmp_path / "keys" / "db").write_bytes(b"\xff")
    with pytest.raises(ConfigError, match="is not UTF-8"):
        config.database()


@pytest.mark.parametrize("reference", ["hunter2", "env:", "env:A B", "file:", "vault:x", ""])
def test_anything_but_a_reference_is_refused_unseen(reference: str) -> None:
    """The message does not repeat what may be the secret itself."""
    with pytest.raises(Invalid) as caught:
        Secret(reference)
    assert "hunter2" not in str(caught.value)


def test_nothing_shows_a_secret(write: Write) -> None:
    """Neither repr nor str nor the effective configuration gives away references, passwords or tokens."""
    config = load(
        write(
            """
            [crs]
            name = "x"
            database = "postgresql://me:hunter1@host/crm?password=hunter2&sslmode=require"
            [plugins.mail]
            login = "env:hunter3"
            api_key = "hunter4"
            relays = [{ url = "smtp://me:hunter5@host", Password = "hunter6" }]
            """
        )
    )
    shown = show(config)
    for text in (shown, repr(config), str(config), str(Secret("env:hunter7")), repr(Secret("file:hunter8"))):
        assert "hunter" not in text
    assert 'database = "postgresql://me:***@host/crm?password=***&sslmode=require"' in shown
    assert 'login = "env:***"' in shown


def test_problems_do_not_quote_passwords(write: Write) -> None:
    """A refused database URL is quoted without its password."""
    with pytest.raises(ConfigError) as caught:
        load(write("[crs]\nname = 'x'\ndatabase = 'mysql://me:hunter2@host/crm'\n"))
    assert "mysql://me:***@host/crm" in caught.value.message
    assert "hunter2" not in str(caught.value.details)
