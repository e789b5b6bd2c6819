"""A plugin's own settings class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, time
from decimal import Decimal
from enum import Enum, StrEnum
from pathlib import Path
from typing import Literal

import pytest
from attrs import field, frozen, validators

from crmkit.core.config import Secret, load, structure_settings
from crmkit.core.errors import ConfigError

Write = Callable[..., Path]


class Security(StrEnum):
    NONE = "none"
    TLS = "tls"


class Level(Enum):
    LOW = 1
    HIGH = 2


@frozen
class Server:
    host: str
    port: int = field(default=25, validator=validators.in_(range(1, 65536)))


@frozen
class MailSettings:
    server: Server
    password: Secret | None = None
    security: Security = Security.TLS
    level: Level = Level.LOW
    mode: Literal["fast", "slow"] = "fast"
    rate: float = field(default=1.0, validator=validators.gt(0))
    price: Decimal = Decimal(0)
    since: date | None = None
    at: time | None = None
    spool: Path = Path("spool")
    either: int | str = 0
    relays: tuple[Server, ...] = ()
    headers: Mapping[str, str] = field(factory=dict)
    topics: frozenset[str] = frozenset()

    def __attrs_post_init__(self) -> None:
        if self.security is Security.NONE and self.password is not None:
            raise ValueError("a password without encryption would be readable on the way")


def settings(path: Path) -> MailSettings:
    """The settings of the plugin `mail`."""
    config = load(path)
    section = config.plugins["mail"]
    return structure_settings(MailSettings, section.settings, source=config.where("plugins", "mail"))


def refusal(path: Path) -> list[str]:
    """The lines of the message that structuring ends with."""
    with pytest.raises(ConfigError) as caught:
        settings(path)
    return caught.value.message.splitlines()


def test_every_type_is_structured(write: Write) -> None:
    """Nested classes, enums, optionals, unions, collections, dates and paths come as declared."""
    path = write(
        """
        [crs]
        name = "x"
        [plugins.mail]
        enabled = false
        password = "env:MAIL"
        security = "tls"
        level = 2
        mode = "slow"
        rate = 2
        price = 1.10
        since = 2026-01-31
        at = 09:00:00
        spool = "mails"
        either = "text"
        relays = [{ host = "r" }]
        headers = { a = "b" }
        topics = ["t"]
        [plugins.mail.server]
        host = "h"
        """
    )
    assert settings(path) == MailSettings(
        server=Server("h"),
        password=Secret("env:MAIL"),
        security=Security.TLS,
        level=Level.HIGH,
        mode="slow",
        rate=2.0,
        price=Decimal("1.1"),
        since=date(2026, 1, 31),
        at=time(9),
        spool=path.parent / "mails",
        either="text",
        relays=(Server("r"),),
        headers={"a": "b"},
        topics=frozenset({"t"}),
    )


def test_every_problem_of_a_plugin_is_located(write: Write) -> None:
    """Types, the author's validators, unknown and missing keys: all at once, each in its line."""
    assert refusal(
        write(
            """\
            [crs]
            name = "x"
            [plugins.mail]
            enabeld = false
            password = "hunter2"
            security = "tsl"
            level = 3
            rate = -1
            price = nan
            relays = [
              { host = "r", port = 99999 },
              { prot = 25 },
            ]
            since = 2026-01-31T09:00:00
            [plugins.mail.server]
            port = "25"
            host = "h"
            """
        )
    ) == [
        'crm.toml:4: [plugins.mail] enabeld: is not known here; did you mean "enabled"?',
        'crm.toml:5: [plugins.mail] password: must say where the secret is, "env:NAME" or "file:PATH"',
        'crm.toml:6: [plugins.mail] security: "tsl" is not one of none, tls; did you mean "tls"?',
        "crm.toml:7: [plugins.mail] level: 3 is not one of 1, 2",
        "crm.toml:8: [plugins.mail] rate: 'rate' must be > 0: -1.0",
        "crm.toml:9: [plugins.mail] price: nan is not a finite number",
        "crm.toml:11: [plugins.mail.relays[0]] port: 'port' must be in range(1, 65536) (got 99999)",
        'crm.toml:12: [plugins.mail.relays[1]] prot: is not known here; did you mean "port"?',
        "crm.toml:12: [plugins.mail.relays[1]] host: is missing",
        "crm.toml:14: [plugins.mail] since: 2026-01-31 09:00:00 is not a date such as 2026-01-31",
        'crm.toml:16: [plugins.mail.server] port: "25" is not a whole number',
    ]


def test_a_rule_over_several_keys_is_located_at_the_table(write: Write) -> None:
    """What `__attrs_post_init__` refuses is a problem of the section as a whole."""
    text = "[crs]\nname = 'x'\n[plugins.mail]\nsecurity = 'none'\npassword = 'env:P'\nserver = {host = 'h'}\n"
    assert refusal(write(text)) == [
        "crm.toml:3: [plugins.mail]: a password without encryption would be readable on the way"
    ]


def test_a_plugin_without_a_section_has_its_defaults(write: Write) -> None:
    """Missing settings are located even where there is no section at all."""
    config = load(write("[crs]\nname = 'x'\n"))
    with pytest.raises(ConfigError, match=r"crm\.toml:1: .*server: is missing"):
        structure_settings(MailSettings, {}, source=config.where("plugins", "mail"))


def test_a_key_that_is_a_word_of_python(write: Write) -> None:
    """`from` in the file is `from_` in the class, and what is wrong with it is said of `from`."""

    @frozen
    class LetterSettings:
        from_: str = field(validator=validators.min_len(1))

    def made(toml: str) -> LetterSettings:
        config = load(write(f'[crs]\nname = "Rye"\n[plugins.mail]\n{toml}\n'))
        source = config.where("plugins", "mail")
        return structure_settings(LetterSettings, config.plugins["mail"].settings, source=source)

    assert made('from = "Anna"').from_ == "Anna"
    for wrong, line in (("from = 1", 4), ('from = ""', 4), ("", 3)):
        with pytest.raises(ConfigError, match=rf"crm.toml:{line}: \[plugins.mail\].*from\b[^_]"):
            made(wrong)
