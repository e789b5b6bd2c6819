"""Runs the code blocks of a documentation page, in order, in one folder per page.

What a page writes is what a reader does:

- `console`: each line after `$ ` runs in a shell with `crm` on the PATH (`> ` continues it); a line that is
  one `crm` call and nothing else spares the shell and Python's start (`warm.py`). The lines beneath it, when
  there are any, must be what it prints; `...` stands for any text, alone on a line for any lines.
- A block after `% file: NAME` becomes the file NAME; after `% append: NAME` it is added to its end. That is
  the way of all `toml`.
- `python` runs in one namespace per page.
- `pycon` runs likewise, and what it prints must be what stands there.

Directives stand in comments (`% …` or `<!-- … -->`) on the lines directly above a block: `file: NAME`,
`append: NAME`, `exit: 5` (the last command of the block ends with that status), `not-run: REASON`.
A comment `run: COMMAND` anywhere runs a command that the reader need not see.
Languages that only show something (`text`, `json`, `sql`, …) are left alone; `sh`, `bash` and `shell` are
refused, so that no command escapes by its label.
"""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import Factory, define, field, frozen

from tests.docs.warm import WarmCrm, plain_crm
from tests.soaking import SOAK

EXECUTED = frozenset({"console", "toml", "python", "pycon"})
MISLABELLED = frozenset({"sh", "bash", "shell", "zsh", "shell-session", "py", "python3", "ini"})
DIRECTIVES = frozenset({"file", "append", "exit", "not-run", "run"})
SECONDS_PER_COMMAND = 120

_COMMENT = re.compile(r"^\s*(?:%\s*(?P<myst>.*?)|<!--\s*(?P<html>.*?)\s*-->)\s*$")
_DIRECTIVE = re.compile(rf"(?P<name>{'|'.join(sorted(DIRECTIVES))}):(?:\s+(?P<value>.*))?$")
_FENCE = re.compile(r"^(?P<indent>\s*)(?P<marks>`{3,}|~{3,})\s*(?P<info>.*)$")


class DocsError(AssertionError):
    """A block that does not do what the page says, or a page that cannot be run; names file and line."""


@frozen
class Block:
    """One fenced block, or a hidden `run:` command (a `console` block of one line)."""

    page: Path
    line: int
    language: str
    text: str
    directives: Mapping[str, str] = Factory(dict)

    @property
    def place(self) -> str:
        """`page:line`, as an editor jumps to it."""
        return f"{self.page}:{self.line}"

    def problem(self) -> str | None:
        """What is wrong with how the block is written, if anything."""
        if self.language in MISLABELLED:
            return f"label the block `console`, `python` or `toml` instead of {self.language!r}"
        if self.directives.get("not-run") == "":
            return "`not-run:` wants a reason"
        if self.language == "toml" and not self.directives.keys() & {"file", "append", "not-run"}:
            return "say above it where the TOML goes: `% file: crm.toml`, or why it is `% not-run:`"
        return None

    @property
    def runs(self) -> bool:
        """Whether the block does anything at all."""
        return self.language in EXECUTED and "not-run" not in self.directives


@frozen
class Command:
    """One command of a console block with the output that the page shows beneath it."""

    line: int
    text: str
    expected: tuple[str, ...]


def _directive(line: str) -> tuple[str, str] | None:
    comment = _COMMENT.match(line)
    if comment is None:
        return None
    found = _DIRECTIVE.match(comment["myst"] or comment["html"] or "")
    return (found["name"], (found["value"] or "").strip()) if found else None


def _language(info: str) -> str:
    """`console` from `console`, `{code-block} console` or `console title="x"`."""
    words = info.replace("{code-block}", "").split()
    return words[0] if words else ""


def read_blocks(page: Path) -> Iterator[Block]:
    """Every block of a page, top to bottom, with the directives directly above it."""
    lines = iter(enumerate(page.read_text(encoding="utf-8").splitlines(), 1))
    pending: dict[str, str] = {}
    for number, line in lines:
        directive = _directive(line)
        fence = _FENCE.match(line)
        if directive and directive[0] == "run":
            yield Block(page, number, "console", f"$ {directive[1]}")
        elif directive:
            pending[directive[0]] = directive[1]
        elif fence:
            yield Block(page, number, _language(fence["info"]), _body(lines, fence, page, number), pending)
            pending = {}
        elif pending:
            raise DocsError(f"{page}:{number - 1}: a directive stands directly above its block")


def _body(lines: Iterator[tuple[int, str]], fence: re.Match[str], page: Path, opened: int) -> str:
    closing = re.compile(rf"^\s*{re.escape(fence['marks'])}{fence['marks'][0]}*\s*$")
    body: list[str] = []
    for _, line in lines:
        if closing.match(line):
            return textwrap.dedent("\n".join(body)) + "\n"
        body.append(line)
    raise DocsError(f"{page}:{opened}: the block is never closed")


def read_commands(block: Block) -> list[Command]:
    """The commands of a console block; a line before the first `$ ` is a mistake."""
    commands: list[Command] = []
    for number, line in enumerate(block.text.splitlines(), block.line + 1):
        if line.startswith("$ "):
            commands.append(Command(number, line[2:], ()))
        elif not commands:
            raise DocsError(f"{block.page}:{number}: a console block begins with `$ ` and a command")
        elif line.startswith(">") and not commands[-1].expected:
            last = commands[-1]
            commands[-1] = Command(last.line, f"{last.text}\n{line[2:]}", ())
        else:
            last = commands[-1]
            commands[-1] = Command(last.line, last.text, (*last.expected, line.rstrip()))
    return commands


