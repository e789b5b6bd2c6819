"""The harness that runs the docs notices what a reader would stumble over."""

from __future__ import annotations

import sqlite3
import textwrap
from contextlib import closing
from pathlib import Path

import pytest

from tests.docs.blocks import DocsError, output_matches, read_blocks, run_page
from tests.docs.warm import WarmCrm, plain_crm
from tests.soaking import SOAK


def page(folder: Path, text: str) -> Path:
    """A page with that text; `'''` stands for a fence, so that tests read well."""
    path = folder / "page.md"
    path.write_text(textwrap.dedent(text).replace("'''", "```"), encoding="utf-8")
    return path


def run(folder: Path, text: str) -> int:
    """Write a page and run it; returns how many blocks ran."""
    return run_page(page(folder, text), folder_for(folder))


def folder_for(folder: Path) -> Path:
    """A place for the run beside the page."""
    place = folder / "run"
    place.mkdir()
    return place


def test_commands_run_in_order_in_one_folder(tmp_path: Path) -> None:
    """A later block finds the files and the folder that an earlier one left."""
    text = """
        '''console
        $ mkdir shop
        $ cd shop
        $ echo rye > bread
        '''
        Then look:
        '''console
        $ cat bread && basename "$PWD"
        rye
        shop
        '''
    """
    assert run(tmp_path, text) == 2


def test_failed_command_is_named_with_its_place(tmp_path: Path) -> None:
    """A command that fails stops the page and the message names file, line, command and output."""
    with pytest.raises(DocsError, match=r"page\.md:4: \$ ls nowhere\nended with 2, not 0:\n.*nowhere"):
        run(tmp_path, "\n'''console\n$ true\n$ ls nowhere\n'''\n")


def test_announced_failure_must_happen(tmp_path: Path) -> None:
    """`exit: 5` wants exactly that status of the last command, from either form of comment."""
    assert run(
        tmp_path,
        "% exit: 5\n'''console\n$ true\n$ (exit 5)\n'''\n<!-- exit: 3 -->\n'''console\n$ (exit 3)\n'''\n",
    )
    with pytest.raises(DocsError, match="ended with 0, not 5"):
        run_page(page(tmp_path, "% exit: 5\n'''console\n$ true\n'''\n"), folder_for(tmp_path / "run"))


def test_exit_of_a_shell_keeps_the_folder(tmp_path: Path) -> None:
    """A command that leaves its shell with `exit` after `cd` still moves the reader."""
    text = "% exit: 4\n'''console\n$ mkdir a && cd a && exit 4\n'''\n'''console\n$ basename $PWD\na\n'''\n"
    assert run(tmp_path, text) == 2


def test_other_output_than_shown_is_found(tmp_path: Path) -> None:
    """Output that differs from the page fails and shows both."""
    with pytest.raises(DocsError, match=r"the page shows:\nwheat\nit printed:\nrye"):
        run(tmp_path, "'''console\n$ echo rye\nwheat\n'''\n")


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        (("a", "...", "d"), "a\nb\nc\nd\n", True),
        (("a", "...", "d"), "a\nd\n", True),
        (("a", "...", "d"), "a\nb\n", False),
        (("took ... s",), "took 0.3 s\n", True),
        (("took ... s",), "took 0.3\n s\n", False),
        (("a",), "a\nb\n", False),
        (("a.c",), "abc\n", False),
        (("a", "", "b", ""), "a  \n\nb\n\n", True),
    ],
)
def test_dots_stand_for_what_varies(shown: tuple[str, ...], printed: str, same: bool) -> None:
    """`...` alone is any number of lines, within a line any text; everything else is literal."""
    assert output_matches(shown, printed) is same


def test_continued_command_and_errors_are_one_output(tmp_path: Path) -> None:
    """`> ` continues a command; what it says on either stream is compared in the order it was said."""
    text = """
        '''console
        $ cat <<END
        > one
        > END
        > echo two >&2
        one
        two
        '''
    """
    assert run(tmp_path, text) == 1


def test_toml_becomes_the_named_file(tmp_path: Path) -> None:
    """`file:` writes, `append:` adds, in the folder the reader is in."""
    text = """
        '''console
        $ mkdir shop && cd shop
        '''
        % file: crm.toml
        '''toml
        [crs]
        '''
        % append: crm.toml
        '''toml
        [segments]
        '''
        '''console
        $ cat crm.toml
        [crs]

        [segments]
        '''
    """
    assert run(tmp_path, text) == 4


def test_python_shares_names_and_folder(tmp_path: Path) -> None:
    """Python blocks share a namespace, see the page's files, and sessions check what they print."""
    text = """
        '''console
        $ echo 7 > number
        '''
        '''python
        from pathlib import Path

        number = int(Path("number").read_text())
        '''
        '''pycon
        >>> number * 6
        42
        '''
    """
    assert run(tmp_path, text) == 3


