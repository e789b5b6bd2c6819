"""A campaign's results account for its whole audience."""

from __future__ import annotations

from crmkit.plugins.campaign.api import CampaignResults, Campaigns
from crmkit.testing import FakeClock
from tests.plugins.campaign.conftest import Open, Write, fill, work


def test_everybody_is_accounted_for(bakery: Open, write: Write, clock: FakeClock) -> None:
    """Sent, failed, unconfirmed, skipped, waiting and left out are the audience that was confirmed, before
    anything was sent and after; an erasure in between changes nothing of it."""
    crm = bakery()
    write("spring", 'segment = "friends"\nsend_pigeon = "news"\npurpose = "news"\n')
    names = fill(
        crm, "Anna", "Bea, the second", "Celina refused", "Dora doubtful", "Ewa", "Fela", silent=("Ewa",)
    )
    campaigns, results = crm.service(Campaigns), crm.service(CampaignResults)
    campaigns.send("spring", confirm=campaigns.count("spring").reached)
    before = results.of("spring")
    assert (before.audience, sum(before.left_out.values())) == (6, 6)
    clock.advance(seconds=1)
    work(crm)
    found, counts = results.of("spring"), campaigns.get("spring").counts
    assert (found.audience, counts.audience) == (6, 6)
    whole = found.whole
    assert (whole.sent, whole.failed, whole.unconfirmed) == (counts.sent, counts.failed, counts.unconfirmed)
    assert whole.skipped + sum(found.left_out.values()) == counts.skipped
    assert found.left_out == {"consent": 1}
    assert whole.opened is None  # pigeons do not tell
    crm.privacy.erase(names["Anna"])
    after = results.of("spring")
    assert (after.audience, after.whole.sent) == (6, whole.sent)
