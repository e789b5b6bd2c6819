"""`crm.toml` from its path to the values that everything else uses."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from attrs import fields

from crmkit.core.config.faults import Fault
from crmkit.core.config.include import gather
from crmkit.core.config.problems import config_error, located
from crmkit.core.config.raw import RawConfig
from crmkit.core.config.schema import Config, Sections


def load(path: str | os.PathLike[str]) -> Config:
    """The configuration that begins at `path`.

    Errors: ConfigError lists every problem of every file at once. What a file would have added that cannot be
    read is not known, so then only the problems of reading are listed.
    """
    return load_with(Path(path), MappingProxyType({}))


def load_with(path: Path, texts: Mapping[Path, str]) -> Config:
    """As `load`, with `texts` in place of the contents of the files they name."""
    gathering = gather(path, texts)
    if not gathering.complete:
        raise config_error(gathering.root, gathering.problems)
    raw = gathering.raw()
    problems = list(gathering.problems)
    sections, faults = _sections(raw)
    problems += located(raw, faults) if faults else []
    if problems:
        raise config_error(gathering.root, problems)
    values = {each.name: getattr(sections, each.name) for each in fields(Sections)}
    return Config(path=raw.path, files=raw.files, raw=raw, **values)


def _sections(raw: RawConfig) -> tuple[Sections, list[Fault]]:
    from crmkit.core.config.structure import converter, faults_in

    return faults_in(lambda: converter(raw.path.parent).structure(raw.data, Sections))
