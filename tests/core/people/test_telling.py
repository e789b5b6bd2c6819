"""Telling those who work here."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmkit import Invalid, NotAllowed, NotFound
from crmkit.testing import FakeClock, open_crm

PLUGIN = """
from crmkit.plugin import Channel, Later, Performed, Refusal, hookimpl

def tell(notices, crm):
    answers = {"a@rye.example": Performed, "b@rye.example": Refusal, "c@rye.example": Later}
    for index, notice in enumerate(notices):
        if notice.to in answers:
            yield answers[notice.to](index, f"{notice.name}: {notice.subject}, {notice.text}")

@hookimpl
def crmkit_register_interaction_words():
    yield Channel(name="post", doc="Letters", tell=tell)
"""


def test_each_is_told_and_answers(tmp_path: Path, clock: FakeClock) -> None:
    """What became of it is known for each: sent, refused, later, in doubt, or no address to write to."""
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "post.py").write_text(PLUGIN)
    (tmp_path / "plugins" / "post.toml").write_text('name = "post"\ntitle = "Post"\ndoc = "A test"\n')
    with open_crm(tmp_path, plugins=("post",), clock=clock) as crm:
        for letter in "abcd":
            crm.people.add(letter.upper(), f"{letter}@rye.example")
        crm.people.add("Nowhere")
        crm.people.add("Gone", "gone@rye.example")
        crm.people.deactivate("Gone")
        everybody = ["A", "B", "C", "D", "Nowhere", "Gone"]
        said = {"subject": "Report", "text": "All is well", "key": "k"}
        rehearsed = crm.people.tell(everybody, **said)
        assert [each.state for each in rehearsed] == ["rehearsed"] * 4 + ["refused"] * 2
        files = list((tmp_path / "rehearsal" / "employees").iterdir())
        assert len(files) == 4
        assert any(
            "To: A <a@rye.example>\nSubject: Report\n\nAll is well" in each.read_text() for each in files
        )
        crm.rehearsal.end()
        told = crm.people.tell(everybody, **said)
        assert [(each.employee.name, each.state) for each in told] == list(
            zip(everybody, ["sent", "refused", "later", "unconfirmed", "refused", "refused"], strict=True)
        )
        assert told[1].reason == "B: Report, All is well"
        assert told[4].reason == "Nowhere has no e-mail address"
        assert told[5].reason == "Gone does not work here any more"
        with pytest.raises(NotFound):
            crm.people.tell(["Nobody"], **said)
        crm.people.add("Vera", role="viewer")
        with pytest.raises(NotAllowed):
            crm.acting_as("Vera").people.tell(["A"], **said)


def test_no_channel_to_employees(tmp_path: Path, clock: FakeClock) -> None:
    """Where no plugin can write to them, the way out is said."""
    with open_crm(tmp_path, clock=clock) as crm:
        crm.people.add("Anna", "anna@rye.example")
        crm.rehearsal.end()
        with pytest.raises(Invalid) as caught:
            crm.people.tell(["Anna"], subject="Report", text="All is well", key="k")
    assert "crm plugins enable email" in (caught.value.hint or "")
