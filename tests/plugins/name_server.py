"""A name server of the tests' own, on this machine: it answers what it is told, by UDP and TCP."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
from attrs import define, field

# In place of records: the server cannot tell, says nothing, or there is no such name though others are below.
SERVFAIL, SILENCE = "SERVFAIL", "SILENCE"
Zone = Mapping[str, Sequence[str] | str]


@define
class NameServer:
    """`zone` has records by name and type: `{"rye.example TXT": ['"v=spf1 -all"']}`."""

    zone: Zone
    port: int = 0
    asked: list[str] = field(factory=list)

    @property
    def address(self) -> str:
        """As the setting `resolver` takes it."""
        return f"127.0.0.1:{self.port}"

    def answer(self, wire: bytes, limit: int) -> bytes | None:
        """The answer to one question."""
        query = dns.message.from_wire(wire)
        (question,) = query.question
        name, kind = question.name, dns.rdatatype.to_text(question.rdtype)
        self.asked.append(f"{_plain(name)} {kind}")
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA | dns.flags.AA
        for _ in range(8):
            found = self.zone.get(f"{_plain(name)} {kind}")
            if found == SILENCE:
                return None
            if found == SERVFAIL:
                response.set_rcode(dns.rcode.SERVFAIL)
            elif found is not None:
                response.answer.append(dns.rrset.from_text_list(name, 60, "IN", kind, list(found)))
            alias = self.zone.get(f"{_plain(name)} CNAME")
            if found is not None or alias is None:
                break
            response.answer.append(dns.rrset.from_text_list(name, 60, "IN", "CNAME", list(alias)))
            name = dns.name.from_text(alias[0])
        if not response.answer and not any(key.split()[0].endswith(_plain(name)) for key in self.zone):
            response.set_rcode(dns.rcode.NXDOMAIN)
        whole = response.to_wire(max_size=65_535)
        if len(whole) <= limit:
            return whole
        cut = dns.message.make_response(query)
        cut.flags |= dns.flags.TC
        return cut.to_wire()


def _plain(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower()


@contextmanager
def name_server(zone: Zone) -> Iterator[NameServer]:
    """A name server, for as long as it is needed."""
    names = NameServer(zone)

    class Datagrams(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            wire, sock = self.request
            answer = names.answer(wire, 512)
            if answer is not None:
                sock.sendto(answer, self.client_address)

    class Streams(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError, struct.error):
                (length,) = struct.unpack("!H", self.request.recv(2))
                answer = names.answer(self.request.recv(length), 65_535)
                if answer is not None:
                    self.request.sendall(struct.pack("!H", len(answer)) + answer)

    servers = _on_one_port(Datagrams, Streams)
    names.port = servers[0].server_address[1]
    arguments = {"poll_interval": 0.02}
    threads = [threading.Thread(target=each.serve_forever, kwargs=arguments) for each in servers]
    for thread in threads:
        thread.start()
    try:
        yield names
    finally:
        for each in servers:
            each.shutdown()
            each.server_close()
        for thread in threads:
            thread.join(10)


def _on_one_port(datagrams: type[Any], streams: type[Any]) -> tuple[Any, Any]:
    """Servers of both kinds at one port; another program may have a port that is free for one of them."""
    for _attempt in range(20):
        udp = socketserver.ThreadingUDPServer(("127.0.0.1", 0), datagrams)
        try:
            return udp, socketserver.ThreadingTCPServer(udp.server_address, streams)
        except OSError:
            udp.server_close()
    raise OSError("There is no port that is free for both")
