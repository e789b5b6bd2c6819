"""Configurations on disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from crmkit.core.config import load
from crmkit.core.errors import ConfigError


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a file, `crm.toml` if no other is named, and give its path."""

    def write(text: str, name: str = "crm.toml") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
        return path

    return write


@pytest.fixture
def refused(write: Callable[..., Path]) -> Callable[..., list[str]]:
    """Load what cannot be loaded and give the lines of the message."""

    def refused(text: str) -> list[str]:
        with pytest.raises(ConfigError) as caught:
            load(write(text))
        problems: list[dict[str, Any]] = caught.value.details["problems"]
        lines = caught.value.message.splitlines()
        assert len(problems) == len(lines)
        return lines

    return refused
