"""Every block that a reader of the README or the docs would type does what the page says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.blocks import DocsError, read_blocks, run_page
from tests.docs.warm import WarmCrm

ROOT = Path(__file__).resolve().parents[2]
BUILT = {"_build", "_generated"}
IN_A_SHELL = "README.md"  # every command from scratch, as the reader's are


def pages() -> list[Path]:
    """README, CONTRIBUTING, SECURITY and the written pages of the docs that hold any block."""
    written = (page for page in (ROOT / "docs").rglob("*.md") if not BUILT & set(page.parts))
    candidates = [*ROOT.glob("*.md"), *written]
    return sorted(page for page in candidates if any(True for _ in read_blocks(page)))


@pytest.mark.timeout(300)
@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_page_does_what_it_says(page: Path, tmp_path: Path, warm: WarmCrm) -> None:
    """A reader who types a page from top to bottom sees what the page shows."""
    try:
        run_page(page, tmp_path, None if page == ROOT / IN_A_SHELL else warm)
    except DocsError as error:
        pytest.fail(str(error), pytrace=False)  # the page's place says more than the harness's


def test_readme_is_run() -> None:
    """The README's own steps are among the blocks that are executed, not all marked as not run."""
    assert any(block.runs for block in read_blocks(ROOT / "README.md"))
