"""Each command takes the rights that `docs/rights.toml` says, and shows nobody whom who acts does not see."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import click
import pytest

from crmkit.cli.root import crm
from crmkit.cli.state import State
from tests.acceptance.rights.business import CANARY, SEEN, Business, made, with_hidden
from tests.acceptance.rights.commands import COMMANDS, UNTRIED
from tests.soaking import SOAK

RIGHTS: Final[Mapping[str, Any]] = tomllib.loads(
    (Path(__file__).parents[3] / "docs" / "rights.toml").read_text(encoding="utf-8")
)
NEEDS: Final = {
    name: key.split(" + ") if key else [] for key, names in RIGHTS["needs"].items() for name in names
}
# They open the database by themselves, so that an actor made up here is not asked.
BY_THEMSELVES: Final = frozenset({"db backup", "db upgrade"})
# What differs from one run to the next: times, uids, coupons' codes, folders.
NOISE: Final = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?([+-]\d\d:\d\d|Z)?|17\d{14}|\b\d+\.\d+ s\b|\"seconds\": [\d.]+"  # noqa: E501
    r"|[0-9a-f]{8}-[0-9a-f-]{27}|[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}|/\S+/(with|without)\b"
)
NOT_ALLOWED, NOT_FOUND, CONFLICT = 4, 3, 5


@pytest.fixture(scope="module")
def without(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Business]:
    """The business without the hidden customer."""
    business = made(tmp_path_factory.mktemp("rights") / "without")
    yield business
    business.close()


@pytest.fixture(scope="module")
def hiding(without: Business, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Business]:
    """The same with the hidden customer."""
    business = with_hidden(without, tmp_path_factory.mktemp("rights") / "with")
    yield business
    business.close()


@pytest.fixture(scope="module")
def commands(without: Business) -> Mapping[str, click.Command]:
    """All commands of the core and of the bundled plugins."""
    context = click.Context(crm, info_name="crm", obj=State(config_path=str(without.folder / "crm.toml")))
    return {" ".join(path).replace("cake", "TYPE"): command for path, command in _leaves(crm, context, ())}


def _leaves(
    command: click.Command, context: click.Context, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if not isinstance(command, click.Group):
        yield path, command
        return
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None
        below = click.Context(found, parent=context, info_name=name)
        yield from _leaves(found, below, (*path, name))


def _words(command: str, way: str, numbers: Mapping[str, str]) -> list[str]:
    words = command.replace("TYPE", "cake").split()
    return [*words, *(each.format_map(numbers) for each in shlex.split(way))]


def _ways() -> Iterator[tuple[str, str]]:
    return ((command, way) for command, ways in COMMANDS.items() for way in ways)


def test_every_command_is_in_the_matrix(commands: Mapping[str, click.Command]) -> None:
    """A new command says which rights it takes, and is tried; one that is gone is in it no more."""
    assert sorted(NEEDS) == sorted(commands)
    assert sorted({*COMMANDS, *UNTRIED}) == sorted(commands)
    assert {*RIGHTS["more"], *RIGHTS["everybody"]} <= commands.keys()


@pytest.mark.slow
@pytest.mark.timeout(1_200)
def test_each_right_is_needed_and_all_are_enough(without: Business, tmp_path: Path) -> None:
    """Without any one of the rights that a command takes it is refused before it writes, with all of them it
    is not. The latter is tried with every fourth command, in `make soak` with all."""
    business = without.copy(tmp_path / "tried")
    mine, theirs = business.numbers["ola"], business.numbers["coco"]
    numbers = {**theirs, **{f"my{name}": number for name, number in mine.items()}, "mine": mine["ref"]}
    before, wrong = business.written(), []
    for number, (command, (way, *_)) in enumerate(COMMANDS.items()):
        words, needed = _words(command, way, numbers), set(NEEDS[command])
        if command in BY_THEMSELVES or command in RIGHTS["more"]:
            continue
        odd = {}
        for right in sorted(needed):
            status = business.run(words, "Trudy Trial", needed - {right}).status
            if status != NOT_ALLOWED:
                odd[right] = status
            elif business.written() != before:
                wrong.append(f"{command} writes, and then refuses without {right}")
        if odd or SOAK or number % 4 == 0:
            full = business.run(words, "Trudy Trial", needed)
            if full.status == NOT_ALLOWED:
                wrong.append(f"{command}: {', '.join(needed)} is not enough: {full.stderr}")
            # What cannot be done as things are may be said before rights are asked.
            if full.status != CONFLICT or set(odd.values()) - {CONFLICT}:
                wrong += [f"{command} goes without {right}, with {status}" for right, status in odd.items()]
        if business.written() != before:
            business.restore(without.folder)
            before = business.written()
    business.close()
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("turn", range(len(SEEN)))
def test_who_is_not_seen_is_nowhere(turn: int, without: Business, hiding: Business, tmp_path: Path) -> None:
    """Whom an employee does not see is found by no command, changed by none, and makes no difference to any
    list, count, sum, history, file or message: all read the same where there is no such customer.

    Those who see their own, their team's, their department's, and those of whom they stand in for take turns
    with the commands; in `make soak` everybody tries all of them.
    """
    trial = Trial(list(SEEN)[turn], without, hiding, tmp_path)
    for number, (command, way) in enumerate(_ways()):
        if command not in ("worker", "db backup") and (SOAK or number % len(SEEN) == turn):
            trial.run(command, way)
    trial.end()
    assert not trial.wrong, "\n\n".join(trial.wrong)


class Trial:
    """Commands on behalf of one actor, in the business with and in the one without the hidden customer."""

    def __init__(self, actor: str, without: Business, hiding: Business, folder: Path) -> None:
        self.actor, self.wrong = actor, list[str]()
        self.originals = {"with": hiding, "without": without}
        self.copies = {name: each.copy(folder / name) for name, each in self.originals.items()}
        self.written = {name: each.written() for name, each in self.copies.items()}
        hidden, mine = hiding.numbers["hidden"], hiding.numbers[SEEN[actor][0]]
        self.numbers = {
            **hidden,
            **{f"my{name}": number for name, number in mine.items()},
            "mine": mine["ref"],
        }
        self.kept = self.copies["with"].kept(hidden["ref"])

    def run(self, command: str, way: str) -> None:
        """Run it in one of its ways, and note what is not as it should be."""
        copy, words = self.copies["with"], _words(command, way, self.numbers)
        files = set(copy.folder.rglob("*"))
        answer = copy.run(words, self.actor)
        said = answer.stdout + answer.stderr
        new = [each for each in copy.folder.rglob("*") if each not in files and each.suffix != ".parquet"]
        texts = [said, *(each.read_text("utf-8", errors="replace") for each in new if each.is_file())]
        called = f"crm --as {self.actor.split()[0]} {' '.join(words)}"
        if any(CANARY in each.casefold() for each in texts):
            self.wrong.append(f"{called} tells of them:\n{said}")
        if copy.kept(self.numbers["ref"]) != self.kept:
            self.wrong.append(f"{called} changes them:\n{said}")
        if command not in RIGHTS["everybody"]:
            if (
                "{" in way
                and answer.status not in (NOT_FOUND, NOT_ALLOWED)
                and not _says_nothing(command, way)
            ):
                self.wrong.append(f"{called} ends with {answer.status}:\n{said}")
            if "{" not in way:
                other = self.copies["without"].run(words, self.actor)
                if NOISE.sub("…", said) != NOISE.sub("…", other.stdout + other.stderr):
                    self.wrong.append(f"{called}:\n{said}\nwithout them:\n{other.stdout}{other.stderr}")
        self._restore()

    def _restore(self) -> None:
        for name, copy in self.copies.items():
            if copy.written() != self.written[name]:
                copy.restore(self.originals[name].folder)
                self.written[name] = copy.written()

    def end(self) -> None:
        """Close the databases."""
        for copy in self.copies.values():
            copy.close()


def _says_nothing(command: str, way: str) -> bool:
    """Whether a way with somebody's number ends before anybody is looked for, or keeps it as a mere text."""
    return (command, way) in {
        ("apply", "{plan} --yes"), ("consent ask", "{ref} news"), ("handovers make", "{ref} x --by 2026-06-05 --to Adam"),  # noqa: E501
    }  # fmt: skip


def test_every_public_address_is_documented(without: Business, tmp_path: Path) -> None:
    """What `crm serve` serves with all plugins is what the reference lists, and the other way round."""
    from crmkit import Crm
    from crmkit.web.routes import all_routes

    business = without.copy(tmp_path / "served")
    with (business.folder / "crm.toml").open("a", encoding="utf-8") as file:
        file.write('\n[plugins.collaborative.feeds.shop]\nsecret = "env:FEED"\non = ["*"]\n')
    with Crm.open(business.folder / "crm.toml") as opened:
        served = {route.path for route in all_routes(opened)}
    page = (Path(__file__).parents[3] / "docs" / "reference" / "permissions.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `/")]
    assert served == {address for row in rows for address in re.findall(r"`(/[^`]*)`", row)}
