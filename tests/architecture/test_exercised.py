"""Every hook, word, command, option, setting and error is used by a test or by an executed page.

What nobody uses yet stands in `exercised/not_yet.txt`, a line each, which can only become shorter: a line
that is used has to go, by `python -m tests.architecture.exercised`.
"""

from __future__ import annotations

import pytest

from tests.architecture.exercised import not_yet, python, unused
from tests.architecture.exercised.found import Done


@pytest.mark.parametrize("kind", unused.KINDS)
def test_everything_is_used(kind: str) -> None:
    """What is broken is noticed before somebody relies on it: what is unused is what the list says.

    A command is called and an option given, one that several commands share to one of them; a key of
    `crm.toml` is set; a word is given to something or compared, or said in a condition; a hook has a plugin
    apart from the bundled ones; an error is expected.
    """
    found, listed = unused.KINDS[kind](), not_yet.names(kind)
    new = [f"used by no test and on no executed page: {kind}: {name}" for name in sorted(found - listed)]
    old = [f"used now, take it out of {not_yet.FILE.name}: {kind}: {name}" for name in sorted(listed - found)]
    assert not new + old, "\n".join(new + old)


def read(code: str) -> Done:
    """What a test with that code does."""
    found = Done()
    python.read(found, not_yet.FILE, code)
    return found


def test_a_name_in_prose_is_not_used() -> None:
    """A docstring, or a list that nothing is given, does nothing with what it names."""
    found = read(
        'def test():\n    """csat_avg > 4"""\n\nALL = ["csat_avg"]\nasked = ("nps_last",)\nask(*asked)'
    )
    assert not any("csat_avg >" in text for text in found.texts)
    assert found.given == {("ask", "nps_last")}


def test_keys_are_those_of_the_section_that_they_stand_in() -> None:
    """A key of one section does not stand for the one of another by the same name; a condition sets none."""
    found = read('open("[plugins.email]\\nport = {port}\\n{more}\\n")\nwhere("owner = \'Jan\'")')
    assert ("plugins", "email", "port") in found.keys
    assert ("web", "port") not in found.keys
    assert not {("port",), ("owner",)} & (found.pieces | found.keys)
