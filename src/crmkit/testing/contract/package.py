"""What can be said of the package that a plugin comes in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crmkit.core.language import N_
from crmkit.core.phrase import phrase
from crmkit.testing.contract.applying import NotConcerned

if TYPE_CHECKING:
    from importlib.metadata import Distribution

    from crmkit.testing.contract.subject import Subject

_UPPER: Final = ("<", "<=", "~=", "==")
_LOWER: Final = (">", ">=", "~=", "==")
_SUPPORTED: Final = "License-Expression", "License"


def tests(subject: Subject) -> Iterator[str]:
    """It has tests, of which one asks what crmkit asks of every plugin."""
    folder = _project(subject)
    if folder is None:
        raise NotConcerned(N_("its source is not here, only what was installed of it"))
    files = [path for place in (folder, folder / "tests") for path in _tests_in(place, deep=place != folder)]
    texts = [path.read_text(encoding="utf-8") for path in files]
    asked = re.compile(rf"""(contract_checks|check_plugin)\(\s*["']{re.escape(subject.name)}["']""")
    if not texts:
        yield phrase(
            "there are no tests in {folder}; write tests/test_contract.py with {line}",
            folder=folder,
            line=_asking(subject),
        )
    elif not any(asked.search(text) for text in texts):
        yield phrase("no test asks crmkit's checks; write {line}", line=_asking(subject))
    elif sum(len(re.findall(r"^ *def test_", text, re.MULTILINE)) for text in texts) == 0:
        yield phrase("only crmkit's checks are tested; test as well what only this plugin knows")


def _asking(subject: Subject) -> str:
    """What asks crmkit's checks, in a test."""
    if subject.found.file is not None:
        return f'check_plugin("{subject.name}", local=Path("plugins/{subject.name}.py"))'
    return f'test_contract = contract_checks("{subject.name}")'


def _tests_in(folder: Path, *, deep: bool) -> Iterator[Path]:
    yield from folder.rglob("test*.py") if deep else folder.glob("test*.py")


def _project(subject: Subject) -> Path | None:
    """The folder with the plugin's tests; None where it was installed without them."""
    if subject.found.file is not None:
        return (subject.local or subject.found.file).resolve().parents[1]
    for folder in subject.found.path.resolve().parents[:6]:
        project = folder / "pyproject.toml"
        if project.is_file() and "crmkit.plugins" in project.read_text(encoding="utf-8"):
            return folder
    return None


def version_range(subject: Subject) -> Iterator[str]:
    """Its package says from which version of crmkit on it works, and before which."""
    from packaging.requirements import Requirement

    wanted = [Requirement(each) for each in _distribution(subject).requires or ()]
    of_crmkit = [each for each in wanted if each.name == "crmkit" and each.marker is None]
    if not of_crmkit:
        yield phrase('the package does not depend on crmkit; write dependencies = ["crmkit>=0.1,<0.2"]')
        return
    operators = {each.operator for requirement in of_crmkit for each in requirement.specifier}
    for bounds, what in ((_LOWER, "lowest version, such as >=0.1"), (_UPPER, "bound above, such as <0.2")):
        if not operators.intersection(bounds):
            yield phrase(
                "its requirement on crmkit ({requirement}) has no {what}", requirement=of_crmkit[0], what=what
            )


def licence(subject: Subject) -> Iterator[str]:
    """Its package says under which licence it may be used, and brings the text."""
    metadata = _distribution(subject).metadata
    classifiers = [each for each in metadata.get_all("Classifier") or () if each.startswith("License ::")]
    if not any(metadata.get_all(key) for key in _SUPPORTED) and not classifiers:
        yield phrase('pyproject.toml names no licence; write license = "MIT", or what it is')
    if not metadata.get_all("License-File"):
        yield phrase('the text of the licence is not in the package; write license-files = ["LICENSE"]')


def _distribution(subject: Subject) -> Distribution:
    found = subject.found
    if found.bundled:
        raise NotConcerned(N_("it comes with crmkit, in one package"))
    if found.dist is None:
        raise NotConcerned(N_("a file beside crm.toml is no package"))
    return found.dist
