"""`crm init` in Polish and in Urdu: what it asks, and the files that it writes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tomli

from crmkit.cli.kinds import FOLDER, kinds
from crmkit.cli.template_words import said, texts
from crmkit.core.language import speaking, translated
from crmkit.testing import run_crm
from tests.cli.conftest import Shell

TEMPLATES = [kind.name for kind in kinds()]
FILES = sorted(FOLDER.rglob("*.toml"))
_ENGLISH = re.compile(r"\b(?:the|and|of|what|whoever|who|is|are|it|them|customers?)\b", re.IGNORECASE)


@pytest.mark.parametrize("language", ["pl", "ur"])
@pytest.mark.parametrize("template", TEMPLATES)
def test_a_business_begins_in_the_language(empty: Shell, template: str, language: str) -> None:
    """Its crm.toml says all in that language, has nothing to put right, and is the business's language."""
    env = {"CRMKIT_LANGUAGE": language, "LANG": "C.UTF-8", "LC_ALL": ""}
    begun = run_crm("init", str(empty.folder / "new"), "--template", template, "--no-input", env=env)
    assert begun.status == 0, begun.stderr
    assert _ENGLISH.findall(begun.stdout.replace(str(empty.folder), "")) == []
    file = empty.folder / "new" / "crm.toml"
    assert tomli.loads(file.read_text("utf-8"))["crs"]["locale"] == language
    assert _ENGLISH.findall(_prose(file.read_text("utf-8"))) == []
    findings = Shell(file.parent).json("check")["findings"]
    assert {each["level"] for each in findings} <= {"note"}, findings


def _prose(text: str) -> str:
    """The comments of a file, without the commands and settings that they name."""
    comments = "\n".join(re.findall(r"# (.*)", text))
    return re.sub(r"crm [a-z]+.*|\w+ = .*|\([^)]*\)", "", comments)


@pytest.mark.parametrize("language", ["pl", "ur"])
@pytest.mark.parametrize("file", FILES, ids=[str(each.relative_to(FOLDER)) for each in FILES])
def test_a_file_means_the_same_in_every_language(file: Path, language: str) -> None:
    """Only sentences differ: each is one that the catalogue has."""
    text = re.sub(r"= \$\w+", '= "2030-01-01"', file.read_text("utf-8"))
    with speaking(language):
        there = said(text)
        expected = {translated(each) for each in texts(text)}
    pairs = list(_differences(tomli.loads(text), tomli.loads(there)))
    assert {new for _, new in pairs} <= expected
    assert bool(pairs) == bool({old for old, _ in pairs} & set(texts(text)))
    assert max(map(len, there.splitlines())) < 150


def _differences(one: Any, other: Any) -> Iterator[tuple[str, str]]:
    """The texts in which two files differ; AssertionError where it is more than texts."""
    assert type(one) is type(other)
    if isinstance(one, dict):
        assert list(one) == list(other)
        for key in one:
            yield from _differences(one[key], other[key])
    elif isinstance(one, list):
        assert len(one) == len(other)
        for pair in zip(one, other, strict=True):
            yield from _differences(*pair)
    elif one != other:
        yield one, other


def test_a_comment_in_english_stays_as_it_was_written() -> None:
    """Whoever speaks English has the file of the template, line by line."""
    for file in FILES:
        assert said(file.read_text("utf-8")) == file.read_text("utf-8")
