"""Two people change one customer at the same moment."""

from __future__ import annotations

from threading import Barrier, Thread

from crmkit import Conflict, Crm, CustomerDraft


def test_of_two_sessions_one_wins_and_the_other_is_told(crm_both: Crm) -> None:
    """Both saw the same version: one change is kept, the other is refused with the version of now."""
    crm, rounds = crm_both, 10
    anna = crm.customers.save(CustomerDraft(name="Anna"))
    start = Barrier(2)
    kept: list[str] = []
    refused: list[int] = []

    def change(name: str) -> None:
        for version in range(1, rounds + 1):
            start.wait(timeout=30)
            try:
                draft = CustomerDraft(name=f"{name} {version}", version=version)
                kept.append(crm.customers.update(anna.id, draft).name)
            except Conflict as conflict:
                refused.append(conflict.details["version"])
            start.wait(timeout=30)

    threads = [Thread(target=change, args=(name,)) for name in ("Hanna", "Johanna")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(kept) == rounds
    assert refused == [version + 1 for version in range(1, rounds + 1)]
    now = crm.customers.get(anna.id)
    assert (now.version, now.name) == (rounds + 1, kept[-1])
    renamed = [change.new for change in crm.customers.history(anna.id) if change.field == "name"]
    assert sorted(map(str, renamed)) == sorted(kept)
