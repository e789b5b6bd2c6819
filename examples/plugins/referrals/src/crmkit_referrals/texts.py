"""What the page says, in the languages that crmkit's pages speak: a file of texts for each."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files


def texts_in(language: str) -> Mapping[str, str]:
    """The texts of a language; in English where there are none."""
    folder = files(__package__) / "languages"
    file = folder / f"{language}.toml"
    return tomllib.loads((file if file.is_file() else folder / "en.toml").read_text(encoding="utf-8"))