def test_python_failure_points_into_the_page(tmp_path: Path) -> None:
    """A traceback names the page and the line of the block that failed."""
    with pytest.raises(ZeroDivisionError) as raised:
        run(tmp_path, "words\n\n'''python\nx = 1\nx / 0\n'''\n")
    assert Path(raised.traceback[-1].path).name == "page.md"
    assert raised.traceback[-1].lineno + 1 == 5


def test_session_that_prints_otherwise_fails(tmp_path: Path) -> None:
    """A Python session whose result is not the one shown fails."""
    with pytest.raises(DocsError, match=r"(?s)Expected:.*43.*Got:.*42"):
        run(tmp_path, "'''pycon\n>>> 6 * 7\n43\n'''\n")


def test_hidden_command_runs(tmp_path: Path) -> None:
    """`run:` prepares what the reader of a short page is told elsewhere."""
    assert run(tmp_path, "% run: echo rye > bread\n\n'''console\n$ cat bread\nrye\n'''\n") == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("% not-run:\n'''console\n$ false\n'''\n", "wants a reason"),
        ("'''bash\nfalse\n'''\n", "label the block `console`"),
        ("'''toml\n[crs]\n'''\n", "where the TOML goes"),
        ("'''console\nfalse\n'''\n", "begins with"),
        ("'''console\n$ true\n", "never closed"),
        ("% exit: 5\n\n'''console\n$ false\n'''\n", "directly above"),
    ],
)
def test_block_that_would_escape_is_refused(tmp_path: Path, text: str, message: str) -> None:
    """A block that would silently not run is an error of the page."""
    with pytest.raises(DocsError, match=message):
        run(tmp_path, text)


def test_block_with_a_reason_is_left_alone(tmp_path: Path) -> None:
    """A block marked as not run, or one that only shows something, does nothing."""
    text = "<!-- not-run: sends real mail -->\n'''console\n$ false\n'''\n'''json\n{}\n'''\n"
    assert run(tmp_path, text) == 0


def test_fence_within_a_fence_and_in_a_list(tmp_path: Path) -> None:
    """A longer fence shows a shorter one without running it; an indented block runs."""
    text = "````text\n'''console\n$ false\n'''\n````\n\n- step\n\n  '''console\n  $ echo rye\n  rye\n  '''\n"
    assert [block.language for block in read_blocks(page(tmp_path, text))] == ["text", "console"]
    assert run_page(tmp_path / "page.md", folder_for(tmp_path)) == 1


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("crm show lucja", ["show", "lucja"]),
        ("crm note łucja \"rye, 2 kg\" --at '1 h ago'", ["note", "łucja", "rye, 2 kg", "--at", "1 h ago"]),
        ("crm update x --set bread='dark \"rye\"'", ["update", "x", "--set", 'bread=dark "rye"']),
        ("crm", []),
        ("crmx", None),
        ("crm show $WHO", None),
        ('crm show "$WHO"', None),
        ("crm show lucja | head", None),
        ("crm export > file", None),
        ("crm show a && crm show b", None),
        ("crm show ~/x", None),
        ("crm show *", None),
        ("CRM_X=1 crm show a", None),
        ("crm show a\ncrm show b", None),
    ],
)
def test_only_a_plain_call_spares_the_shell(text: str, arguments: list[str] | None) -> None:
    """A line goes to the started `crm` only when a shell would pass on exactly these words."""
    assert plain_crm(text) == arguments


def test_started_crm_is_as_one_from_a_shell(tmp_path: Path, warm: WarmCrm) -> None:
    """Output, order of both streams, status, folder and environment are the same either way."""
    text = """
        '''console
        $ mkdir shop && cd shop
        $ crm init . --name Shop --quiet
        $ crm customers add --name Ann --json
        ...
        '''
        % exit: 3
        '''console
        $ crm show nobody
        Error: ...
        ...
        '''
        '''console
        $ crm find ann --json
        ...
        '''
        % exit: 2
        '''console
        $ crm finde ann
        ...
        '''
    """
    written = page(tmp_path, text)
    before = warm.calls
    assert run_page(written, folder_for(tmp_path), warm) == 4
    assert warm.calls == before + 5
    assert run_page(written, folder_for(tmp_path / "run")) == 4


@pytest.mark.skipif(SOAK, reason="there each draws new ones")
def test_each_page_draws_the_same_lots(tmp_path: Path, warm: WarmCrm) -> None:
    """Whom a page's groups leave alone does not differ from one run to the next."""
    text = """
        '''console
        $ crm init . --name Shop --quiet
        $ crm customers add --name Ann --quiet
        $ crm customers add --name Eve --json
        ...
        '''
    """
    uids = []
    for run_of in ("one", "two"):
        (tmp_path / run_of).mkdir()
        place = folder_for(tmp_path / run_of)
        run_page(page(tmp_path, text), place, warm)
        with closing(sqlite3.connect(place / "page" / "crm.db")) as database:
            uids.append(database.execute("SELECT uid FROM customer WHERE name = 'Eve'").fetchone())
    assert uids[0] == uids[1]
