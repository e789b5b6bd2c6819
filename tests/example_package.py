"""The example plugin as it is once installed: built to a wheel and unpacked, without a network."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
REFERRALS = ROOT / "examples" / "plugins" / "referrals"


def install(package: Path, site: Path) -> Path:
    """Build `package` and unpack it into the folder `site`, which is then put on `sys.path` or PYTHONPATH."""
    wheels = site.with_name(f"{site.name}-wheels")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(wheels)],
        cwd=package,
        check=True,
        capture_output=True,
    )
    (wheel,) = wheels.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    return site


@pytest.fixture(scope="session")
def referrals_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of packages that holds the referrals package."""
    return install(REFERRALS, tmp_path_factory.mktemp("referrals") / "site")


@pytest.fixture
def referrals(referrals_site: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The referrals package can be imported and is among the installed plugins."""
    monkeypatch.syspath_prepend(str(referrals_site))
    return referrals_site
