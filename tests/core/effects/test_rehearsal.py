"""Rehearsing: nothing leaves the house, and a person can read what would have."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from crmkit import Crm, CustomerDraft
from crmkit.core.clock import FakeClock
from crmkit.core.model.strategy import HandedOver
from tests.core.effects.outside import Outside

Open = Callable[..., Crm]


@pytest.fixture
def rehearsing(opened: Open, tmp_path: Path) -> Outside:
    """A business that is not live, with Anna and Bea."""
    crm = opened()
    crm.customers.save_all([CustomerDraft(name=name) for name in ("Anna", "Bea")])
    return Outside(crm, tmp_path)


def files(outside: Outside) -> dict[str, str]:
    """What was written, by place."""
    folder = outside.folder / "rehearsal"
    return {
        str(file.relative_to(folder)): file.read_text(encoding="utf-8")
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def test_what_would_go_out_is_in_files(rehearsing: Outside) -> None:
    """A file for each, named safely; the row is done, and says that it was rehearsed."""
    numbers = rehearsing.enter("", "nothing", customers=(1, 2))
    assert rehearsing.hand_over() == HandedOver(rehearsed=2, failed=2)
    assert files(rehearsing) == {
        f"2026-05-04/{numbers[0]}-courier-anna_.._x.txt": "To Anna\n",
        f"2026-05-04/{numbers[1]}-courier-bea_.._x.txt": "To Bea\n",
    }
    assert rehearsing.delivered() == []
    rows = [rehearsing.row(number) for number in numbers]
    assert [(row.state, row.rehearsed) for row in rows] == [
        ("done", 1),
        ("done", 1),
        ("failed", 1),
        ("failed", 1),
    ]


def test_nothing_is_noted_of_a_rehearsal(rehearsing: Outside) -> None:
    """The timeline holds what has happened."""
    rehearsing.enter("")
    rehearsing.hand_over()
    with rehearsing.crm.reading() as execute:
        assert execute(rehearsing.crm.tables.interaction.select()).all() == []


def test_interrupted_in_a_rehearsal(rehearsing: Outside, clock: FakeClock) -> None:
    """It is written again, to the same file; once live, it would go out."""
    (number,) = rehearsing.enter("")
    rehearsing.hand_over()
    before = files(rehearsing)
    rehearsing.change(number, state="handing_over", due_at=clock.now(), lease_until=clock.now() - 1)
    assert rehearsing.hand_over() == HandedOver(rehearsed=1, recovered=1)
    assert files(rehearsing) == before


def test_a_file_that_cannot_be_written(rehearsing: Outside, clock: FakeClock) -> None:
    """It is tried again later."""
    (number,) = rehearsing.enter("")
    (rehearsing.folder / "rehearsal").write_text("in the way", encoding="utf-8")
    assert rehearsing.hand_over() == HandedOver(later=1)
    assert "the file of the rehearsal cannot be written" in rehearsing.row(number).reason
    (rehearsing.folder / "rehearsal").unlink()
    clock.advance(minutes=2)
    assert rehearsing.hand_over() == HandedOver(rehearsed=1)


def test_an_occasion_that_was_rehearsed_before(rehearsing: Outside) -> None:
    """A second rehearsal of the same occasion finds no room in the ledger, and is left out."""
    first, second = rehearsing.enter(""), rehearsing.enter("")
    rehearsing.hand_over(limit=1)
    rehearsing.change(second[0], occasion=rehearsing.row(first[0]).occasion)
    assert rehearsing.hand_over() == HandedOver(skipped=1)
    assert rehearsing.row(second[0]).reason == "rehearsed before"


def test_live_is_live(rehearsing: Outside) -> None:
    """From then on it reaches the outside."""
    rehearsing.enter("")
    rehearsing.hand_over()
    rehearsing.go_live()
    (number,) = rehearsing.enter("")
    assert rehearsing.hand_over() == HandedOver(done=1)
    assert rehearsing.delivered() == [number]
