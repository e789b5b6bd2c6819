"""Plugins as they were at each release work with the present crmkit."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import crmkit
from tests.pinned import HERE, copies, minor, pin, unpack
from tests.soaking import SOAK

# It uses nearly everything that plugins can use; the others have their turn in `make soak`.
BROADEST = "referrals"
SOURCE = Path(crmkit.__file__).parents[1]
ROOT = HERE.parents[1]


def _named(copy: Path) -> str:
    return f"{copy.stem}-{copy.parent.name}"


def run_own_tests(copy: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the tests that a copy brings, in a process of its own, against this crmkit.

    Left out are crmkit's checks: they are not the plugin's, and ask of the plugins of today.
    """
    site = unpack(copy, folder)
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-m", "not postgresql",
         "--ignore-glob=*test_contract.py", "tests"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(site), str(SOURCE)))},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("copy", [each for each in copies() if SOAK or each.stem == BROADEST], ids=_named)
def test_a_plugin_of_a_release_works(copy: Path, tmp_path: Path) -> None:
    """Its own tests pass, as they were then: else the change breaks what strangers have written."""
    run = run_own_tests(copy, tmp_path)
    assert run.returncode == 0, (
        f"{run.stdout[-4000:]}{run.stderr[-1000:]}\n"
        "Plugins written for that release break: keep what they use, and deprecate it (CONTRIBUTING.md)."
    )


def test_every_release_is_kept() -> None:
    """A minor version that the changelog has a section of has its copy, and the first is there already."""
    released = re.findall(r"^## (\d+\.\d+)[.\d]* ", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    for version in {"0.1", *released}:
        assert {copy.stem for copy in HERE.glob(f"{version}/*.zip")} >= {BROADEST}, version


def test_a_copy_is_the_plugin_and_stays_as_it_is(tmp_path: Path) -> None:
    """Packing twice gives the same bytes, leaves out what is built, and does not touch an earlier copy."""
    first, again = pin(tmp_path / "a"), pin(tmp_path / "b")
    assert [copy.name for copy in first] == ["enrichment.zip", "referrals.zip", "sms.zip"]
    assert [copy.read_bytes() for copy in first] == [copy.read_bytes() for copy in again]
    with zipfile.ZipFile(first[1]) as archive:
        names = archive.namelist()
    assert {"pyproject.toml", "src/crmkit_referrals/plugin.toml", "tests/test_counting.py"} <= {*names}
    assert not [name for name in names if "__pycache__" in name]
    assert pin(tmp_path / "a") == []
    assert first[0].parent.name == minor(crmkit.__version__)


def test_what_breaks_a_copy_is_seen(tmp_path: Path) -> None:
    """A copy that uses a name that is gone fails, and says which."""
    copy = pin(tmp_path)[1]
    unpacked = tmp_path / "broken"
    with zipfile.ZipFile(copy) as archive:
        archive.extractall(unpacked)
    broken = tmp_path / "broken.zip"
    with zipfile.ZipFile(broken, "w") as archive:
        for path in unpacked.rglob("*"):
            if path.is_file():
                text = path.read_bytes().replace(b"InteractionType", b"InteractionKind")
                archive.writestr(path.relative_to(unpacked).as_posix(), text)
    run = run_own_tests(broken, tmp_path / "run")
    assert run.returncode != 0
    assert "InteractionKind" in run.stdout