def output_matches(expected: tuple[str, ...], actual: str) -> bool:
    """Whether a command printed what the page shows; `...` alone is any lines, within a line any text."""
    wanted = "\n".join(expected).strip("\n").split("\n")
    pattern = "".join(_line_pattern(line) for line in wanted)
    printed = "".join(line.rstrip() + "\n" for line in actual.strip("\n").splitlines())
    return re.fullmatch(pattern, printed) is not None


def _line_pattern(line: str) -> str:
    if line.strip() == "...":
        return r"(?:.*\n)*?"
    return ".*".join(re.escape(part) for part in line.split("...")) + r"\n"


@define
class PageRun:
    """One reader at work on one page: a folder, a shell environment, a Python namespace.

    Without `warm` every command is typed into a shell.
    """

    folder: Path
    home: Path
    warm: WarmCrm | None = None
    namespace: dict[str, Any] = field(factory=lambda: {"__name__": "__page__"})
    _now_in: Path = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._now_in = self.folder

    def run(self, block: Block) -> None:
        """Do what the block says. Raises DocsError when the result is not what the page shows."""
        if problem := block.problem():
            raise DocsError(f"{block.place}: {problem}")
        if not block.runs:
            return
        if block.directives.keys() & {"file", "append"}:
            self._file(block)
        else:
            {"console": self._console, "python": self._python, "pycon": self._session}[block.language](block)

    def _console(self, block: Block) -> None:
        commands = read_commands(block)
        for command in commands:
            last = command is commands[-1]
            self._command(block, command, int(block.directives.get("exit", 0)) if last else 0)

    def _command(self, block: Block, command: Command, wanted_status: int) -> None:
        place = f"{block.page}:{command.line}: $ {command.text}"
        arguments = plain_crm(command.text)
        if self.warm is None or arguments is None:
            status, printed = self._in_a_shell(command.text)
        else:
            output = self.home / "printed"
            status = self.warm.run(arguments, self._now_in, self._environment(), output)
            printed = output.read_text(encoding="utf-8")
            if SOAK:
                self.warm.leave()
        if status != wanted_status:
            raise DocsError(f"{place}\nended with {status}, not {wanted_status}:\n{printed}")
        if command.expected and not output_matches(command.expected, printed):
            shown = "\n".join(command.expected)
            raise DocsError(f"{place}\nthe page shows:\n{shown}\nit printed:\n{printed}")

    def _in_a_shell(self, text: str) -> tuple[int, str]:
        """The status and everything that was printed; the reader is then where the shell was left."""
        place_file = self.home / "now-in"
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", f"trap 'pwd > \"{place_file}\"' EXIT\n{text}\n"],
            cwd=self._now_in,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            timeout=SECONDS_PER_COMMAND,
            check=False,
        )
        self._now_in = Path(place_file.read_text(encoding="utf-8").rstrip("\n"))
        return done.returncode, done.stdout

    def _environment(self) -> dict[str, str]:
        """What a reader's shell has: `crm` on the PATH, no colours, nothing left over from this process."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("CRMKIT_", "COVERAGE_"))
        }
        return kept | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
            "HOME": str(self.home),
            "XDG_DATA_HOME": str(self.home / "data"),
            "XDG_CONFIG_HOME": str(self.home / "config"),
            "COLUMNS": "100",
            "NO_COLOR": "1",
            "PYTHONUNBUFFERED": "1",
            "PYTHONUTF8": "1",
            "CRMKIT_LANGUAGE": "en",
            "TZ": "UTC",
        }

    def _file(self, block: Block) -> None:
        name = block.directives.get("file") or block.directives["append"]
        path = self._now_in / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a" if "append" in block.directives else "w", encoding="utf-8") as stream:
            stream.write("\n" * (stream.tell() > 0) + block.text)

    def _python(self, block: Block) -> None:
        # Blank lines in front keep the page's own line numbers in a traceback.
        code = compile("\n" * block.line + block.text, str(block.page), "exec")
        here = Path.cwd()
        os.chdir(self._now_in)
        try:
            exec(code, self.namespace)
        finally:
            os.chdir(here)

    def _session(self, block: Block) -> None:
        parsed = doctest.DocTestParser().get_doctest(block.text, {}, block.place, str(block.page), block.line)
        parsed.globs = self.namespace
        said: list[str] = []
        runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS, verbose=False)
        here = Path.cwd()
        os.chdir(self._now_in)
        try:
            result = runner.run(parsed, out=said.append, clear_globs=False)
        finally:
            os.chdir(here)
        if result.failed:
            raise DocsError(f"{block.place}\n{''.join(said)}")


def run_page(page: Path, folder: Path, warm: WarmCrm | None = None) -> int:
    """Run every block of a page in a new folder beneath `folder`; returns how many ran.

    With `warm`, plain `crm` calls go there instead of into a shell; they share a process, in `make soak` not
    even that.
    """
    home, work = folder / "home", folder / "page"
    home.mkdir()
    work.mkdir()
    reader = PageRun(work, home, warm)
    blocks = list(read_blocks(page))
    try:
        for block in blocks:
            reader.run(block)
    finally:
        if warm is not None:
            warm.leave()
    return sum(block.runs for block in blocks)
