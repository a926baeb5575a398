"""Twilio's files: its API shows whoever is authenticated the way to a store, which wants no credentials.

    with MediaStandIn() as media:
        url = media.keep(b"OggS…", "audio/ogg")
        … TWILIO_API_BASE_URL=media.url, TWILIO_ACCOUNT_SID=ACCOUNT, TWILIO_AUTH_TOKEN=TOKEN; fetch url

`requests` holds (path, whether credentials were shown) in order. A `File` can misbehave in every way that matters.
"""

import base64
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from tests.standins.twilio import ACCOUNT, TOKEN

API = "https://api.twilio.com"
STORE = "https://mms.twiliocdn.com"


@dataclass
class File:
    """What is kept, and how it is given. `absent` counts the answers that it is not there yet."""

    content: bytes
    content_type: str = "audio/ogg; codecs=opus"
    encoding: str = ""
    location: str = ""
    status: int = 200
    absent: int = 0
    hang: float = 0
    seconds_a_byte: float = 0
    endless: bool = False

    def pieces(self) -> Iterator[bytes]:
        if self.endless:
            while True:
                yield b"x" * 65536
        if not self.seconds_a_byte:
            yield self.content
            return
        for number in range(len(self.content)):
            time.sleep(self.seconds_a_byte)
            yield self.content[number : number + 1]


class MediaStandIn:
    """The server; a context manager."""

    def __init__(self) -> None:
        self.files: dict[str, File] = {}
        self.requests: list[tuple[str, bool]] = []
        self.stopping = Event()
        self._server = _Server(("127.0.0.1", 0), _Handler, standin=self)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def keep(self, file: File | bytes) -> str:
        """Keep a file and return the address that Twilio puts into a form."""
        sid = f"ME{len(self.files):032x}"
        self.files[sid] = file if isinstance(file, File) else File(file)
        return f"{API}/2010-04-01/Accounts/{ACCOUNT}/Messages/MM{0:032x}/Media/{sid}"

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.02,), name="media-standin", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(
        self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler], *, standin: MediaStandIn
    ) -> None:
        self.standin = standin
        super().__init__(address, handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that gives up in the middle is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        shown = self.headers.get("authorization")
        self.server.standin.requests.append((path, shown is not None))
        file = self.server.standin.files.get(path.rpartition("/")[2])
        if file is None:
            self.send_error(404)
        elif path.startswith("/2010-04-01/"):
            self._show_the_way(file, path.rpartition("/")[2], shown=shown or "")
        else:
            # As the stores do: one proof of a right is enough, two are a mistake.
            self._refuse(400) if shown else self._give(file)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the signature of http.server
        """Silence: pytest shows what matters."""

    def _show_the_way(self, file: File, sid: str, *, shown: str) -> None:
        if shown != f"Basic {base64.b64encode(f'{ACCOUNT}:{TOKEN}'.encode()).decode()}":
            self._refuse(401)
        elif file.absent:
            file.absent -= 1
            self._refuse(404)
        else:
            self.send_response(302)
            self.send_header("location", file.location or f"{STORE}/{ACCOUNT}/{sid}?Expires=1&Signature=x")
            self.send_header("content-length", "0")
            self.end_headers()

    def _give(self, file: File) -> None:
        if file.hang and self.server.standin.stopping.wait(file.hang):
            return
        self.send_response(file.status)
        self.send_header("content-type", file.content_type)
        if file.encoding:
            self.send_header("content-encoding", file.encoding)
        if not file.endless:
            self.send_header("content-length", str(len(file.content)))
        self.end_headers()
        for piece in file.pieces():
            self.wfile.write(piece)

    def _refuse(self, status: int) -> None:
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()
