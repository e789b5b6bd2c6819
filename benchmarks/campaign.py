"""A campaign by e-mail, from the ledger to postfix's `smtp-sink`, and what each part of it takes."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from benchmarks.harness import Bench, Result, Scale, cpu_seconds, seconds
from benchmarks.rig import customers
from crmkit import Crm

_SINK = "smtp-sink"
_CONNECTIONS = 8
_NOW = 1_777_888_800_000_000
_SETTINGS = """\
[crs]
name = "Bench"
currency = "EUR"
plugins = ["email", "bench_null"]
database = "crm.db"
[web]
url = "https://post.rye.example"
[identities]
shop = "Shop number"
[purposes.offers]
type = "marketing"
wording = "Tell me what is new."
[rules.campaign]
run = "daily at 00:00"
once = "ever"
send_{channel} = "offer"
purpose = "offers"
[plugins.email]
from = "Rye Bakery <post@rye.example>"
host = "127.0.0.1"
port = {port}
security = "none"
return_path = "bounces@rye.example"
connections = {connections}
[plugins.email.dkim.k1]
key = "file:dkim.pem"
"""
_PARAGRAPH = (
    "Świeży chleb żytni, ciasta i bułki czekają na Państwa od szóstej rano, codziennie oprócz niedziel."
)
_NULL = """\
from crmkit.plugin import Channel, Performed, hookimpl


@hookimpl
def crmkit_register_interaction_words():
    yield Channel(name="null", doc="Takes everything", contact_kind="email", deliver=_deliver, at_once=8)


def _deliver(messages, crm):
    for index, _ in enumerate(messages):
        yield Performed(index)
"""
# By itself, so that its memory is nobody else's; the first are those for whom everything is loaded and read.
_HAND_OVER = """\
import json, sys, time
from benchmarks.harness import peak_megabytes
from crmkit import Crm

