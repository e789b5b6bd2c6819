"""What the specifications offer, and what tests and executed pages do with it.

`offered` are hooks, commands, options, words, settings and errors by name, read from the program. `done` is
read from the tests' syntax, by `python`, and from the blocks of the pages that are run, by `pages`. What
stands in a docstring, in a list of names, or in what a page shows as printed is not done. Nothing is run, so
the comparison is quick.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from tests.architecture.exercised import pages, python
from tests.architecture.exercised.found import Done
from tests.docs.blocks import read_blocks

ROOT: Final = Path(__file__).parents[3]
# They go through lists of all that there is: whoever is only there is done by nobody on purpose.
_LISTS: Final = ("tests/architecture/", "tests/acceptance/rights/", "tests/docs/test_reference.py")


@cache
def done() -> Done:
    """What the tests, those of the examples, and the pages of the docs do."""
    found = Done()
    for folder in ("tests", "examples"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            if not str(file.relative_to(ROOT)).startswith(_LISTS):
                python.read(found, file, file.read_text(encoding="utf-8"))
    for file in sorted((ROOT / "examples").rglob("*.toml")):
        found.add_text(file.read_text(encoding="utf-8"))
    for page in pages.every(ROOT):
        for block in read_blocks(page):
            if block.runs:
                pages.read(found, block)
    return found
