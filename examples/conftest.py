"""The example packages as if they were installed, for their own tests in crmkit's test run.

Whoever installs one runs its tests in its folder, and needs nothing of this.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import tomli

PLUGINS = Path(__file__).parent / "plugins"


@pytest.fixture(scope="session")
def example_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an installation would note of each package, for whoever looks for entry points."""
    site = tmp_path_factory.mktemp("examples")
    for file in PLUGINS.glob("*/pyproject.toml"):
        project = tomli.loads(file.read_text(encoding="utf-8"))["project"]
        folder = site / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
        folder.mkdir()
        needs = "".join(f"Requires-Dist: {each}\n" for each in project["dependencies"])
        about = (
            f"Metadata-Version: 2.4\nName: {project['name']}\nVersion: {project['version']}\n"
            f"License-Expression: {project['license']}\nLicense-File: {project['license-files'][0]}\n{needs}"
        )
        (folder / "METADATA").write_text(about, encoding="utf-8")
        names = project["entry-points"]["crmkit.plugins"]
        points = "".join(f"{name} = {module}\n" for name, module in names.items())
        (folder / "entry_points.txt").write_text(f"[crmkit.plugins]\n{points}", encoding="utf-8")
    return site


@pytest.fixture(autouse=True)
def _installed(example_site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The packages can be imported and are among the installed plugins."""
    for source in PLUGINS.glob("*/src"):
        monkeypatch.syspath_prepend(str(source))
    monkeypatch.syspath_prepend(str(example_site))
