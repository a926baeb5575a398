"""A client that costs little beside what it measures: signed forms, made beforehand, over plain sockets."""

import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import urlencode

from benchmarks.processes import ORIGIN
from tests.standins.twilio import payload, signature

PATH = "/webhooks/twilio/whatsapp/"
NUMBER = "whatsapp:+14150000001"
_sids = count(1)


@dataclass
class Answers:
    """Status and seconds of every request, and how long all of them took."""

    statuses: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    elapsed: float = 0.0


def sender(number: int) -> str:
    return f"whatsapp:+5511977{number:06}"


def new_sid() -> str:
    return f"SM{time.time_ns():020}{next(_sids):012}"


def request(number: int, *, body: str = "Oi, tem horário na quinta?") -> bytes:
    """Return one signed request of that sender, with a message id of its own."""
    form = payload("text", From=sender(number), To=NUMBER, MessageSid=new_sid(), Body=body)
    content = urlencode(form).encode()
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(content)}\r\nX-Twilio-Signature: {signature(ORIGIN + PATH, form)}\r\n\r\n"
    )
    return head.encode() + content


def answers(port: int) -> bool:
    """Return whether somebody listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def post(port: int, connections: Sequence[Sequence[bytes]]) -> Answers:
    """Send every connection's requests one after the other, all connections at once."""
    found = Answers()
    gate = threading.Barrier(len(connections) + 1)
    threads = [
        threading.Thread(target=_converse, args=(port, requests, gate, found), daemon=True) for requests in connections
    ]
    for thread in threads:
        thread.start()
    gate.wait()
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    found.elapsed = time.perf_counter() - started
    return found


def _converse(port: int, requests: Sequence[bytes], gate: threading.Barrier, found: Answers) -> None:
    gate.wait()
    with socket.create_connection(("127.0.0.1", port), timeout=30) as link:
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for one in requests:
            started = time.perf_counter()
            link.sendall(one)
            status = _read(link)
            found.seconds.append(time.perf_counter() - started)
            found.statuses.append(status)


def _read(link: socket.socket) -> int:
    """Read one answer whole and return its status."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += _more(link)
    head, _, body = received.partition(b"\r\n\r\n")
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    while len(body) < length:
        body += _more(link)
    return int(head.split(b" ", 2)[1])


def _more(link: socket.socket) -> bytes:
    chunk = link.recv(65536)
    if not chunk:
        raise ConnectionError("the server closed the connection")
    return chunk