with Crm.open(sys.argv[1]) as crm:
    crm.effects.hand_over(limit=int(sys.argv[2]))
    began, cpu, done = time.perf_counter(), time.process_time(), 0
    while step := crm.effects.hand_over().done:
        done += step
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
print(json.dumps({"done": done, "took": took, "cpu": cpu, "peak": peak_megabytes()}))
"""
_FIRST = 100


def campaign(work: Path, scale: Scale) -> Iterator[Result]:
    """Composed, written, signed, in the ledger and taken by a server: all of it, and each part."""
    count = scale.of(10_000)
    if shutil.which(_SINK) is None and not Path(f"/usr/sbin/{_SINK}").exists():
        print(f"  left out: there is no {_SINK} (Debian: postfix)", flush=True)
        return
    with _sink() as port:
        config = _business(work / "email", "email", port, count)
        letters, parts = _parts(config)
        raw = seconds(lambda: _bare(port, letters)) / len(letters)
        pooled = cpu_seconds(lambda: _pooled(config, letters)) / len(letters)
        whole = _handed_over(config, count)
    ledger = _handed_over(_business(work / "null", "null", port, count), count)
    yield Result(
        name=f"campaign, {count:,} messages of {len(letters[0][1]):,} bytes",
        ours=whole["took"] * 1e6,
        raw=raw * 1e6,
        unit="µs/message",
        goal="≤ 1,430 (700/s), ≤ 150 MB",
        note=f"{1 / whole['took']:,.0f}/s, {whole['cpu'] * 1e6:,.0f} µs of CPU, peak {whole['peak']:.0f} MB; "
        "raw: prebuilt bytes, one socket",
    )
    parts |= {"ledger and composing, nothing delivered": ledger["cpu"], "SMTP, prebuilt": pooled}
    for name, each in parts.items():
        yield Result(name=f"… {name}", ours=each * 1e6, raw=None, unit="µs of CPU/message", goal="")


def _business(folder: Path, channel: str, port: int, count: int, *, planned: bool = True) -> Path:
    """The `crm.toml` of a business whose campaign is in the ledger, to be handed over; or not `planned`."""
    from crmkit.core.opening import upgrade_database
    from crmkit.plugins.email.dkim import new_signer

    for name in ("templates", "plugins"):
        (folder / name).mkdir(parents=True)
    (folder / "plugins" / "bench_null.py").write_text(_NULL, encoding="utf-8")
    (folder / "plugins" / "bench_null.toml").write_text(
        'name = "bench_null"\ntitle = "Null"\ndoc = "Takes everything"\ntable_prefix = "bench_null_"\n',
        encoding="utf-8",
    )
    text = "\n\n".join([_PARAGRAPH] * 12)
    html = "\n".join(f'<p style="margin:0 0 16px;color:#333333">{_PARAGRAPH}</p>' for _ in range(25))
    (folder / "templates" / "offer.txt").write_text(
        "Subject: {{ customer.name }}, nowe wypieki\n\nDzień dobry, {{ customer.name }}!\n\n"
        + text + "\n\n{{ links.unsubscribe }}\n",
        encoding="utf-8",
    )  # fmt: skip
    (folder / "templates" / "offer.html").write_text(
        "<html><body><p>Dzień dobry, {{ customer.name }}!</p>\n"
        + html + '\n<p><a href="{{ links.unsubscribe }}">Rezygnacja</a></p></body></html>\n',
        encoding="utf-8",
    )  # fmt: skip
    (folder / "dkim.pem").write_bytes(new_signer("rye.example", "k1")[1])
    path = folder / "crm.toml"
    path.write_text(_SETTINGS.format(channel=channel, port=port, connections=_CONNECTIONS), encoding="utf-8")
    upgrade_database(path)
    with Crm.open(path) as crm:
        crm.customers.save_all(list(customers(count)))
        with crm.transaction():
            for number in range(1, count + 1):
                crm.consent.grant(number, "offers", channel)
        crm.rehearsal.end()
        if not planned:
            return path
        plan = crm.strategy.plan().number
        with crm.transaction():  # entered, and not handed over yet
            crm.strategy.apply(plan)
    return path


def confirmed(work: Path, scale: Scale) -> Iterator[Result]:
    """A campaign for everybody: counted at each gate, confirmed, planned, entered and handed over."""
    from crmkit.core.opening import upgrade_database
    from crmkit.plugins.campaign.api import Campaigns

    count = scale.of(20_000)
    folder = work / "confirmed"
    config = _business(folder, "null", 0, count, planned=False)
    (folder / "campaigns").mkdir()
    (folder / "campaigns" / "spring.toml").write_text(
        'who = "id > 0"\nsend_null = "offer"\npurpose = "offers"\n', encoding="utf-8"
    )
    text = config.read_text(encoding="utf-8").replace('"bench_null"]', '"bench_null", "campaign"]')
    rule = text.index("[rules.campaign]")
    config.write_text(text[:rule] + text[text.index("[plugins.email]") :], encoding="utf-8")
    upgrade_database(config)
    with Crm.open(config) as crm:
        campaigns = crm.service(Campaigns)
        for name, step in (
            ("counted, at every gate", lambda: campaigns.count("spring")),
            ("confirmed, its audience kept", lambda: campaigns.send("spring", confirm=count)),
            ("planned, entered in the ledger, composed and handed over", crm.strategy.run_due),
        ):
            began = time.process_time()
            step()
            took = time.process_time() - began
            yield Result(
                name=f"a campaign for {count:,} {name}", ours=took, raw=None, unit="s of CPU", goal=""
            )
        sent = campaigns.get("spring").counts.sent
        if sent != count:
            raise RuntimeError(f"{sent:,} of {count:,} were sent")


def _parts(config: Path) -> tuple[list[tuple[str, bytes]], dict[str, float]]:
    """((recipient, bytes) of some messages, seconds of CPU for one of composing, writing and signing)."""
    from crmkit.core.messages.action import Sending, prepare
    from crmkit.core.model.acting import ActionItem, Parcel
    from crmkit.plugins.email.delivery import head_of
    from crmkit.plugins.email.dkim import sign, signers_of
    from crmkit.plugins.email.mime import Writer

    with Crm.open(config) as crm:
        settings = crm.plugins.settings("email")
        items = [
            ActionItem(
                effect=each.number, customer_id=each.customer_id or 0, params=Sending(**each.params),
                rule="campaign", source="", key=f"effect-{each.number}@bench",
            )
            for each in crm.effects.list(state="pending", limit=1_000)
        ]  # fmt: skip
        signers = signers_of(settings)
        began = time.process_time()
        messages = [each.content for each in prepare(items, crm) if isinstance(each, Parcel)]
        composed = time.process_time()
        writer = Writer(head_of(settings))
        letters = [writer.write(each, now=_NOW, marketing=True) for each in messages]
        written = time.process_time()
        signed = [(each.to.address, sign(each.raw, signers, _NOW // 1_000_000)) for each in letters]
        ended = time.process_time()
    took = {"composing": composed - began, "MIME": written - composed, "DKIM, one key": ended - written}
    return signed, {name: each / len(items) for name, each in took.items()}


def _bare(port: int, letters: Sequence[tuple[str, bytes]]) -> None:
    """Prebuilt bytes by one socket, with pipelining: the least that Python can do."""
    with closing(socket.create_connection(("127.0.0.1", port))) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _until(line, b"220")
        line.sendall(b"EHLO bench\r\n")
        _until(line, b"250 ")
        for to, raw in letters:
            line.sendall(b"MAIL FROM:<a@b.example>\r\nRCPT TO:<%b>\r\nDATA\r\n" % to.encode())
            _until(line, b"354 ")
            line.sendall(raw.replace(b"\r\n.", b"\r\n..") + b".\r\n")
            _until(line, b"250 ")


def _until(line: socket.socket, wanted: bytes) -> None:
    said = b""
    while not any(each.startswith(wanted) for each in said.split(b"\r\n")) or not said.endswith(b"\r\n"):
        more = line.recv(4_096)
        if not more:
            raise ConnectionError(said.decode())
        said += more


def _pooled(config: Path, letters: Sequence[tuple[str, bytes]]) -> None:
    """The same bytes by the plugin's own connections."""
    from crmkit.plugins.email.delivery import _account, head_of
    from crmkit.plugins.email.mailbox import mailbox
    from crmkit.plugins.email.mime import Letter
    from crmkit.plugins.email.pool import Answered, Job, Pool
    from crmkit.plugins.email.relay import Relay

    with Crm.open(config) as crm:
        settings = crm.plugins.settings("email")
        head = head_of(settings)
        made = [
            Letter(sender=head.sender, envelope=head.sender, to=mailbox(to), message_id="", raw=raw)
            for to, raw in letters
        ]

        def work(relay: Relay, job: Job) -> Answered:
            from crmkit.plugin import Performed

            return Answered(job, Performed(job.index), relay.send(made[job.index]))

        with closing(Pool(_account(settings, head), _CONNECTIONS, work)) as pool:
            under_way = 0
            for index in range(len(made)):
                pool.put(Job(index, None, 0, False))  # type: ignore[arg-type]
                under_way += 1
                if under_way == _CONNECTIONS:
                    under_way -= sum(1 for _ in pool.answers())
            while under_way:
                under_way -= sum(1 for _ in pool.answers())


def _handed_over(config: Path, count: int) -> dict[str, float]:
    """Seconds and seconds of CPU that handing one over took, and the peak memory in megabytes, in a process
    of its own."""
    child = subprocess.run(
        [sys.executable, "-c", _HAND_OVER, str(config), str(_FIRST)],
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, float] = json.loads(child.stdout)
    measured = count - _FIRST
    if found["done"] != measured:
        raise RuntimeError(f"{found['done']} of {measured} messages were handed over: {child.stderr}")
    return {**found, "took": found["took"] / measured, "cpu": found["cpu"] / measured}


@contextmanager
def _sink() -> Iterator[int]:
    """A server that takes everything and keeps nothing; its port."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    program = shutil.which(_SINK) or f"/usr/sbin/{_SINK}"
    somebody = ["-u", "nobody"] if os.getuid() == 0 else []  # it refuses to be root
    process = subprocess.Popen([program, *somebody, f"127.0.0.1:{port}", "100"], stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(10)


BENCHES = (Bench(name="campaign", run=campaign), Bench(name="confirmed", run=confirmed))
