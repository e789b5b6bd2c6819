"""In which lines of a file keys are."""

from __future__ import annotations

import pytest

from crmkit.core.store.lines import Lines


def test_a_key_is_in_the_line_in_which_it_came_first() -> None:
    """Another system's same number is another key, and so is one with half a character that differs, or the
    same letters in other parts."""
    lines = Lines()
    given = [("old", "71"), ("new", "71"), ("old", "7\ud800"), ("old", "7\ud801"), ("old7", "1")]
    found = [lines.first(each, line) for line, each in enumerate([*given, given[0], given[2]], start=2)]
    assert found == [2, 3, 4, 5, 6, 2, 4]


@pytest.mark.parametrize(("folders", "journal"), [(("/var/tmp",), "delete"), ((), "off")])
def test_without_a_folder_for_temporary_files_all_lines_are_in_memory(
    monkeypatch: pytest.MonkeyPatch, folders: tuple[str, ...], journal: str
) -> None:
    """A long file is imported there too; only what is in memory alone has no journal in a file."""
    for name in ("SQLITE_TMPDIR", "TMPDIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("os.access", lambda folder, _mode: folder in folders)
    lines = Lines()
    lines._kept.execute("COMMIT")
    assert lines._kept.execute("PRAGMA journal_mode = DELETE").fetchone() == (journal,)
