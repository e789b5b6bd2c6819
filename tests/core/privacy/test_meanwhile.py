"""Erasing somebody while others write to them, merge into them and export them, or while the power fails."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
import sqlalchemy as sa

from crmkit import ContactPoint, CrmError, CustomerDraft, Identity, InteractionDraft
from crmkit.core.crm import Crm
from crmkit.core.errors import TryAgain
from crmkit.core.kernel import Kernel
from crmkit.core.privacy.erasure import ledger_of, unfinished
from crmkit.core.store.unit import Transaction
from tests.core.privacy.conftest import MARK, columns_with, files_with

_KILLED = Path(__file__).with_name("killed.py")
# What work for somebody who is being erased may end with: it is refused, and never lost half-way.
_EXPECTED = (CrmError, sa.exc.IntegrityError)


def person(number: int) -> CustomerDraft:
    """One of many with unmistakable values."""
    return CustomerDraft(
        name=f"{MARK} {number}",
        contact_points=(ContactPoint(kind="email", value=f"{MARK}{number}@example.com"),),
        identities=(Identity("shop", f"{MARK}{number}"),),
        tags=(f"{MARK}{number}",),
    )


class Busy:
    """Threads that repeat something until they are told to stop; what they fail with besides is kept.

    Inside the block each of them has done it once already.
    """

    def __init__(self, *works: Callable[[int], object]) -> None:
        self._stop = Event()
        self.failures: list[BaseException] = []
        self._begun = [Event() for _ in works]
        pairs = zip(works, self._begun, strict=True)
        self._threads = [Thread(target=self._run, args=pair) for pair in pairs]

    def _run(self, work: Callable[[int], object], begun: Event) -> None:
        number = 0
        while not self._stop.is_set():
            number += 1
            try:
                work(number)
                begun.set()
            except _EXPECTED:
                continue
            except BaseException as error:  # noqa: BLE001 - told by the test
                self.failures.append(error)
                return

    def __enter__(self) -> Busy:
        for thread in self._threads:
            thread.start()
        for begun in self._begun:
            assert begun.wait(60)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(30)


def test_whatever_runs_meanwhile_they_end_erased(crm_both: Crm) -> None:
    """Recording, saving, merging and exporting go on while the person is erased: all of it ends before, or is
    refused; nothing of theirs is left, and nobody comes back (G5)."""
    crm = crm_both
    id_ = crm.customers.save(person(0)).id
    uid = crm.customers.get(id_).uid

    def record(number: int) -> None:
        draft = InteractionDraft(customer=f"shop:{MARK}0", type="note", payload={"text": f"{MARK} {number}"})
        crm.interactions.record_all([draft] * 5)

    def save(number: int) -> None:
        crm.customers.update(id_, CustomerDraft(tags=(f"{MARK}{number}",)))

    def merge(number: int) -> None:
        other = crm.customers.save(CustomerDraft(name=f"Other {number}", tags=(f"t{number}",)))
        crm.merging.merge(uid, other.id)

    def export(_: int) -> None:
        crm.privacy.export(id_)

    with Busy(record, save, merge, export) as busy:
        receipt = crm.privacy.erase(uid)
        Event().wait(0.1)
    assert busy.failures == []
    assert {each.table: each.blanked for each in receipt.tables}["interaction"] >= 5
    assert columns_with(crm, MARK) == set()
    with crm.reading() as run:
        assert (
            run(sa.select(crm.tables.customer.c.id).where(crm.tables.customer.c.uid == uid)).first() is None
        )


def test_a_stream_of_recordings_does_not_keep_the_erasure_waiting(crm_both: Crm) -> None:
    """However many record for the same person without a pause, erasing them is not given up."""
    crm = crm_both
    id_ = crm.customers.save(person(0)).id

    def record(number: int) -> None:
        crm.interactions.record(id_, "note", payload={"text": f"{MARK} {number}"})

    with Busy(*[record] * 6) as busy:
        crm.privacy.erase(id_)
    assert busy.failures == []
    assert columns_with(crm, MARK) == set()


def test_what_fails_after_the_erasure_does_not_take_them_off_the_ledger(
    crm: Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the answer to a commit is lost, the person is gone and the ledger still says so."""
    id_ = crm.customers.save(person(0)).id
    uid = crm.customers.get(id_).uid
    kernel, unit = crm.kernel, type(crm.kernel).unit

    @contextmanager
    def unanswered(self: Kernel, *args: Any, **kwargs: Any) -> Iterator[Transaction]:
        with unit(self, *args, **kwargs) as tx:
            yield tx
        raise TryAgain("The connection was lost")

    with monkeypatch.context() as patch:
        patch.setattr(type(kernel), "unit", unanswered)
        with pytest.raises(CrmError):
            crm.privacy.erase(id_)
    assert [entry.uids for entry in ledger_of(kernel).entries()] == [(uid,)]


@pytest.mark.slow
def test_killed_anywhere_it_is_all_or_nothing(crm: Crm, tmp_path: Path) -> None:
    """Killed again and again while it erases one person after the other: each is there whole or gone whole,
    the register has everybody who is gone, and repeating it ends with not a byte left."""
    uids = [crm.customers.save(person(number)).uid for number in range(30)]
    for uid in uids:
        crm.interactions.record(uid, "note", payload={"text": f"{MARK} note"})
    path = crm.config.path
    crm.close()
    done = subprocess.run(
        [sys.executable, _KILLED, path, "6", "3", *uids],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    with Crm.open(path) as again:
        left = set(_uids(again))
        for uid in left:
            customer = again.customers.get(uid)
            assert (len(customer.contact_points), len(customer.tags)) == (1, 1)
            assert again.customers.profile(uid).counts == {"note": 1}
        with again.reading() as run:
            gone = set(run(sa.select(again.tables.erasure.c.uid)).scalars())
        assert gone == set(uids) - left
        known = {uid for entry in ledger_of(again.kernel).entries() for uid in entry.uids}
        assert gone <= known
        assert set(unfinished(again.kernel)) == known - gone
        for uid in left:
            again.privacy.erase(uid)
        assert again.privacy.scrub()
        assert unfinished(again.kernel) == []
    assert files_with(tmp_path, MARK) == []


def _uids(crm: Crm) -> list[str]:
    with crm.reading() as run:
        return list(run(sa.select(crm.tables.customer.c.uid)).scalars())
