"""Lines in files: where they may go, what they may hold, and that all of them arrive or none."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from crmkit import Crm
from crmkit.core.errors import Invalid
from crmkit.core.files.lines import line_of
from crmkit.core.files.place import place_of
from crmkit.core.model.acting import ActionItem, Parcel, Performed
from crmkit.core.model.batches import Refusal

OpenOne = Callable[[str], Crm]


def _do(crm: Crm, file: str, *lines: object, header: object = "") -> list[object]:
    action = crm.words.actions["file.append"]
    items = [
        ActionItem(
            effect=at, customer_id=1, params=action.params(file, line, header), rule="r", source="plan:1"
        )
        for at, line in enumerate(lines)
    ]
    assert action.prepare is not None
    parcels = list(action.prepare(items, crm))
    ready = [each for each in parcels if isinstance(each, Parcel)]
    return [*(each for each in parcels if isinstance(each, Refusal)), *action.perform(ready, crm)]


def test_lines_and_a_header(open_one: OpenOne, tmp_path: Path) -> None:
    """The header once, a row for each, and a folder that was not there."""
    crm = open_one("")
    file, header = "exports/calls.csv", ["customer", "name"]
    assert _do(crm, file, ["1", "Anna, née B"], ["2", "Bea"], header=header) == [
        Performed(0, file),
        Performed(1, file),
    ]
    _do(crm, file, ["3", "Cel\nina"], header=header)
    assert (tmp_path / file).read_text() == 'customer,name\n1,"Anna, née B"\n2,Bea\n3,Cel ina\n'


def test_after_a_line_that_was_never_finished(open_one: OpenOne, tmp_path: Path) -> None:
    """The next one is a line of its own."""
    crm = open_one("")
    (tmp_path / "log.txt").write_text("half")
    _do(crm, "log.txt", "whole")
    assert (tmp_path / "log.txt").read_text() == "half\nwhole\n"


@pytest.mark.parametrize(
    ("file", "said", "line"),
    [
        ("a.csv", ("=1+1", "x"), "'=1+1,x"),
        ("a.csv", "x,=1+1", "x,'=1+1"),
        ("a.csv", "\u2028=1+1", "' =1+1"),
        ("a.CSV", ("+48 512 000 111",), "+48 512 000 111"),
        ("a.tsv", ("@x", "y\tz"), "'@x\ty z"),
        ("a.txt", "=1+1\r\n\x1b[2J next", "=1+1  [2J next"),
    ],
)
def test_nothing_that_a_spreadsheet_works_out(file: str, said: str | tuple[str, ...], line: str) -> None:
    """In rows each cell is guarded; in any file a line is one line."""
    assert line_of(Path(file), said).replace("  ", " ") == line.replace("  ", " ")


@pytest.mark.parametrize(
    "file",
    ["", "/etc/passwd", "../out.txt", "a/../../out.txt", "a\\b.txt", ".env", "a/.git/config", "crm.toml",
     "CRM.TOML", "crm.db", "crm.db-wal", "plugins/mine.txt", "Templates/x.txt", "rehearsal/x.txt", "run.py",
     "a\0b", " x", "key.txt"],
)  # fmt: skip
def test_files_that_are_not_a_rules_to_write(open_one: OpenOne, file: str) -> None:
    """The business itself, what decides, secrets, and all that lies elsewhere."""
    crm = open_one('[webhooks.shop]\nurl = "https://a.example/"\nsecret = "file:key.txt"\n')
    with pytest.raises(Invalid, match="No rule can write to"):
        place_of(crm.config, file)


def test_links_lead_nowhere(
    open_one: OpenOne, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Symbolic links are not followed, for a file or a folder; a second name of crm.toml is crm.toml."""
    crm, outside = open_one(""), tmp_path_factory.mktemp("outside")
    (tmp_path / "folder").symlink_to(outside, target_is_directory=True)
    (tmp_path / "link.txt").symlink_to(outside / "new.txt")
    (tmp_path / "loop.txt").symlink_to("crm.toml")
    os.link(tmp_path / "crm.toml", tmp_path / "second.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "is_folder").mkdir()
    before = (tmp_path / "crm.toml").read_text()
    for file in ("folder/new.txt", "link.txt", "loop.txt", "second.txt", "pipe.txt", "is_folder"):
        (answer,) = _do(crm, file, "x")
        assert isinstance(answer, Refusal), file
    assert list(outside.iterdir()) == []
    assert (tmp_path / "crm.toml").read_text() == before


def test_many_at_once(open_one: OpenOne, tmp_path: Path) -> None:
    """Whoever else appends: every line is whole, and there is one header."""
    crm = open_one("")
    threads = [
        threading.Thread(
            target=_do, args=(crm, "log.txt", *[f"{name}{'x' * 5000}"] * 5), kwargs={"header": "H"}
        )
        for name in "abcdef"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    lines = (tmp_path / "log.txt").read_text().splitlines()
    assert lines[0] == "H"
    assert sorted(lines[1:]) == sorted(f"{name}{'x' * 5000}" for name in "abcdef" for _ in range(5))
