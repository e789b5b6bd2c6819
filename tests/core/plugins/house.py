"""A business with plugins, as files."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from attrs import frozen

from crmkit.core.config import load
from crmkit.core.config.schema import Config
from crmkit.core.plugins.load import Loaded, load_plugins

HEAD = """
from __future__ import annotations
import sqlalchemy as sa
from pathlib import Path
from crmkit.plugin import *
"""


@frozen
class House:
    """A `crm.toml` with plugins beside it, and packages that can be imported from `site`."""

    directory: Path

    @property
    def path(self) -> Path:
        return self.directory / "crm.toml"

    @property
    def site(self) -> Path:
        return self.directory / "site"

    def write(self, *plugins: str, more: str = "") -> None:
        """The configuration."""
        names = ", ".join(f'"{name}"' for name in plugins)
        self.path.write_text(f'[crs]\nname = "Rye"\nplugins = [{names}]\n{dedent(more)}')

    def local(self, name: str, code: str = "", manifest: str = "") -> None:
        """A one-file plugin."""
        folder = self.directory / "plugins"
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.py").write_text(HEAD + dedent(code))
        (folder / f"{name}.toml").write_text(_manifest(name, manifest))

    def installed(
        self, name: str, code: str = "", manifest: str = "", requires: str = "", dist: str = ""
    ) -> None:
        """A package with an entry point, as an installer leaves it."""
        package = self.site / f"{name}_package"
        package.mkdir(parents=True, exist_ok=True)
        (package / "__init__.py").write_text(HEAD + dedent(code))
        (package / "plugin.toml").write_text(_manifest(name, manifest))
        info = self.site / f"{dist or f'crmkit_{name}'}-1.2.dist-info"
        info.mkdir()
        metadata = f"Metadata-Version: 2.1\nName: {dist or f'crmkit-{name}'}\nVersion: 1.2\n"
        (info / "METADATA").write_text(metadata + (f"Requires-Dist: {requires}\n" if requires else ""))
        (info / "entry_points.txt").write_text(f"[crmkit.plugins]\n{name} = {name}_package\n")

    def config(self) -> Config:
        return load(self.path)

    def load(self, *, strict: bool = False, safe: bool = False) -> Loaded:
        """What loading it gives."""
        return load_plugins(self.config(), strict=strict, safe=safe)


def _manifest(name: str, more: str) -> str:
    return f'name = "{name}"\ntitle = "{name.capitalize()}"\ndoc = "For tests"\n{dedent(more)}'
