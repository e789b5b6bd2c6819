"""crmkit inside other programs: each example is run as it stands."""

from __future__ import annotations

import asyncio
import json
import os
import runpy
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from crmkit import ContactPoint, CustomerDraft
from crmkit.testing import open_crm

EMBED = Path(__file__).resolve().parents[1]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A business with a customer who bought twice, a clerk and a viewer; its `crm.toml`."""
    point = ContactPoint(kind="email", value="lucja@example.org")
    with open_crm(tmp_path) as crm:
        lucja = crm.customers.save(CustomerDraft(name="Łucja Żak", contact_points=(point,)))
        for amount in (1_250, 740):
            crm.interactions.record(lucja.id, "purchase", amount=amount)
        crm.people.add("Vera", email="vera@rye.example", role="viewer")
        crm.people.add("Anna", email="anna@rye.example", role="clerk")
        return crm.config.path


@pytest.fixture
def web(shop: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[..., Awaitable[None]]], None]:
    """Runs a conversation with the application, from its start to its end."""
    if os.environ.get("CI") != "true":
        pytest.importorskip("fastapi", reason="FastAPI is not installed: pip install fastapi httpx")
    import httpx

    monkeypatch.chdir(shop.parent)
    app = runpy.run_path(str(EMBED / "fastapi_app.py"))["app"]

    async def run(talk: Callable[..., Awaitable[None]]) -> None:
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://crm.example") as client,
        ):
            await talk(client)

    return lambda talk: asyncio.run(run(talk))


def test_a_web_application(web: Any) -> None:
    """It records once, finds, says what is wrong, and acts for whoever asks."""

    async def talk(client: Any) -> None:
        anna, vera = {"x-employee": "anna@rye.example"}, {"x-employee": "vera@rye.example"}
        new = {"name": "José Peña", "email": "jose@example.org"}
        added = await client.post("/customers", json=new, headers=anna)
        assert added.status_code == 201
        uid = added.json()["uid"]
        sale = {"amount": 990, "reference": "R-1"}
        sold = [await client.post(f"/customers/{uid}/purchases", json=sale, headers=anna) for _ in "12"]
        assert [each.json() for each in sold] == [{"number": 3}, {"number": 3}]
        assert (await client.get("/find?text=jose", headers=vera)).json() == ["José Peña"]
        refused = await client.post("/customers", json=new, headers=vera)
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "not_allowed")
        missing = await client.get("/customers/nobody@example.org", headers=anna)
        assert (missing.status_code, missing.json()["error"]["code"]) == (404, "not_found")
        shown = await asyncio.gather(*(client.get(f"/customers/{uid}", headers=vera) for _ in range(8)))
        assert {each.json()["name"] for each in shown} == {"José Peña"}

    web(talk)


def test_a_notebook(shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Its cells run one after the other, where a `crm.toml` is."""
    monkeypatch.chdir(shop.parent)
    notebook = json.loads((EMBED / "notebook.ipynb").read_text(encoding="utf-8"))
    cells = [each for each in notebook["cells"] if each["cell_type"] == "code"]
    assert not any(each["outputs"] or each["execution_count"] for each in cells)
    named: dict[str, Any] = {}
    for number, cell in enumerate(cells):
        exec(compile("".join(cell["source"]), f"cell {number}", "exec"), named)  # noqa: S102 - as a notebook does
    assert named["regulars"] == [1]
    assert named["by_type"] == {"purchase": 2}
    assert "revenue 1990" in capsys.readouterr().out


def test_a_script_for_cron(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Run twice it records once; what it cannot record it says, with the line, and a status of its own."""
    script = runpy.run_path(str(EMBED / "nightly.py"))["main"]
    till = shop.parent / "till.csv"
    head, line = "receipt,email,at,cents\n", "R-{},{},2025-12-31T10:00:00Z,500\n"
    till.write_text(head + line.format(1, "lucja@example.org"), encoding="utf-8")
    assert script(str(till), str(shop)) == 0
    assert "1 recorded, 0 known" in capsys.readouterr().out
    till.write_text(till.read_text("utf-8") + line.format(2, "nobody@example.org"), encoding="utf-8")
    assert script(str(till), str(shop)) == 6
    said = capsys.readouterr()
    assert "0 recorded, 1 known" in said.out
    assert said.err.startswith("line 3: ")
    assert script(str(till), str(shop.parent / "nowhere.toml")) == 1
